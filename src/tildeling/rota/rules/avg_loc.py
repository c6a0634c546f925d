"""AVG-LOC: ordinary hours as an average, by agreement with elected representatives (see ``averaging.py``)."""

from tildeling.rota.rules.averaging import averaging_rule

RULE = averaging_rule(
    "AVG-LOC",
    "AML § 10-5 (2)",
    "Gjennomsnittsberegnet arbeidstid, avtale med tillitsvalgte",
    "Hours as an average, by agreement with elected representatives",
)
