"""AVG-ATS: ordinary hours as an average, by leave of the Labour Inspectorate (see ``averaging.py``)."""

from tildeling.rota.rules.averaging import averaging_rule

RULE = averaging_rule(
    "AVG-ATS",
    "AML § 10-5 (3)",
    "Gjennomsnittsberegnet arbeidstid, tillatelse fra Arbeidstilsynet",
    "Hours as an average, by leave of the Labour Inspectorate",
)
