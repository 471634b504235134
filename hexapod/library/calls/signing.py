"""Acknowledge the warnings of a plan, sign it, stop it."""

from __future__ import annotations

import datetime
from dataclasses import replace

from sqlalchemy import select

from hexapod.library import models
from hexapod.library.calls import case_index
from hexapod.library.calls.case_state import cautions, plan_states, row_of
from hexapod.library.calls.plans import PlanCalls, sign_off_of, signed_elsewhere
from hexapod.library.calls.user_calls import content, must_be_open, one
from hexapod.library.errors import Refused
from hexapod.library.storage.contents import said, value_of, written
from hexapod.library.storage.tables import AcknowledgementRow, PlanEventRow, PlanRow, SignOffRow, VersionRow
from hexapod.library.storage.transactions import ReadTransaction


class SigningCalls(PlanCalls):
    """The calls on the life of a plan, from its warnings to its end."""

    def acknowledge(self, case: str, plan: int, code: str, level: int, reason: str) -> None:
        """Acknowledge the warnings of one code on one hexapod (`level` counts from 0), with a reason.

        Raises:
            Refused: no such warning, no reason, acknowledged already, or the plan is no longer a draft.
        """
        with self._writing("plan") as tx:
            must_be_open(tx, case)
            row = row_of(tx, case, plan)
            if plan_states(tx, case)[plan] != "draft":
                raise Refused(f"Plan {plan} is signed or has ended: its warnings can no longer be acknowledged.")
            found = {(caution.code, caution.level): caution for caution in cautions(tx, case, plan, row.entry)}
            if (code, level) not in found:
                raise Refused(f"Plan {plan} has no warning {code} on hexapod {level + 1}.")
            if (by := found[code, level].by) is not None:
                raise Refused(f"{by} has already acknowledged {code} on hexapod {level + 1}.")
            why = said(reason, f"Say in a few words why the warning {code} is acceptable.")
            columns = {"plan": plan, "code": code, "level": level}
            tx.record(AcknowledgementRow, "caution.acknowledged", case, written(reason=why), case_key=case, **columns)
            case_index.refresh(tx, case)

    def sign(
        self, case: str, plan: int, plan_sha256: str, name: str, today: datetime.date | None = None
    ) -> models.SignOff:
        """Sign a plan by its plan ID in full; a plan of the case signed earlier is superseded.

        `name` is what the signer signs with; without sign-in nothing else says who it was.  `told` of the signature has
        what a signer should know, such as a day 0 before `today` (the date where the signer is; the computer's by
        default); ask `continuing` for it first.

        Raises:
            NotContinued: on the date of the last visit the plan has other settings than the readings.
            Refused: the plan is refused, is not the last one of the last version, has another plan ID, has a warning
                that nobody acknowledged, is signed or has ended, or cannot be reproduced bit for bit.
        """
        again = self.reproduce(case, plan)
        with self._writing("sign") as tx:
            must_be_open(tx, case)
            row = row_of(tx, case, plan)
            _check_newest(tx, case, plan, row.version)
            if plan_states(tx, case)[plan] != "draft":
                raise Refused(f"Plan {plan} is already signed or has ended.")
            if signed_elsewhere(tx, case, plan):
                raise Refused(
                    f"Plan {plan} was signed in another library, and is a draft here: finalise it for signature here, "
                    f"check it, and sign that one."
                )
            if row.verdict == "refused":
                raise Refused("A refused plan cannot be signed: it has no schedule.")
            if row.plan_sha256 != plan_sha256:
                raise Refused("The plan ID is not that of this plan: check the plan again before you sign it.")
            left = [caution.code for caution in cautions(tx, case, plan, row.entry) if caution.by is None]
            if left:
                raise Refused(f"Acknowledge every warning before you sign; not acknowledged yet: {', '.join(left)}.")
            if not again.same:
                raise Refused(f"This plan cannot be signed. {again.told}")
            if back := self._store.clock_set_back(tx):
                raise Refused(f"Nothing was signed. {back}")
            told_of = self._must_go_on(tx, case, row.version, value_of(content(tx, row.entry)), today)
            signature = said(name, "Give the name of the person who signs.")
            for number, state in plan_states(tx, case).items():
                if state == "signed":
                    told = written(reason=f"plan {plan} was signed")
                    tx.record(
                        PlanEventRow, "plan.superseded", case, told, case_key=case, plan=number, kind="superseded"
                    )
            said_so = {"told": list(told_of.told)} if told_of.told else {}
            raw, columns = written(name=signature, **said_so), {"plan": plan, "plan_sha256": plan_sha256}
            entry = tx.record(SignOffRow, "plan.signed", case, raw, case_key=case, **columns)
            case_index.refresh(tx, case)
        return replace(sign_off_of(entry.actor, entry.at, plan_sha256, signature, entry), told=told_of.told)

    def stop(self, case: str, plan: int, reason: str) -> None:
        """Stop a signed plan: it is no longer followed.

        Raises:
            Refused: the plan is not signed, or no reason is given.
        """
        with self._writing("sign") as tx:
            must_be_open(tx, case)
            row_of(tx, case, plan)
            if plan_states(tx, case)[plan] != "signed":
                raise Refused(f"Plan {plan} is not signed, or is no longer followed.")
            told = written(reason=said(reason, "Say why the plan is stopped."))
            tx.record(PlanEventRow, "plan.stopped", case, told, case_key=case, plan=plan, kind="stopped")
            case_index.refresh(tx, case)


def _check_newest(tx: ReadTransaction, case: str, plan: int, version: int) -> None:
    last_version = one(
        tx, select(VersionRow.number).where(VersionRow.case_key == case).order_by(VersionRow.number.desc())
    )
    last_plan = one(tx, select(PlanRow.number).where(PlanRow.case_key == case).order_by(PlanRow.number.desc()))
    if last_version is None or last_version.number != version:
        raise Refused(f"Version {version} of this plan is not the last one of the case: plan the last version.")
    if last_plan is None or last_plan.number != plan:
        raise Refused(f"Plan {plan} is not the last one of the case: check the last one.")
