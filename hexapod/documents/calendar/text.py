"""The sentences of the calendar, in the patient's language."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from hexapod.about import LABEL
from hexapod.case.model import Case
from hexapod.documents.calendar.calendar_entries import levels_told
from hexapod.documents.identity import LIMBS, DocumentIdentity, draft_mark, standing_words
from hexapod.documents.sanitise import one_line
from hexapod.hardware.models import Strut, shown_name
from hexapod.plan.plan_file import FrameAdjustment
from hexapod.plan.sign_off import Signature
from hexapod.schedule.strut_exchanges import Exchange
from hexapod.text.language import AFTER_CHANGE_OUT, MISSED, language, scale_places, stage_words
from hexapod.text.languages import NOTICE, translatable

NEW_STRUT = translatable(
    "Strut {k} ({colour}) was changed by the clinic on this day: {model}. It has a scale of its own."
)
NEW_OR_RESET = translatable(
    "Strut {k} ({colour}) was changed or reset by the clinic on this day: {model}. Its scale does not go on from "
    "the evening before."
)
CHANGE_OUT = translatable(
    "{level}, strut {k} ({colour}): the clinic takes out {old}, which reads {old_reads} mm, and fits {new}, set to "
    "{reads} mm."
)
RESET = translatable(
    "{level}, strut {k} ({colour}): the clinic resets the locked part: {old} at {old_reads} mm becomes {new} at "
    "{reads} mm."
)
# Heading and text of an entry.
Entry = tuple[str, str]


class Words:
    """Headings and texts of one plan's calendar; every text ends with whose plan it is.

    `mark` begins every heading of a draft, `standing` says that it is a draft or who has signed.  `whole` tells of the
    plan, with the notice: once in the calendar's own description and in its last entry, since with it in hundreds of
    entries a web calendar refuses the file.
    """

    def __init__(
        self, case: Case, whose: DocumentIdentity, code: str, signature: Signature | None, *, stopped: bool = False
    ) -> None:
        self.stopped = stopped
        self.language = words = language(code)
        self.draft = signature is None
        self.mark = f"{draft_mark(words)}: " if self.draft else ""
        self.standing = standing_words(signature, words)
        self.limb = words.say(LIMBS[case.limb.side, case.limb.bone])
        self.colours = {
            1: words.say("red"),
            2: words.say("orange"),
            3: words.say("yellow"),
            4: words.say("green"),
            5: words.say("blue"),
            6: words.say("violet"),
        }
        clinic = [one_line(entry) for entry in (case.clinic.name, case.clinic.contact) if entry]
        sentences = [words.say("Clinic: {clinic}", clinic=", ".join(clinic))] if clinic else []
        if case.clinic.missed_or_stuck is not None:
            what = one_line(case.clinic.missed_or_stuck)
            sentences.append(words.say("{heading}: {what}", heading=words.say(MISSED), what=what))
        sentences.append(words.say("Case {case}. Plan ID {plan}.", case=case.id, plan=whose.plan))
        self._foot = "\n".join(sentences)
        self.whole = " ".join(
            [
                words.say(
                    "Plan ID {plan}, {software}, {first} to {last}.",
                    plan=whose.plan,
                    software=LABEL,
                    first=words.short_date(whose.first_day),
                    last=words.short_date(whose.last_day),
                ),
                self.standing,
                words.say(NOTICE),
            ]
        )
        self._numbers: dict[tuple[float, int], str] = {}

    def adjustment(
        self, turned: Sequence[tuple[str, FrameAdjustment]], count: tuple[int, int], *, at_clinic: bool, several: bool
    ) -> Entry:
        """One adjustment: of each hexapod, by its name, six readings to reach, and which way each strut goes.

        `count` is its number and of how many a day.  `at_clinic`: a strut of the frame is changed that day, before
        anything is turned.  `several`: the frame has more hexapods than one, so that each is headed by its name.
        """
        say, one = self.language.say, turned[0][1]
        summary = say(
            "{limb}, {level}: {time}, adjustment {number} of {of}",
            limb=self.limb,
            level=levels_told([name for name, _ in turned]),
            time=self.language.time(one.time),
            number=count[0],
            of=count[1],
        )
        lines = [say(AFTER_CHANGE_OUT), ""] if at_clinic else []
        lines += [
            say(
                "Before turning, the scales must read the numbers of the adjustment before. If not, or if you missed a "
                "time, or if a strut cannot be turned: turn nothing and call the clinic."
            ),
            say("Turn the struts until their scales read, in mm:"),
        ]
        for name, turn in turned:
            lines += [*self._heading(name, several=several), *self._ways(turn)]
            lines += [self._new(k, strut) for k, strut in enumerate(turn.struts, 1) if turn.exchanged[k - 1]]
        stages = dict.fromkeys(one_line(stage_words(turn.stage, self.language)) for _, turn in turned)
        stage = " / ".join(filter(None, stages))
        lines.append(
            say("Day {day} of the plan: {stage}.", day=one.day, stage=stage)
            if stage
            else say("Day {day} of the plan.", day=one.day)
        )
        return self.mark + summary, self._text(lines)

    def _heading(self, name: str, *, several: bool) -> list[str]:
        return [self.language.say("{name}:", name=one_line(name))] if several else []

    def _new(self, k: int, strut: Strut) -> str:
        """That a strut was changed: its scale is another one."""
        return self.language.say(
            NEW_STRUT if strut.acute is None else NEW_OR_RESET,
            k=k,
            colour=self.colours[k],
            model=one_line(shown_name(strut)),
        )

    def last_turn(self, level: str, turn: FrameAdjustment) -> Entry:
        """The last adjustment day of a hexapod, and what its scales read from then on."""
        say = self.language.say
        lines = [say("After the last adjustment of this day the scales read:"), *self._six(turn)]
        lines.append(say("After that turn no strut unless the clinic says so."))
        summary = say("{limb}, {level}: last adjustment day", limb=self.limb, level=one_line(level))
        return self.mark + summary, self._text(lines)

    def docking(self, level: str) -> Entry:
        """The day on which the bone ends meet."""
        say = self.language.say
        summary = say("{limb}, {level}: the bone ends meet (docking)", limb=self.limb, level=one_line(level))
        lines = [say("By the plan the bone ends meet on this day."), say("Go on exactly as your table says.")]
        return self.mark + summary, self._text(lines)

    def visit(
        self,
        done: Sequence[tuple[str, Exchange]],
        start: datetime.date | datetime.datetime,
        there: Sequence[tuple[str, FrameAdjustment]],
        *,
        several: bool,
    ) -> Entry:
        """A day at the clinic: which strut of which hexapod is changed, and what both scales read.

        `there` are the adjustments up to the visit, the last of each hexapod: the clinic sets the struts to them.
        """
        say = self.language.say
        if isinstance(start, datetime.datetime):
            time = self.language.time(start.time())
            lines = [say("Done by the clinic at {time}. Turn nothing before that on this day.", time=time)]
        else:
            lines = [say("Done by the clinic in the morning, before the first adjustment of this day:")]
        for level, exchange in done:
            sentence = RESET if exchange.resets else CHANGE_OUT
            lines.append(
                say(
                    sentence,
                    level=one_line(level),
                    k=exchange.strut,
                    colour=self.colours[exchange.strut],
                    old=one_line(shown_name(exchange.old)),
                    old_reads=self._number(exchange.old_reads_mm, exchange.old),
                    new=one_line(shown_name(exchange.new)),
                    reads=self._number(exchange.new_reads_mm, exchange.new),
                )
            )
        for name, turn in there:
            lines += [say("Then the clinic sets the struts to:"), *self._heading(name, several=several)]
            lines += self._six(turn)
        lines.append(
            say("Do not change a strut yourself. If the visit cannot be on this day, turn nothing and call the clinic.")
        )
        return self.mark + say("{limb}: clinic visit, strut change-out", limb=self.limb), self._text(lines)

    def end(self) -> Entry:
        """The last day of the plan."""
        say = self.language.say
        lines = [say("The plan ends on this day. After that, turn no strut unless the clinic says so."), self.whole]
        return self.mark + say("{limb}: the plan ends", limb=self.limb), self._text(lines)

    def cancelled(self, summary: str, *, already: bool) -> Entry:
        """A cancelled entry of the earlier plan; a calendar that cannot cancel shows at least these words."""
        say = self.language.say
        if self.stopped:
            lines = [say("This entry is void: the plan was stopped. Turn no strut and call the clinic.")]
        else:
            lines = [say("This entry is void: do not use it. Only the new plan counts.")]
        return summary if already else say("Cancelled: {entry}", entry=summary), self._text(lines)

    def _six(self, turn: FrameAdjustment) -> list[str]:
        """What the six scales read after an adjustment."""
        return [
            self.language.say(
                "Strut {k} ({colour}): {reads} mm", k=k, colour=self.colours[k], reads=self._number(setting, strut)
            )
            for k, (setting, strut) in enumerate(zip(turn.settings_mm, turn.struts, strict=True), 1)
        ]

    def _ways(self, turn: FrameAdjustment) -> list[str]:
        say, lines = self.language.say, []
        struts = zip(turn.settings_mm, turn.longer_mm, turn.struts, strict=True)
        for k, (setting, longer, strut) in enumerate(struts, 1):
            colour, reads = self.colours[k], self._number(setting, strut)
            if longer > 0.0:
                text = say("Strut {k} ({colour}): {reads} (longer)", k=k, colour=colour, reads=reads)
            elif longer < 0.0:
                text = say("Strut {k} ({colour}): {reads} (shorter)", k=k, colour=colour, reads=reads)
            else:
                text = say("Strut {k} ({colour}): {reads} (leave as it is)", k=k, colour=colour, reads=reads)
            lines.append(text)
        return lines

    def _text(self, lines: Sequence[str]) -> str:
        say = self.language.say
        first = [self.standing, say("Do not use this entry to turn struts."), ""] if self.draft else []
        return "\n".join([*first, *lines, "", self._foot])

    def _number(self, value: float, strut: Strut) -> str:
        """A reading as the sheet prints it; the same readings come again and again."""
        key = (value, scale_places(strut))
        if key not in self._numbers:
            self._numbers[key] = self.language.number(*key)
        return self._numbers[key]
