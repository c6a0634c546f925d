"""ZONE: when Sundays and holidays begin and end (a calculation; see ``counting.py`` and ``compiling/minutes.py``)."""

from tildeling.rota.rules.rule import Params, Rule

RULE = Rule(
    id="ZONE",
    source="AML § 10-10 (1)",
    trust="H",
    nb="Søn- og helgedag: fra kl. 18 dagen før (kl. 15 jul-, påske- og pinseaften) til kl. 22 før neste virkedag",
    en="Sundays and holidays: from 18:00 the eve (15:00 Christmas, Easter, Whitsun) to 22:00 before a working day",
    params=Params,
    texts={},
)
