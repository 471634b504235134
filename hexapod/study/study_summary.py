"""The result of a study: policies side by side as numbers, as a table, and as a chart."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import binomtest

from hexapod.about import SOFTWARE
from hexapod.estimation.chain import short_way
from hexapod.study.batches import QUANTITIES
from hexapod.study.study_file import Policy, Study

if TYPE_CHECKING:
    import pyarrow

# Normal quantiles of the intervals whose coverage is counted.
COVERED_SD = {"68": 1.0, "95": 1.96}
# Half width of a 95 % interval of a mean, in SD of the mean.
Z_95 = 1.96
DECIMALS = 4


def summary_document(study: Study, rows: pyarrow.Table) -> dict[str, Any]:
    """The summary of all rows, as JSON has it.

    Patients who could not be planned count as not within the goal and are left out of medians.  `compared` compares
    each policy that uses one fit with the policy of the same visits that uses the last measurement alone, patient by
    patient.
    """
    table = {policy.name: _of(rows, policy) for policy in study.policy}
    return {
        "title": study.title,
        "software": SOFTWARE,
        "seed": study.seed,
        "goal": {"deg": study.goal.deg, "mm": study.goal.mm},
        "policies": [_policy(policy.name, table[policy.name]) for policy in study.policy],
        "compared": [
            _compared(one, other, table) for one in study.policy for other in study.policy if _is_pair(one, other)
        ],
    }


def _of(rows: pyarrow.Table, policy: Policy) -> dict[str, Any]:
    chosen = np.array(rows.column("policy").to_pylist()) == policy.name
    return {name: rows.column(name).to_numpy(zero_copy_only=False)[chosen] for name in rows.column_names}


def _is_pair(one: Policy, other: Policy) -> bool:
    def else_(policy: Policy) -> Policy:
        return policy.model_copy(update={"name": "", "use": "last"})

    return one.use == "all" and other.use == "last" and else_(one) == else_(other)


def _policy(name: str, rows: dict[str, Any]) -> dict[str, Any]:
    within, planned = rows["within_goal"], rows["planned"]
    interval = binomtest(int(within.sum()), len(within)).proportion_ci(method="wilson")
    off = {one: np.abs(apart(one, rows))[planned] for one in QUANTITIES}
    covered = {
        share: {one: _rounded((off[one] <= sd * rows[f"sd_{one}"][planned]).mean()) for one in QUANTITIES}
        for share, sd in COVERED_SD.items()
        if planned.any()
    }
    return {
        "name": name,
        "within_goal": _rounded(within.mean()),
        "within_goal_95": [_rounded(interval.low), _rounded(interval.high)],
        "angle_deg": _spread(rows["angle_deg"][planned]),
        "distance_mm": _spread(rows["distance_mm"][planned]),
        "coverage": {share: _rounded(np.mean(list(each.values()))) for share, each in covered.items()},
        "coverage_each": covered,
        "patients": len(within),
        "not_planned": int((~planned).sum()),
        "no_answer": int((~rows["settled"]).sum()),
        "doubtful": int(rows["doubtful"].sum()),
    }


def apart(quantity: str, rows: dict[str, Any]) -> Any:
    """Believed less true, a rotation the short way round: 179 deg internal and 179 deg external are 2 deg apart."""
    apart = rows[f"believed_{quantity}"] - rows[f"true_{quantity}"]
    return short_way(apart) if quantity.endswith("rotation_deg") else apart


def _spread(values: Any) -> dict[str, float | None]:
    if not len(values):
        return {"median": None, "p90": None}
    return {"median": _rounded(np.median(values)), "p90": _rounded(np.quantile(values, 0.9))}


def _compared(one: Policy, other: Policy, table: dict[str, Any]) -> dict[str, Any]:
    gained = table[one.name]["within_goal"].astype(float) - table[other.name]["within_goal"]
    mean, half = float(gained.mean()), Z_95 * float(gained.std()) / np.sqrt(len(gained))
    return {
        "name": one.name,
        "with": other.name,
        "difference": _rounded(mean),
        "difference_95": [_rounded(mean - half), _rounded(mean + half)],
    }


def _rounded(value: Any) -> float:
    return round(float(value), DECIMALS)


def summary_text(document: dict[str, Any]) -> str:
    """The summary as a table for a terminal."""
    goal = document["goal"]
    names = [policy["name"] for policy in document["policies"]]
    wide = max(len(name) for name in [*names, "policy"])
    lines = [
        *([document["title"]] if document["title"] else []),
        f"Within {goal['deg']:g} deg and {goal['mm']:g} mm of the intended end; median and 90 % of angle and distance.",
        "",
        f"{'policy':{wide}}  within goal (95 %)   angle deg   distance mm  covered 68 / 95",
    ]
    for policy in document["policies"]:
        low, high = (100.0 * one for one in policy["within_goal_95"])
        lines.append(
            f"{policy['name']:{wide}}  {100.0 * policy['within_goal']:5.1f} % ({low:.0f} to {high:.0f})  "
            f"{_two(policy['angle_deg'])}  {_two(policy['distance_mm'])}   "
            + " / ".join(f"{100.0 * share:.0f}" for share in policy["coverage"].values())
        )
        missed = (("not_planned", "could not be planned"), ("no_answer", "had no answer of one fit"))
        lines += [f"  {policy[key]} of {policy['patients']} {what}." for key, what in missed if policy[key]]
    for pair in document["compared"]:
        low, high = (100.0 * one for one in pair["difference_95"])
        lines.append(
            f"{pair['name']}, less {pair['with']}: {100.0 * pair['difference']:+.1f} points "
            f"(95 %: {low:+.1f} to {high:+.1f})."
        )
    return "\n".join(lines)


def _two(spread: dict[str, float | None]) -> str:
    if spread["median"] is None:
        return "     -     "
    return f"{spread['median']:4.1f} {spread['p90']:5.1f} "


def charts(document: dict[str, Any], form: str) -> dict[str, bytes]:
    """The charts by name; `form` is "png" or "svg".

    The shares within the goal with their 95 % intervals; and of angle and distance the median, with a line to what 90 %
    of the patients stay below.
    """
    policies, goal = document["policies"], document["goal"]
    shares = [100.0 * policy["within_goal"] for policy in policies]
    reach = [
        [abs(100.0 * end - share) for end in policy["within_goal_95"]]
        for policy, share in zip(policies, shares, strict=True)
    ]
    within = f"patients within {goal['deg']:g} deg and {goal['mm']:g} mm, % (95 % interval)"
    left = [
        (
            [policy[key]["median"] or 0.0 for policy in policies],
            [_above(policy[key]) for policy in policies],
            title,
            None,
        )
        for key, title in (
            ("angle_deg", "angle left, deg: median and 90 %"),
            ("distance_mm", "distance left, mm: median and 90 %"),
        )
    ]
    return {
        "within_goal": _bars(policies, [(shares, reach, within, 100.0)], form),
        "angle_and_distance": _bars(policies, left, form),
    }


def _above(spread: dict[str, float | None]) -> list[float]:
    """What a line reaches below and above the median; nothing where nobody could be planned."""
    median, p90 = spread["median"], spread["p90"]
    return [0.0, 0.0 if median is None or p90 is None else p90 - median]


def _bars(
    policies: Sequence[Mapping[str, Any]], panels: Sequence[tuple[Any, Any, str, float | None]], form: str
) -> bytes:
    """Panels side by side, a bar a policy with a line from below to above its end."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    # The same bytes on every run: neither a date nor random ids.
    with matplotlib.rc_context({"svg.hashsalt": "hexapod", "font.size": 9.0}):
        figure = Figure(figsize=(7.0, 0.8 + 0.4 * len(policies)), layout="constrained")
        FigureCanvasAgg(figure)
        for axes, (sizes, reach, title, end) in zip(
            np.atleast_1d(figure.subplots(1, len(panels), sharey=True)), panels, strict=True
        ):
            lines = np.array(reach).T
            axes.barh([policy["name"] for policy in policies], sizes, xerr=lines, color="#3b6ea5", capsize=3)
            axes.set_xlim(0.0, end)
            axes.set_xlabel(title)
            axes.spines[["top", "right"]].set_visible(False)
        axes.invert_yaxis()
        sink = io.BytesIO()
        figure.savefig(sink, format=form, dpi=160, metadata={"Date": None} if form == "svg" else None)
    return sink.getvalue()
