"""The page of a signed plan at home: its link, what is sent through it, and what the clinic should look at.

A link is 160 random bits, of which only the SHA-256 is kept: whoever reads the library cannot open a page with it.
Whoever holds one reaches its plan and may add to what was sent of it, and nothing else.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from sqlalchemy import func, select

from hexapod.library.calls import case_index
from hexapod.library.calls.access import Access, must_be_there, one, records_with_content, status
from hexapod.library.calls.case_index import plan_states, row_of
from hexapod.library.calls.drafts import version_file
from hexapod.library.calls.plans import file_of
from hexapod.library.calls.sheets import Continuation, continuations, plan_standing
from hexapod.library.errors import NotThere, Refused, TooMany
from hexapod.library.models import SheetStanding
from hexapod.library.storage.contents import LONGEST_TEXT, json_content, refuse_invisible, value_of
from hexapod.library.storage.tables import CaseListRow, HomeLinkRow, HomePostRow
from hexapod.library.storage.transactions import ReadTransaction

# 160 bits, so that nobody finds a link by trying; 27 letters still fit a small QR code.
LINK_BYTES = 20
_LINK = re.compile(r"[A-Za-z0-9_-]{27}")
# Twelve adjustments of two hexapods, readings and answers are some 30 a day; a flood ends here.
MOST_A_DAY = 100
# No page sends more; the rest of a treatment has room for a hundred a day over ten months.
MOST_OF_PLAN = 30_000
Answer = Literal["right", "stop", "later", "answers"]


@dataclass(frozen=True)
class HomeReport:
    """What was sent once from home, and how it was judged.

    `date` is the day of the plan it is about, `at` the phone's own local time of it.  Readings have the hexapod
    (`level`, from 0), six `settings_mm` and the `planned_mm` that they were to be; `told` is what the patient was told,
    `kind` and `why` the explanation that the clinic sees, `struts` (1 to 6) those it is about.  Answers have the five
    `signs` (True: there is such a sign), `pain` from 0 to 10, and a `note`.  `said` is the message as it came.
    """

    date: datetime.date
    at: str
    told: Answer
    said: dict[str, Any]
    level: int | None = None
    settings_mm: tuple[float, ...] = ()
    planned_mm: tuple[float, ...] = ()
    kind: str = ""
    why: str = ""
    struts: tuple[int, ...] = ()
    signs: tuple[bool, ...] = ()
    pain: int | None = None
    note: str = ""
    done: int | None = None


@dataclass(frozen=True)
class HomePost:
    """A report as it was recorded for a plan; `arrived` is when, UTC as in the audit trail."""

    case: str
    plan: int
    id: str
    report: HomeReport
    arrived: str


@dataclass(frozen=True)
class HomePlan:
    """What a link leads to: how its plan stands, its case file and plan file as stored, and what was sent, in order."""

    standing: SheetStanding
    case_file: bytes
    plan_file: bytes
    posts: tuple[HomePost, ...]


@dataclass(frozen=True)
class FollowedAtHome:
    """A plan that is followed with a page at home: its days, when the link was made (`opened`, UTC), what was sent.

    `seen` is the date of the last visit that was recorded, None without one.
    """

    case: str
    case_id: str
    plan: int
    opened: str
    first: datetime.date
    last: datetime.date
    seen: str | None
    posts: tuple[HomePost, ...]


@dataclass(frozen=True)
class Home:
    """The pages of plans at home, for one user."""

    _access: Access

    def open(self, case: str, plan: int) -> str:
        """Make the link to the page of a signed plan; it is told here only, and the one made before ends.

        Raises:
            Refused: the plan is not the one that is followed.
        """
        link = secrets.token_urlsafe(LINK_BYTES)
        with self._access.changing(case) as tx:
            row_of(tx, case, plan)
            if plan_states(tx, case)[plan] != "signed":
                raise Refused(f"Plan {plan} is not signed, or is no longer followed: it has no page at home.")
            tx.record(
                HomeLinkRow, "home.opened", case, case_key=case, plan=plan, kind="opened", link_sha256=_sha256(link)
            )
            case_index.touch(tx, case)
        return link

    def close(self, case: str, plan: int) -> None:
        """End the link to the page of a plan.  Raises Refused when there is none."""
        with self._access.changing(case) as tx:
            if _opened(tx, case, plan) is None:
                raise Refused(f"Plan {plan} has no link to a page at home.")
            tx.record(HomeLinkRow, "home.closed", case, case_key=case, plan=plan, kind="closed", link_sha256=None)
            case_index.touch(tx, case)

    def opened(self, case: str, plan: int) -> str | None:
        """When the link to the page of a plan was made (UTC); None while it has none."""
        with self._access.looking_at(case) as tx:
            return _opened(tx, case, plan)

    def of(self, case: str) -> tuple[HomePost, ...]:
        """What was sent from home for all plans of a case, in the order in which it arrived."""
        with self._access.looking_at(case) as tx:
            return home_posts(tx, case)

    def find(self, link: str) -> HomePlan:
        """What a link leads to.  Raises NotThere for one that leads nowhere, or no longer."""
        with self._access.reading("report") as tx:
            case, plan = _led_to(tx, link)
            row = row_of(tx, case, plan)
            file, issued = version_file(tx, case, row.version)[1], file_of(tx, case, plan)
            standing, posts = _standing(tx, case, plan), home_posts(tx, case, plan)
        return HomePlan(standing, file, issued, posts)

    def add(self, link: str, post: str, report: HomeReport) -> HomePost:
        """Record a report under the number that the phone gave it; one that is there already is given back.

        Raises:
            NotThere: the link leads nowhere, or no longer.
            Refused: the plan is no longer followed; or another report came under this number.
            TooMany: more than a page of this plan sends.
        """
        refuse_invisible(report.note, "The note")
        if report.date > self._access.store.today_at_the_latest():
            raise Refused("This report is of a day to come.")
        with self._access.writing("report") as tx:
            case, plan = _led_to(tx, link)
            known = one(
                tx,
                select(HomePostRow.entry).where(
                    HomePostRow.case_key == case, HomePostRow.plan == plan, HomePostRow.post_id == post
                ),
            )
            if known is not None:
                before = next(one for one in home_posts(tx, case, plan) if one.id == post)
                if before.report.said != report.said:
                    raise Refused("Another report was sent under this number.")
                return before
            if _standing(tx, case, plan).state != "in force":
                raise Refused("This plan is no longer followed.")
            mine = (HomePostRow.case_key == case, HomePostRow.plan == plan)
            count = select(func.count()).select_from(HomePostRow).where(*mine)
            today = count.where(HomePostRow.done_at >= tx.now[:10])
            if tx.connection.execute(today).scalar_one() >= MOST_A_DAY:
                raise TooMany(f"More than {MOST_A_DAY} reports were sent today.")
            if tx.connection.execute(count).scalar_one() >= MOST_OF_PLAN:
                raise TooMany(f"More than {MOST_OF_PLAN} reports were sent of this plan.")
            raw = json_content(**report_value(report))
            tx.record(HomePostRow, "home.reported", case, raw, case_key=case, plan=plan, post_id=post)
            return HomePost(case, plan, post, report, tx.now)

    def followed(self) -> tuple[FollowedAtHome, ...]:
        """Every plan that is followed now and has a page at home."""
        with self._access.reading("look") as tx:
            found, continued = [], continuations(tx)
            for case, plan, at in _open_links(tx):
                if _standing(tx, case, plan, continued).state == "in force":
                    listed = select(CaseListRow.__table__).where(CaseListRow.case_key == case)
                    row = tx.connection.execute(listed).one()
                    first, last = map(datetime.date.fromisoformat, (row.first_day, row.last_day))
                    posts = home_posts(tx, case, plan)
                    found.append(FollowedAtHome(case, row.case_id, plan, at, first, last, row.last_follow_up, posts))
            return tuple(found)


NOWHERE = "This link leads nowhere, or no longer."


def _sha256(link: str) -> str:
    return hashlib.sha256(link.encode("ascii")).hexdigest()


def _led_to(tx: ReadTransaction, link: str) -> tuple[str, int]:
    """Case and plan of a link that was neither ended nor replaced."""
    if not _LINK.fullmatch(link):
        raise NotThere(NOWHERE)
    made = select(HomeLinkRow.entry, HomeLinkRow.case_key, HomeLinkRow.plan)
    row = one(tx, made.where(HomeLinkRow.link_sha256 == _sha256(link)).order_by(HomeLinkRow.entry.desc()))
    if row is None or status(tx, row.case_key) == "erased" or _last(tx, row.case_key, row.plan).entry != row.entry:
        raise NotThere(NOWHERE)
    must_be_there(tx, row.case_key)
    return row.case_key, row.plan


def _standing(
    tx: ReadTransaction, case: str, plan: int, continued: tuple[Continuation, ...] | None = None
) -> SheetStanding:
    """How the plan behind a link stands.  Raises NotThere.

    That of an archived case is stopped, and so is one that was signed in another library and not yet here.
    """
    found = plan_standing(tx, case, plan, continued)
    if found is None:
        raise NotThere(NOWHERE)
    followed = status(tx, case) == "open" and plan_states(tx, case)[plan] == "signed"
    return found if followed or found.state != "in force" else replace(found, state="stopped")


def _last(tx: ReadTransaction, case: str, plan: int) -> Any:
    mine = select(HomeLinkRow.__table__).where(HomeLinkRow.case_key == case, HomeLinkRow.plan == plan)
    return one(tx, mine.order_by(HomeLinkRow.entry.desc()))


def _opened(tx: ReadTransaction, case: str, plan: int) -> str | None:
    last = _last(tx, case, plan)
    return last.done_at if last is not None and last.kind == "opened" else None


def _open_links(tx: ReadTransaction) -> Iterator[tuple[str, int, str]]:
    """Case, plan and time of every link that leads somewhere."""
    links = select(HomeLinkRow.case_key, HomeLinkRow.plan).distinct()
    for row in tx.connection.execute(links).all():
        at = _opened(tx, row.case_key, row.plan)
        if at is not None and status(tx, row.case_key) != "erased":
            yield row.case_key, row.plan, at


def home_posts(tx: ReadTransaction, case: str, plan: int | None = None) -> tuple[HomePost, ...]:
    """What was sent from home for a case, or for one plan of it, in the order in which it arrived."""
    where = [HomePostRow.case_key == case] + ([] if plan is None else [HomePostRow.plan == plan])
    return tuple(
        HomePost(case, row.plan, row.post_id, report_of(value_of(raw)), row.done_at)
        for row, raw in records_with_content(tx, HomePostRow, *where)
    )


def report_value(report: HomeReport) -> dict[str, Any]:
    """A report as a JSON value with all of its keys."""
    lists = {name: list(getattr(report, name)) for name in ("settings_mm", "planned_mm", "struts", "signs")}
    return vars(report) | lists | {"date": report.date.isoformat()}


def report_of(value: dict[str, Any]) -> HomeReport:
    """A report from its JSON value.  Raises KeyError, TypeError or ValueError for anything else."""
    if value.keys() != HomeReport.__dataclass_fields__.keys() or value["told"] not in get_args(Answer):
        raise ValueError("the report from home has other keys")
    for name in ("at", "kind", "why", "note"):
        if not isinstance(value[name], str) or len(value[name]) > LONGEST_TEXT:
            raise TypeError(f"{name} of a report from home is not a text")
    lists = {name: tuple(value[name]) for name in ("settings_mm", "planned_mm", "struts", "signs")}
    sixes = [tuple(float(one) for one in lists[name]) for name in ("settings_mm", "planned_mm")]
    if any(len(six) not in (0, 6) for six in sixes):
        raise ValueError("the readings of a report from home are not six")
    lists |= {"settings_mm": sixes[0], "planned_mm": sixes[1], "struts": tuple(map(int, lists["struts"]))}
    return HomeReport(**value | lists | {"date": datetime.date.fromisoformat(value["date"])})
