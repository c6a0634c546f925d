"""A data set small enough to read in the documentation of the interface; a test solves it."""

from __future__ import annotations

from typing import Any

EXAMPLE: dict[str, Any] = {
    "dataset": {
        "dataset_id": "example",
        "planning_date": "2026-01-15",
        "horizon_end": "2026-12-31",
        "notice_nb": "Et tenkt eksempel.",
        "notice_en": "An invented example.",
    },
    "applicants": [
        {
            "applicant_id": "a01",
            "application": "new",
            "age": 84,
            "target_group": "frail_older",
            "service_need": "with_base",
            "severity": 4,
            "benefit": 3,
            "applied_on": "2025-06-01",
            "municipality": "tromso",
            "present_housing": "own_home",
            "care_hours": 20,
            "heard_on": "2026-01-15",
            "consent_on": "2026-01-15",
        }
    ],
    "units": [{"unit_id": "h1-01", "group_id": "h1", "available_from": "2025-11-01"}],
    "groups": [
        {
            "group_id": "h1",
            "site_id": "hill",
            "kind": "shared",
            "target_groups": ["frail_older"],
            "service_access": "with_base",
            "min_residents": 1,
        }
    ],
    "sites": [{"site_id": "hill", "municipality": "tromso", "district": "centre", "status": "finished"}],
    "bases": [
        {
            "base_id": "hill-day",
            "site_id": "hill",
            "kind": "on_site",
            "serves": ["with_base"],
            "capacity_hours": 40,
            "staff_size": 6,
        }
    ],
}
