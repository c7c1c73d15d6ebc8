"""Stopped at any moment: nothing half-made is ever taken for an env, and the next ``up`` heals (E5, E8)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.look import assert_works, looks_ready
from tests.support.sandbox import Sandbox

_POINTS = 20
# Shares of what a creation writes: from the first directory to the last file, and beyond.
_SHARES = [point / (_POINTS - 1) for point in range(_POINTS)]


class _Workshop:
    """A project that is made and removed again and again; knows how much a whole env holds."""

    def __init__(self, sandbox: Sandbox, version: str) -> None:
        sandbox.install(version)
        self.sandbox = sandbox
        self.project = sandbox.project("shop", version, "shop-venv")
        self.prefix = sandbox.env(version, "shop-venv")
        self.alias = sandbox.versions / "shop-venv"
        assert sandbox.roost("up", cwd=self.project).returncode == 0
        assert_works(self.prefix)  # as after each other making: it writes byte code
        self.whole = self.entries()

    def entries(self) -> int:
        """How much of the env is there."""
        return sum(len(directories) + len(files) for _, directories, files in os.walk(self.prefix))

    def start(self, *words: str) -> subprocess.Popen[str]:
        return self.sandbox.start("up", *words, cwd=self.project)

    def stop_at(self, share: float, number: signal.Signals, *words: str) -> tuple[int, str]:
        """Signals a creation once it has written that share of an env, and returns how it ended."""
        replacing = "--recreate" in words
        aside = self.prefix.with_name(".shop-venv.before")
        process = self.start(*words)
        while process.poll() is None:
            if (not replacing or aside.exists()) and self.prefix.exists() and self.entries() >= share * self.whole:
                process.send_signal(number)
                break
            time.sleep(0.001)
        _, errors = process.communicate(timeout=60)
        return process.returncode, errors


@pytest.fixture
def workshop(sandbox: Sandbox, newest: str) -> _Workshop:
    return _Workshop(sandbox, newest)


def _clear(workshop: _Workshop) -> None:
    subprocess.run(["rm", "-rf", workshop.prefix, workshop.alias], check=True)


@pytest.mark.timeout(600)
def test_killed_at_twenty_points(workshop: _Workshop) -> None:
    """E5: kill -9. Ready by E3 means that it works; if not, the next up heals."""
    unfinished = 0
    for share in _SHARES:
        _clear(workshop)
        workshop.stop_at(share, signal.SIGKILL)
        if looks_ready(workshop.prefix):
            assert_works(workshop.prefix)
            continue
        unfinished += 1
        healed = workshop.sandbox.roost("up", "--json", cwd=workshop.project)
        assert healed.returncode == 0, (share, healed.stdout, healed.stderr)
        assert len(json.loads(healed.stdout)["actions"]) == 1
        assert_works(workshop.prefix)
        assert workshop.entries() == workshop.whole
    assert unfinished >= _POINTS // 2, "the kills came too late to show anything"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopped_politely_at_many_points(workshop: _Workshop, number: signal.Signals) -> None:
    """E5, C: Ctrl-C, a polite kill, a closed terminal: exit 130 and nothing left behind."""
    stopped = 0
    # At the very beginning more than once: there the thread starts that makes the env.
    for share in [0.0] * 5 + _SHARES[::3] if number is signal.SIGINT else _SHARES[2::8]:
        _clear(workshop)
        code, errors = workshop.stop_at(share, number)
        assert "Traceback" not in errors, errors
        if code == 0:
            assert_works(workshop.prefix)
            continue
        stopped += 1
        assert code == 130, errors
        assert [path.name for path in workshop.prefix.parent.iterdir()] == [".shop-venv.lock"], share
        assert not os.path.lexists(workshop.alias)
    assert stopped >= 2, "the signals came too late to show anything"


def test_an_impatient_ctrl_c_leaves_nothing_either(workshop: _Workshop) -> None:
    """E5: the second and third Ctrl-C fall into the clean-up of the first."""
    for share in (0.1, 0.5, 0.9):
        _clear(workshop)
        process = workshop.start()
        while process.poll() is None and not (workshop.prefix.exists() and workshop.entries() >= share * workshop.whole):
            time.sleep(0.001)
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.002)
        process.communicate()
        assert not looks_ready(workshop.prefix) or process.returncode == 0
        assert process.returncode in {0, 130, -signal.SIGINT}
        healed = workshop.sandbox.roost("up", cwd=workshop.project)
        assert healed.returncode == 0, healed.stderr
        assert_works(workshop.prefix)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_recreate_gives_the_old_env_back(workshop: _Workshop, number: signal.Signals) -> None:
    """E8: at once after Ctrl-C; by the next up after kill -9."""
    mine = workshop.prefix / "mine"
    came_back = 0
    for share in (0.0, 0.3, 0.6, 0.9):
        mine.write_text("work\n")
        code, errors = workshop.stop_at(share, number, "--recreate")
        if code == 0:
            assert not mine.exists()
            continue
        assert "Traceback" not in errors, errors
        if number is signal.SIGKILL:
            if looks_ready(workshop.prefix):
                assert_works(workshop.prefix)
            assert workshop.sandbox.roost("up", cwd=workshop.project).returncode == 0
        assert_works(workshop.prefix)
        if mine.exists():
            came_back += 1
            assert sorted(path.name for path in workshop.prefix.parent.iterdir()) == [".shop-venv.lock", "shop-venv"]
    assert came_back >= 2, "the signals came too late to show anything"


@pytest.fixture
def killed_removal(tmp_path: Path) -> str:
    """A roost that is killed in the middle of removing an env: when one entry is left."""
    patch = tmp_path / "patched.py"
    patch.write_text(
        "import os, signal, sys\n"
        "import roost.machine.files as files\n"
        "remove_tree = files.remove_tree\n"
        "def killed(path):\n"
        "    remove_tree(path)\n"
        "    if len(os.listdir(path.parent)) == 1:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "files.remove_tree = killed\n"
        "from roost.__main__ import main\n"
        "sys.exit(main())\n"
    )
    return str(patch)


def test_killed_while_a_half_made_env_is_removed(workshop: _Workshop, killed_removal: str) -> None:
    """E5: what a removal leaves must not look ready, and is still known as half-made."""
    (workshop.prefix / ".roost-building").write_text("")
    done = workshop.sandbox.run([sys.executable, killed_removal, "up"], cwd=workshop.project)
    assert done.returncode == -signal.SIGKILL
    assert (workshop.prefix / ".roost-building").exists()
    assert not os.path.lexists(workshop.prefix / "bin" / "python")
    assert workshop.sandbox.roost("status", cwd=workshop.project).returncode == 10
    assert workshop.sandbox.roost("up", cwd=workshop.project).returncode == 0
    assert_works(workshop.prefix)
