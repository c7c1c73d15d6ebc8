"""Two hundred rounds of runs that are stopped anywhere (E5, E8)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.look import assert_works, looks_ready
from tests.support.sandbox import Sandbox

_ROUNDS = 200
_SIGNALS = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_COMMANDS = (("up",), ("up", "--from-hook"), ("up", "--recreate"), ("remove", "--yes"), ("prune", "--yes"), ("up", "--deps"))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_hundred_rounds(sandbox: Sandbox, newest: str) -> None:
    """Several commands on one env at a time, each stopped at some moment: what is ready works, and `up` heals everything else."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-env")
    (project / "requirements.txt").write_text("# nothing\n")
    env = sandbox.env(newest, "shop-env")
    seed = int.from_bytes(os.urandom(4), "big")
    chance = random.Random(seed)
    stopped = 0
    for round_number in range(_ROUNDS):
        running = [(words := chance.choice(_COMMANDS), sandbox.start(*words, cwd=project)) for _ in range(chance.randint(1, 3))]
        for _, process in running:
            time.sleep(chance.uniform(0, 0.6))
            if process.poll() is None:
                stopped += 1
                process.send_signal(chance.choice(_SIGNALS))
        for words, process in running:
            _, said = process.communicate(timeout=120)
            # Python itself, stopped before the first line of roost's, prints one, and there is nothing that roost can do.
            assert "Traceback" not in said or "roost/" not in said, (seed, round_number, words, said)
        if looks_ready(env):
            assert_works(env)
        if round_number % 5 == 4:
            _heal(sandbox, project, env, (seed, round_number))
    _heal(sandbox, project, env, (seed, _ROUNDS))
    assert stopped > _ROUNDS // 2, "the signals came too late to show anything"


def _heal(sandbox: Sandbox, project: Path, env: Path, when: tuple[int, int]) -> None:
    done: subprocess.CompletedProcess[str] = sandbox.roost("up", cwd=project)
    assert done.returncode == 0, (when, done.stderr)
    assert_works(env)
    left = {path.name for path in env.parent.iterdir()}
    assert left == {".shop-env.lock", "shop-env"}, (when, left)
