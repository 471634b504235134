"""Whether the installed program still makes a stored plan, bit for bit or at least with the same settings."""

from __future__ import annotations

import json
from typing import Any

from hexapod.about import SOFTWARE
from hexapod.case.files import parse_case
from hexapod.errors import HexapodError
from hexapod.hardware.catalogue import Catalogue
from hexapod.library import models
from hexapod.plan.make_plan import make_plan
from hexapod.plan.plan_file import plan_file, plan_sha256


def reproduction(issued_sha256: str, issued: bytes, file: bytes, catalogue: Catalogue) -> models.Reproduction:
    """Plan a case file again and compare with `issued`, the plan file as it was stored."""
    was = json.loads(issued)
    try:
        now = make_plan(parse_case(file), catalogue)
    except HexapodError as error:
        return models.Reproduction(False, False, f"{SOFTWARE} can no longer plan this case: {error}")
    made = plan_file(now)
    if made == issued and plan_sha256(now) == issued_sha256:
        return models.Reproduction(True, True, f"{now.software} reproduces this plan bit for bit.")
    by = "" if was["software"] == now.software else f", made by {was['software']},"
    if _prescribed(was) == _prescribed(json.loads(made)):
        told = "all days, settings, doses, struts and exchanges are the same; other figures or warnings differ"
        return models.Reproduction(False, True, f"{now.software} does not reproduce this plan{by} bit for bit: {told}.")
    evenings = [_evenings(plan) for plan in (was, json.loads(made))]
    if evenings[0] == evenings[1]:
        told = (
            "every evening setting, strut and exchange is the same; doses within days or warnings differ. The patient "
            "continues with the printed table, and readings are compared with its evening settings. To print it "
            "again, plan and sign the case again"
        )
        return models.Reproduction(False, True, f"{now.software} makes this plan{by} differently: {told}.")
    told = f"{now.software} makes a plan with other settings than this one{by.rstrip(',')}"
    return models.Reproduction(False, False, f"{told}. Do not print it; plan the case again.")


def _prescribed(plan: dict[str, Any]) -> Any:
    """What the patient and the clinic do, by a plan file."""
    return plan["verdict"], _evenings(plan, "doses_mm")


def _evenings(plan: dict[str, Any], *more: str) -> list[Any]:
    """Every evening setting of a plan file with its struts, and the exchanges."""
    keys = ("day", "date", "stage", "settings_mm", "models", *more)
    return [
        (level["name"], [[row[key] for key in keys] for row in level["rows"]], level["swaps"])
        for level in plan["levels"]
    ]
