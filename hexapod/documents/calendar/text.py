"""The sentences of the calendar, in the patient's language."""

from __future__ import annotations

from collections.abc import Sequence

from hexapod.case.model import Case
from hexapod.documents.identity import LIMBS, DocumentIdentity, draft_mark, standing_words
from hexapod.documents.sanitise import one_line
from hexapod.hardware.models import Strut
from hexapod.plan.adjustments import FrameAdjustment
from hexapod.plan.sign_off import Signature
from hexapod.schedule.strut_exchanges import Exchange
from hexapod.text.language import language
from hexapod.text.patient_words import AFTER_CHANGE_OUT, MISSED, missed_or_stuck, scale_places, stage_words
from hexapod.text.safety_notice import NOTICE

# Heading and text of an entry.
Told = tuple[str, str]


class Words:
    """Headings and texts of one plan's calendar; every text ends with whose plan it is and with the notice.

    `mark` begins every heading of a draft, `standing` tells that it is one or who has signed.
    """

    def __init__(self, case: Case, whose: DocumentIdentity, code: str, signature: Signature | None) -> None:
        self.language = words = language(code)
        self.draft = signature is None
        self.mark = f"{draft_mark(words)}: " if self.draft else ""
        self.standing = standing_words(signature, words)
        self.case_id = case.id
        self.limb = words.say(LIMBS[case.limb.side, case.limb.bone])
        self.colours = {
            1: words.say("red"),
            2: words.say("orange"),
            3: words.say("yellow"),
            4: words.say("green"),
            5: words.say("blue"),
            6: words.say("violet"),
        }
        told = [
            words.say(
                "Plan ID {plan}, {software}, {first} to {last}.",
                plan=whose.plan,
                software=whose.software,
                first=words.short_date(whose.first_day),
                last=words.short_date(whose.last_day),
            )
        ]
        told += [] if self.draft else [self.standing]
        clinic = [one_line(entry) for entry in (case.clinic.name, case.clinic.contact) if entry]
        told += [words.say("Clinic: {clinic}", clinic=", ".join(clinic))] if clinic else []
        told.append(
            words.say("{heading}: {what}", heading=words.say(MISSED), what=one_line(missed_or_stuck(case, words)))
        )
        self._foot = "\n".join([*told, words.say(NOTICE)])
        self._numbers: dict[tuple[float, int], str] = {}

    def adjustment(self, level: str, turn: FrameAdjustment) -> Told:
        """One adjustment: six readings to reach, and which way each strut goes."""
        say, time = self.language.say, self.language.time(turn.time)
        summary = say(
            "{limb}, {level}: {time}, adjustment {number} of {of}",
            limb=self.limb,
            level=one_line(level),
            time=time,
            number=turn.number,
            of=turn.of,
        )
        lines = [say(AFTER_CHANGE_OUT), ""] if any(turn.exchanged) else []
        lines += [
            say(
                "Before turning, the scales must read the numbers of the adjustment before. If not, turn nothing and "
                "call the clinic."
            ),
            say("Turn the struts until their scales read:"),
            *self._ways(turn),
        ]
        for k, strut in enumerate(turn.struts, 1):
            if turn.exchanged[k - 1]:
                lines.append(
                    say(
                        "Strut {k} ({colour}) is new since the morning of this day: {model}. It has a scale of its "
                        "own.",
                        k=k,
                        colour=self.colours[k],
                        model=one_line(strut.name),
                    )
                )
        stage = one_line(stage_words(turn.stage, self.language))
        lines.append(
            say("Day {day} of the plan: {stage}.", day=turn.day, stage=stage)
            if stage
            else say("Day {day} of the plan.", day=turn.day)
        )
        return self.mark + summary, self._text(lines, level)

    def last_turn(self, level: str, turn: FrameAdjustment) -> Told:
        """The last adjustment day of a hexapod, and what its scales read from then on."""
        say = self.language.say
        lines = [say("After the last adjustment of this day the scales read:")]
        for k, (setting, strut) in enumerate(zip(turn.settings_mm, turn.struts, strict=True), 1):
            reads = self._number(setting, strut)
            lines.append(say("Strut {k} ({colour}): {reads} mm", k=k, colour=self.colours[k], reads=reads))
        lines.append(say("After that turn no strut unless the clinic says so."))
        summary = say("{limb}, {level}: last adjustment day", limb=self.limb, level=one_line(level))
        return self.mark + summary, self._text(lines, level)

    def docking(self, level: str) -> Told:
        """The day on which the bone ends meet."""
        say = self.language.say
        summary = say("{limb}, {level}: the bone ends meet (docking)", limb=self.limb, level=one_line(level))
        lines = [say("By the plan the bone ends meet on this day."), say("Go on exactly as your table says.")]
        return self.mark + summary, self._text(lines, level)

    def visit(self, done: Sequence[tuple[str, Exchange]]) -> Told:
        """A day at the clinic: which strut of which hexapod is changed, and what both scales read."""
        say = self.language.say
        lines = [say("Done by the clinic in the morning, before the first adjustment of this day:")]
        for level, exchange in done:
            lines.append(
                say(
                    "{level}, strut {k} ({colour}): the clinic takes out {old} at {old_reads} mm and fits {new} at "
                    "{reads} mm.",
                    level=one_line(level),
                    k=exchange.strut,
                    colour=self.colours[exchange.strut],
                    old=one_line(exchange.old.name),
                    old_reads=self._number(exchange.old_reads_mm, exchange.old),
                    new=one_line(exchange.new.name),
                    reads=self._number(exchange.new_reads_mm, exchange.new),
                )
            )
        lines.append(
            say("Do not change a strut yourself. If the visit cannot be on this day, turn nothing and call the clinic.")
        )
        return self.mark + say("{limb}: clinic visit, strut change-out", limb=self.limb), self._text(lines)

    def end(self) -> Told:
        """The last day of the plan."""
        say = self.language.say
        lines = [say("The plan ends on this day. After that, turn no strut unless the clinic says so.")]
        return self.mark + say("{limb}: the plan ends", limb=self.limb), self._text(lines)

    def cancelled(self, summary: str, level: str, *, already: bool) -> Told:
        """An entry of the earlier plan that fell away; a calendar that cannot cancel shows at least these words."""
        say = self.language.say
        lines = [say("This entry is void: do not use it. Only the new plan counts.")]
        return summary if already else say("Cancelled: {entry}", entry=summary), self._text(lines, level)

    def _ways(self, turn: FrameAdjustment) -> list[str]:
        say, lines = self.language.say, []
        told_of = zip(turn.settings_mm, turn.longer_mm, turn.struts, strict=True)
        for k, (setting, longer, strut) in enumerate(told_of, 1):
            colour, reads, way = self.colours[k], self._number(setting, strut), self._number(abs(longer), strut)
            if longer > 0.0:
                told = say(
                    "Strut {k} ({colour}): {reads} mm ({way} mm longer)", k=k, colour=colour, reads=reads, way=way
                )
            elif longer < 0.0:
                told = say(
                    "Strut {k} ({colour}): {reads} mm ({way} mm shorter)", k=k, colour=colour, reads=reads, way=way
                )
            else:
                told = say("Strut {k} ({colour}): {reads} mm, leave as it is", k=k, colour=colour, reads=reads)
            lines.append(told)
        return lines

    def _text(self, lines: Sequence[str], level: str = "") -> str:
        say = self.language.say
        if level:
            whose = say("Case {case}, {limb}, {level}.", case=self.case_id, limb=self.limb, level=one_line(level))
        else:
            whose = say("Case {case}, {limb}.", case=self.case_id, limb=self.limb)
        first = [self.standing, say("Do not use this entry to turn struts."), ""] if self.draft else []
        return "\n".join([*first, *lines, "", whose, self._foot])

    def _number(self, value: float, strut: Strut) -> str:
        """A reading as the sheet prints it; the same readings come again and again."""
        key = (value, scale_places(strut))
        if key not in self._numbers:
            self._numbers[key] = self.language.number(*key)
        return self._numbers[key]
