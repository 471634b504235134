"""What signed plans tell of a treatment by themselves, counted by hand on plans of a few days."""

import datetime
from typing import Any

from hexapod.follow_up.treatment_facts import SignedPlan, facts_of, facts_value, treatment_facts


def plan(first: str, lengths: list[float], **of_level: Any) -> dict[str, Any]:
    start = datetime.date.fromisoformat(first)
    rows = [
        {
            "day": day,
            "date": (start + datetime.timedelta(days=day)).isoformat(),
            "lengths_mm": [length, *[100.0] * 5],
            "models": ["long" if day > 2 else "short"] * 6,
            "remaining": {"short_mm": 10.0 - length + 100.0},
        }
        for day, length in enumerate(lengths)
    ]
    return {"levels": [{"rows": rows, "swaps": [{"planned_day": 1}, {"planned_day": 3}]} | of_level]}


def test_a_plan_is_followed_until_the_day_before_the_next_ones_day_0() -> None:
    first = SignedPlan(plan("2026-03-02", [100, 100, 101, 102, 103, 104]))  # turned on 4, 5, 6 and 7 March
    second = SignedPlan(plan("2026-03-06", [102, 103, 103, 104], swaps=[]))  # from 6 March on: turned on 7 and 9 March
    facts = treatment_facts([first, second], 3)
    # 4 and 5 March of the first plan, 7 and 9 of the second; the first's change-out on 5 March was done.
    assert (facts.first_adjustment, facts.last_adjustment, facts.adjusting_days) == ("2026-03-04", "2026-03-09", 4)
    assert (facts.plans, facts.visits, facts.exchanges, facts.struts) == (2, 3, 2, ("long", "short"))
    assert facts.planned == ({"short_mm": 6.0},)
    assert facts_of(facts_value(facts)) == facts


def test_a_stopped_plan_is_followed_until_it_was_stopped() -> None:
    stopped = SignedPlan(plan("2026-03-02", [100, 101, 102, 103, 104]), datetime.date(2026, 3, 4))
    facts = treatment_facts([stopped], 0)
    assert (facts.last_adjustment, facts.adjusting_days, facts.exchanges) == ("2026-03-04", 2, 1)


def test_a_plan_without_any_adjustment_has_no_first_one() -> None:
    facts = treatment_facts([SignedPlan(plan("2026-03-02", [100, 100, 100]))], 0)
    assert (facts.first_adjustment, facts.last_adjustment, facts.adjusting_days) == (None, None, 0)
