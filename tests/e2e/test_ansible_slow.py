"""The Ansible role of examples/, run for real on a machine that is a directory: a second run changes nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.definitions import copying, define, prepared
from tests.support.look import assert_works
from tests.support.sandbox import BIN, REPOSITORY, Sandbox

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
_VERSION = "3.13.990"  # a release that there will not be


def _commit(directory: Path) -> None:
    who = ["-c", "user.name=roost", "-c", "user.email=roost@example.org"]
    for words in (["init", "-q", "-b", "master"], ["add", "-A", "-f"], [*who, "commit", "-q", "-m", "pyenv"]):
        subprocess.run(["git", *who, "-C", directory, *words], check=True)


def _play(machine: Sandbox, *options: str, **variables: object) -> dict[str, int]:
    """The figures that Ansible gives at its end."""
    words: list[str | Path] = [
        BIN / "ansible-playbook",
        "-i",
        "localhost,",
        "-c",
        "local",
        *options,
        "-e",
        json.dumps(variables),
        machine.root / "playbook.yml",
    ]
    environ = {"ANSIBLE_ROLES_PATH": str(REPOSITORY / "examples" / "ansible" / "roles"), "ANSIBLE_NOCOLOR": "1", "ANSIBLE_DEPRECATION_WARNINGS": "0"}
    done = machine.run(words, cwd=machine.home, timeout=600, **environ)
    recap = dict(re.findall(r"(\w+)=(\d+)", done.stdout.partition("PLAY RECAP")[2]))
    assert (done.returncode, recap.get("failed")) == (0, "0"), done.stdout + done.stderr
    return {name: int(figure) for name, figure in recap.items()}


def test_the_role(offline: Sandbox, newest: str) -> None:
    """From nothing to an active env, through a clone of pyenv and `pyenv install`; then the same again."""
    offline.with_pyenv()
    define(offline, _VERSION, copying(prepared(offline, newest)))
    _commit(offline.pyenv_root)
    shop, blog = offline.project("work/shop", "3.13", "shop-venv"), offline.project("work/blog", _VERSION, "blog-venv")
    (offline.root / "playbook.yml").write_bytes((REPOSITORY / "examples" / "ansible" / "playbook.yml").read_bytes())
    settings = {
        "ansible_python_interpreter": sys.executable,
        "roost_python": f"{sys.base_prefix}/bin/python{sys.version_info[0]}.{sys.version_info[1]}",
        "roost_pyenv_url": f"file://{offline.pyenv_root}",
        "roost_projects": [str(shop), str(blog)],
    }
    first = _play(offline, **settings)
    assert first["changed"] > 4
    pyenv_root = offline.home / ".pyenv"
    for name in ("shop-venv", "blog-venv"):
        assert_works(pyenv_root / "versions" / _VERSION / "envs" / name)
    for shell in ("bash", "zsh"):
        shown = offline.run([shell, "-ic", "roost --version | head -n 1"], PYENV_ROOT=str(pyenv_root))
        assert shown.stdout.startswith("roost "), shown.stderr
    again = _play(offline, **settings)
    assert (again["changed"], again["ok"]) == (0, first["ok"])
    assert _play(offline, "--check", **settings)["changed"] == 0
