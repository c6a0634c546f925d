"""AVG-IND: ordinary hours as an average, by individual agreement in writing (see ``averaging.py``)."""

from tildeling.rota.rules.averaging import averaging_rule

RULE = averaging_rule(
    "AVG-IND",
    "AML § 10-5 (1)",
    "Gjennomsnittsberegnet arbeidstid, individuell skriftlig avtale",
    "Hours as an average, by individual agreement in writing",
)
