"""Each fact once on a page: no sentence stands on it twice.

Not counted: the notice, of which a phone has one place and all other screens the other; what a picture says; and what
is folded away (a popover, an expander), which is read by itself.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from hexapod.text.languages import NOTICE
from tests.app.driver import Form

# Fewer words than this are a name or a number: "Generic full ring 155 mm."
FEWEST_WORDS = 6
FOLDED = ("expander", "expandable", "popover")
PICTURES = re.compile(r"<(style|svg|script)\b.*?</\1>", re.DOTALL)
PARTS = re.compile(
    r"</?(?:p|li|td|th|tr|div|h\d|summary|figcaption|dt|dd|ul|ol|table|section|br|label|caption)\b[^>]*>"
)
CASES = {
    "new": ("frame", "treatment", "follow-up"),
    "sample-tibia_two_levels": ("limb", "frame", "deformity", "mounting", "treatment", "check", "follow-up"),
    "sample-tibia_transport": ("limb", "treatment", "check"),
    "sample-refused_strut_travel": ("check", "prescription"),
}
EVERY_DAY = {("new", "frame"), ("new", "treatment"), ("sample-tibia_two_levels", "follow-up")}


def _texts(node: Any) -> Iterator[str]:
    """What stands open on the page."""
    for inner in getattr(node, "children", {}).values():
        if getattr(inner, "type", "") not in FOLDED:
            yield from _texts(inner)
    if getattr(node, "type", "") in ("html", "markdown", "caption"):
        yield from PARTS.split(PICTURES.sub(" ", node.proto.body))


def said_twice(form: Form) -> dict[str, int]:
    """The sentences that stand on the page more than once, with how often."""
    found: Counter[str] = Counter()
    for text in _texts(form.at._tree):
        bare = " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())
        found.update(one for one in re.split(r"(?<=[.!?]) ", bare) if len(one.split()) >= FEWEST_WORDS)
    return {one: count for one, count in found.items() if count > 1 and one not in NOTICE}


@pytest.mark.parametrize(
    ("case", "step"),
    [
        (case, step) if (case, step) in EVERY_DAY else pytest.param(case, step, marks=pytest.mark.slow)
        for case, steps in CASES.items()
        for step in steps
    ],
)
def test_no_sentence_stands_twice_on_a_page(case: str, step: str) -> None:
    assert said_twice(Form(case=case, step=step)) == {}


@pytest.mark.slow
def test_no_sentence_stands_twice_beside_a_signed_plan_and_its_successor() -> None:
    form = Form(case="sample-tibia_varus").type("Case id", "ours").step("check").press("issue")
    form.type("Your name, as it shall stand below the plan", "Dr A.").press("sign")
    for step in ("frame", "treatment", "check", "prescription", "follow-up"):
        assert said_twice(form.step(step)) == {}, step
    form.press("revise").step("treatment").press("open-all").type("Fixed length, days", "31").step("check")
    assert said_twice(form) == {}
