"""Ctrl-C and steps that must come to their end (E5)."""

from __future__ import annotations

import signal
import threading
from contextlib import suppress

import pytest

from roost.machine.process import postponed, scratch, uninterrupted


def test_a_stop_is_postponed() -> None:
    """The step is done, and then the signal has its usual effect, once."""
    done = []

    def step() -> None:
        with postponed():
            for _ in range(3):
                signal.raise_signal(signal.SIGINT)
            done.append("step")

    with pytest.raises(KeyboardInterrupt):
        step()
    assert done == ["step"]
    with postponed():
        pass


def test_a_clean_up_is_not_interrupted() -> None:
    """A second Ctrl-C is no news; afterwards it works as before."""
    with uninterrupted():
        signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_what_is_ignored_stays_ignored() -> None:
    """C: nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with postponed():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_in_a_thread() -> None:
    """Signals are the main thread's."""
    done: list[str] = []

    def step() -> None:
        with postponed(), uninterrupted():
            done.append("step")

    thread = threading.Thread(target=step)
    thread.start()
    thread.join()
    assert done == ["step"]


def test_a_scratch_directory_is_gone_afterwards() -> None:
    with suppress(ZeroDivisionError), scratch() as work:
        (work / "file").touch()
        raise ZeroDivisionError
    assert not work.exists()
