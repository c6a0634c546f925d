"""What is particular to Tromsø: districts, bridges, and shares of inhabitants (rough, assumed)."""

from __future__ import annotations

from tildeling.housing.generate.places import District, Spot

DISTRICTS = (
    District("sentrum", 0.0, 0.0, "tromsoya", 0.16),
    District("tromsoya_nord", 1.4, 3.6, "tromsoya", 0.22),
    District("tromsoya_sor", -1.1, -2.8, "tromsoya", 0.19),
    District("tromsdalen", 2.1, -0.4, "fastlandet", 0.13),
    District("kroken", 3.3, 4.4, "fastlandet", 0.11),
    District("kvaloya", -3.9, 4.3, "kvaloya", 0.19),
)
DISTRICT = {d.code: d for d in DISTRICTS}
BRIDGES = {
    frozenset(("tromsoya", "fastlandet")): 4.0,
    frozenset(("tromsoya", "kvaloya")): 4.0,
    frozenset(("fastlandet", "kvaloya")): 9.0,
}


def spot(district: str, east: float = 0.0, north: float = 0.0) -> Spot:
    """A place so many kilometres east and north of its district's middle."""
    home = DISTRICT[district]
    return Spot(home.x + east, home.y + north, home.land)
