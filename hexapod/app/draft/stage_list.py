"""The stages of a level as a list in the draft: added, moved, duplicated, removed and put back, or replaced.

Nothing typed is thrown away: what is removed or replaced stays beside the case, in the draft's `aside`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from hexapod.app.draft import draft_model as d
from hexapod.app.draft.conversion import stages_of


def add(draft: d.Draft, level_uid: str) -> str:
    """A stage that does not know yet what it does, at the end; its uid."""
    stage = d.blank_stage()
    _stages(draft, level_uid).append(stage)
    return str(stage["uid"])


def move(draft: d.Draft, level_uid: str, uid: str, by: int) -> None:
    """Put a stage `by` places later (earlier when below 0), unless it would leave the list.  KeyError: none such."""
    stages = _stages(draft, level_uid)
    index = _index(stages, uid)
    to = index + by
    if 0 <= to < len(stages):
        stages.insert(to, stages.pop(index))


def duplicate(draft: d.Draft, level_uid: str, uid: str) -> str:
    """A copy of a stage, right after it; the copy's uid.  KeyError when there is no such stage."""
    stages = _stages(draft, level_uid)
    index = _index(stages, uid)
    uid_of_copy = d.new_uid()
    stages.insert(index + 1, copy.deepcopy(stages[index]) | {"uid": uid_of_copy})
    return uid_of_copy


def remove(draft: d.Draft, level_uid: str, uid: str) -> None:
    """Take a stage out; it can be put back.  KeyError when there is no such stage."""
    stages = _stages(draft, level_uid)
    index = _index(stages, uid)
    _aside(draft, level_uid)["removed"].append({"index": index, "stage": stages.pop(index)})


def removed(draft: d.Draft, level_uid: str) -> d.Draft | None:
    """The stage removed last, which `put_back` would put back, or None."""
    gone = _kept(draft, level_uid)["removed"]
    return gone[-1]["stage"] if gone else None


def put_back(draft: d.Draft, level_uid: str) -> None:
    """Put the stage removed last back to its place, or to the end when the list is shorter now."""
    gone = _aside(draft, level_uid)["removed"]
    if gone:
        last = gone.pop()
        _stages(draft, level_uid).insert(last["index"], last["stage"])


def replace(draft: d.Draft, level_uid: str, documents: Iterable[Mapping[str, Any]]) -> None:
    """Put the stages of a template in the place of all stages, which are kept and can be taken back."""
    new = stages_of(documents, draft["exact"])
    _keep_all(draft, level_uid)
    _stages(draft, level_uid)[:] = new


def before(draft: d.Draft, level_uid: str) -> list[d.Draft]:
    """The stages that `take_back` would take back; none when there are none."""
    lists = _kept(draft, level_uid)["before"]
    return lists[-1]["stages"] if lists else []


def take_back(draft: d.Draft, level_uid: str) -> None:
    """Take back the stages of before; those of now are kept in their turn, behind all others."""
    aside = _aside(draft, level_uid)
    if not aside["before"]:
        return
    old = aside["before"].pop()
    _keep_all(draft, level_uid, first=True)
    _stages(draft, level_uid)[:] = old["stages"]
    aside["removed"] = old["removed"]


def _keep_all(draft: d.Draft, level_uid: str, *, first: bool = False) -> None:
    """Keep the stages of now as the last of those of before (the one taken back next), or as the first."""
    aside, stages = _aside(draft, level_uid), _stages(draft, level_uid)
    now = {"stages": copy.deepcopy(stages), "removed": aside["removed"]}
    aside["removed"] = []
    untouched = len(stages) == 1 and _said(stages) == _said([d.blank_stage()])
    known = [_said(one["stages"]) for one in aside["before"]]
    if (untouched or _said(stages) in known) and not now["removed"]:
        return
    aside["before"].insert(0 if first else len(aside["before"]), now)


def _said(stages: list[d.Draft]) -> list[d.Draft]:
    return [{key: value for key, value in stage.items() if key != "uid"} for stage in stages]


def _stages(draft: d.Draft, level_uid: str) -> list[d.Draft]:
    stages: list[d.Draft] = d.entry(draft, ("levels", level_uid, "stages"))
    return stages


def _index(stages: list[d.Draft], uid: str) -> int:
    for index, stage in enumerate(stages):
        if stage["uid"] == uid:
            return index
    raise KeyError(uid)


def _kept(draft: d.Draft, level_uid: str) -> d.Draft:
    return draft["aside"].get(level_uid) or {"removed": [], "before": []}


def _aside(draft: d.Draft, level_uid: str) -> d.Draft:
    aside: d.Draft = draft["aside"].setdefault(level_uid, {"removed": [], "before": []})
    return aside
