"""Runs take turns: one at a time, but nobody waits long for a run that takes long, and a run that fails gives way."""

from __future__ import annotations

import threading
import time

import pytest

from hexapod.app import shell


def test_runs_begun_together_are_done_one_after_the_other() -> None:
    under_way, most = 0, 0
    together = threading.Barrier(5)

    def run() -> None:
        nonlocal under_way, most
        together.wait()
        with shell.turn():
            under_way += 1
            most = max(most, under_way)
            time.sleep(0.01)
            under_way -= 1

    threads = [threading.Thread(target=run) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_nobody_waits_longer_than_patience_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "PATIENCE_S", 0.01)
    with shell.turn():
        beside = threading.Thread(target=_take_a_turn)
        beside.start()
        beside.join(timeout=10)
        assert not beside.is_alive()
        # The turn of the long one is not given away by the one that went on beside it.
        assert shell._turn.locked()
    assert not shell._turn.locked()


def test_a_run_that_fails_gives_its_turn_back() -> None:
    with pytest.raises(ValueError, match="inside"), shell.turn():
        raise ValueError("inside")
    assert not shell._turn.locked()


def _take_a_turn() -> None:
    with shell.turn():
        pass
