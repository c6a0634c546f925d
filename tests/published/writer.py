"""Instances as text of the format: for round trips only."""

from __future__ import annotations

from tildeling.published.curtois.instance import Instance, Request


def text_of(instance: Instance) -> str:
    """A file that reads as the instance."""
    return "\n".join(
        (
            "# made by a test",
            "SECTION_HORIZON", str(instance.days), "",
            "SECTION_SHIFTS",
            *(f"{shift.id},{shift.minutes},{'|'.join(shift.not_before)}" for shift in instance.shifts), "",
            "SECTION_STAFF",
            *(
                ",".join(
                    (
                        person.id, "|".join(f"{shift}={most}" for shift, most in person.most_of),
                        *map(str, (person.most_minutes, person.least_minutes, person.most_on, person.least_on,
                                   person.least_off, person.most_weekends)),
                    )
                )
                for person in instance.people
            ), "",
            "SECTION_DAYS_OFF",
            *(",".join((person.id, *map(str, person.days_off))) for person in instance.people if person.days_off), "",
            "SECTION_SHIFT_ON_REQUESTS", *map(_request, instance.on), "",
            "SECTION_SHIFT_OFF_REQUESTS", *map(_request, instance.off), "",
            "SECTION_COVER",
            *(f"{c.day},{c.shift},{c.wanted},{c.under},{c.over}" for c in instance.covers), "",
        )
    )  # fmt: skip


def _request(request: Request) -> str:
    return f"{request.person},{request.day},{request.shift},{request.weight}"
