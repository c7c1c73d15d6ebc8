"""Every refusal is one line that names the file and what to type, with the exit code of its class (C)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.definitions import define
from tests.support.look import document, only_line
from tests.support.sandbox import ROOST, Sandbox
from tests.support.vectors import as_user

# .python-version and .python-virtualenv, which of them is at fault, a word of the rule, what to write instead.
_INVALID = {
    "range": (b">=3.9\n", b"shop\n", 0, "not a version", "write a version such as 3.12.1"),
    "star": (b"3.12.*\n", b"shop\n", 0, "not a version", "write 3.12"),
    "pyenv-virtualenv's word": (b"3.12.1/envs/shop\n", b"shop\n", 0, "not a version", "write 3.12.1"),
    "path": (b"../../etc\n", b"shop\n", 0, "not a version", "write a version such as 3.12.1"),
    "another tool's word": (b"v3.12.1\n", b"shop\n", 0, "no release of Python has such a name", "write 3.12.1"),
    "two words": (b"Python 3.12.1\n", b"shop\n", 0, "no release of Python has such a name", "write 3.12.1"),
    "shell line": (b"echo 3.12.1 > .python-version\n", b"shop\n", 0, "'echo' is not a version", "write 3.12.1"),
    "env name": (b"shop-3.10.13\n", b"shop\n", 0, "no release of Python has such a name", "write 3.10.13"),
    "empty": (b"# nothing\n", b"shop\n", 0, "names no version", "write a version such as 3.12.1"),
    "byte-order mark": (b"\xef\xbb\xbf3.12.1\n", b"shop\n", 0, "byte-order mark", "save the file without a byte-order mark"),
    "utf-16": ("3.12.1\n".encode("utf-16"), b"shop\n", 0, "UTF-16", "save the file as plain ASCII text"),
    "nul": (b"3.12.1\0\n", b"shop\n", 0, "NUL byte", "save the file as plain ASCII text"),
    "long": (b"3.12.1\n" + b"#" * 4096, b"shop\n", 0, "longer than 4096 bytes", "keep one word in it"),
    "version too long": (b"3" * 129, b"shop\n", 0, "longer than 128 bytes", "write a version such as 3.12.1"),
    "escape codes": (b"\x1b[31m3.12\n", b"shop\n", 0, "'\\x1b[31m3.12'", "write a version such as 3.12.1"),
    "bidi": ("3.12\u202e1\n".encode(), b"shop\n", 0, "'3.12\\xe2\\x80\\xae1'", "write a version such as 3.12.1"),
    "name with a path": (b"3.12.1\n", b"../shop\n", 1, "not an env name", "write a name such as myproject-venv"),
    "option": (b"3.12.1\n", b"-rf\n", 1, "not an env name", "write a name such as myproject-venv"),
    "substitution": (b"3.12.1\n", b"$(touch${IFS}x)\n", 1, "not an env name", "write a name such as myproject-venv"),
    "reserved": (b"3.12.1\n", b"system\n", 1, "pyenv reserves that word", "write a name such as myproject-venv"),
    "digits": (b"3.12.1\n", b"2024\n", 1, "taken for a version", "write a name such as myproject-venv"),
    "like a version": (b"3.12.1\n", b"3.8.18\n", 1, "taken for a version", "write a name such as myproject-venv"),
    "long path of pyenv's": (b"3.12.1\n", b"3.12.1/envs/shop\n", 1, "not an env name", "write shop"),
    "name too long": (b"3.12.1\n", b"a" * 65, 1, "longer than 64 bytes", "write a name such as myproject-venv"),
    "not ASCII": (b"3.12.1\n", "größe\n".encode(), 1, "'gr\\xc3\\xb6\\xc3\\x9fe'", "write a name such as myproject-venv"),
}
# What is said of these shows no word of the file, so that the hook may say it too.
_SHOWS_NOTHING = {"empty", "byte-order mark", "utf-16", "nul", "long"}


@pytest.mark.parametrize("case", _INVALID)
def test_an_invalid_file(sandbox: Sandbox, case: str) -> None:
    """F8: exit 4; the line names the file, the rule and what to write instead, and shows nothing raw."""
    version, name, fault, rule, advice = _INVALID[case]
    project = sandbox.project("shop", version, name)
    done = sandbox.roost("up", cwd=project)
    assert done.returncode == 4
    line = only_line(done)
    assert line.isascii()
    assert line.isprintable()
    assert str(project / (".python-version", ".python-virtualenv")[fault]) in line
    assert rule in line
    assert line.endswith(f"; {advice}")
    assert list(sandbox.versions.iterdir()) == []


@pytest.mark.parametrize("case", _INVALID)
def test_an_invalid_file_on_cd(sandbox: Sandbox, case: str) -> None:
    """F8, H12: the hook's line names the file too, and says what to type, but shows nothing of what is in it."""
    version, name, fault, _, advice = _INVALID[case]
    project = sandbox.project("shop", version, name)
    done = sandbox.roost("up", "--from-hook", cwd=project)
    assert done.returncode == 4
    line = only_line(done)
    assert str(project / (".python-version", ".python-virtualenv")[fault]) in line
    assert "'" not in line
    assert line.rpartition("; ")[2] == (advice if case in _SHOWS_NOTHING else "type: roost status")
    assert list(sandbox.versions.iterdir()) == []


def test_a_range_is_answered_with_what_is_installed(sandbox: Sandbox) -> None:
    """F8: the newest release inside it that has a Python."""
    for version in ("3.11.7", "3.12.1", "3.13.0", "3.12.5-dev"):
        sandbox.fake_interpreter(version)
    (sandbox.versions / "3.12.9").mkdir()
    project = sandbox.project("shop", ">= 3.11, < 3.13", "shop")
    done = sandbox.roost("up", cwd=project)
    assert done.returncode == 4
    assert only_line(done).endswith(f"({project / '.python-version'}); write 3.12.1")
    assert document(sandbox.roost("status", "--json", cwd=project))["problems"][0]["hint"] == "write 3.12.1"


@pytest.mark.parametrize("version", ["v3.12.1", "python3.12", "cpython-3.12", "3.x"])
def test_a_directory_of_that_very_name_wins(sandbox: Sandbox, version: str) -> None:
    """V2, F8: what is spelled as a version may be is refused only where nothing is called so."""
    sandbox.fake_env(version, "shop")
    project = sandbox.project("shop", version, "shop")
    assert sandbox.roost("up", cwd=project).returncode == 0
    shutil.rmtree(sandbox.versions / version)
    assert sandbox.roost("up", cwd=project).returncode == 4


def test_a_name_that_a_plugin_of_pyenvs_knows(sandbox: Sandbox) -> None:
    """V4, F8: a company's own definition may have any name."""
    sandbox.with_pyenv()
    define(sandbox, "acme-3.12.1", "false\n")
    for request in ("acme-3.12.1", "acme-3.12", "acme"):
        project = sandbox.project("shop", request, "shop")
        done = sandbox.roost("up", "--dry-run", cwd=project)
        assert (done.returncode, "would install Python acme-3.12.1 through pyenv" in done.stderr) == (10, True)
    assert sandbox.roost("up", "--dry-run", cwd=sandbox.project("shop", "acm", "shop")).returncode == 4


def test_pyenv_virtualenvs_word_beside_a_name(sandbox: Sandbox) -> None:
    """F8, F13: the version of the env that it means."""
    prefix = sandbox.fake_env("3.12.1", "shop")
    (sandbox.versions / "shop").symlink_to(prefix)
    project = sandbox.project("shop", "shop", "shop")
    done = sandbox.roost("up", cwd=project)
    assert done.returncode == 4
    assert only_line(done).endswith("; write 3.12.1")


def test_a_version_without_pyenv(sandbox: Sandbox) -> None:
    """F8, V6: a word is refused on every machine, or on none."""
    sandbox.versions.rmdir()
    project = sandbox.project("shop", "python3.12", "shop")
    done = sandbox.roost("up", cwd=project)
    assert done.returncode == 4
    assert only_line(done).endswith("; write 3.12")


def test_a_closed_standard_error(sandbox: Sandbox) -> None:
    """C: what is for people never comes out where results do."""
    done = sandbox.run(["/bin/sh", "-c", f"{ROOST} up 2>&-"], cwd=sandbox.project("shop", None, "shop"))
    assert (done.returncode, done.stdout) == (4, "")


@pytest.mark.parametrize("words", ["status", "list", "doctor", "which", "hook zsh", "list --json", "--version"])
def test_a_closed_standard_output(sandbox: Sandbox, words: str) -> None:
    """C: there is nobody to read it, and that is no error of roost's."""
    sandbox.fake_env("3.12.1", "shop")
    project = sandbox.project("shop", "3.12.1", "shop")
    done = sandbox.run(["/bin/sh", "-c", f"{ROOST} {words} >&-"], cwd=project)
    assert done.returncode == sandbox.roost(*words.split(), cwd=project).returncode
    assert done.stderr == ""


def test_status_says_the_same(sandbox: Sandbox) -> None:
    """F8."""
    project = sandbox.project("shop", "3.12.1", "system")
    answer = document(sandbox.roost("status", "--json", cwd=project))
    assert answer["problems"] == [
        {
            "code": "env-name-invalid",
            "message": "'system' is not an env name: pyenv reserves that word",
            "hint": "write a name such as myproject-venv",
            "command": "",
            "advice": "write a name such as myproject-venv",
            "file": str(project / ".python-virtualenv"),
        }
    ]


def test_a_name_without_a_version(sandbox: Sandbox) -> None:
    """F12: this very sentence."""
    project = sandbox.project("shop", None, "shop")
    for words in (["up"], ["up", "--from-hook"]):
        done = sandbox.roost(*words, cwd=project)
        assert done.returncode == 4
        line = only_line(done)
        assert "To use .python-virtualenv you need a .python-version" in line
        assert str(project / ".python-virtualenv") in line
        assert line.endswith(f"; type: roost init {project}")
    assert document(sandbox.roost("status", "--json", cwd=project))["state"] == "invalid"


@pytest.mark.parametrize("files", [(None, None), ("3.12.1", None), ("3.12.1", b"# opted out\n")], ids=["nothing", "version only", "F9"])
def test_no_project(sandbox: Sandbox, files: tuple[str | None, bytes | None]) -> None:
    """F9, F11, C: exit 3."""
    project = sandbox.project("shop", *files)
    done = sandbox.roost("up", cwd=project)
    assert done.returncode == 3
    line = only_line(done)
    assert str(project) in line
    assert ".python-virtualenv" in line


@pytest.mark.parametrize("word", ["shop", "shop-3.10.13", "3.10.13/envs/shop"])
@pytest.mark.parametrize("pyenv", [True, False], ids=["pyenv", "no pyenv"])
def test_an_env_of_pyenv_virtualenvs_that_is_not_here(sandbox: Sandbox, word: str, pyenv: bool) -> None:
    """F15: `up` and `status` say just that, and nobody is sent to pyenv for a word that is no version."""
    if pyenv:
        sandbox.with_pyenv()
        sandbox.fake_interpreter("3.10.13")
    else:
        sandbox.versions.rmdir()
    project = sandbox.project("clone", word, None)
    (project / "src").mkdir()
    name = word.rpartition("/")[2]
    said = f".python-version names the env {name}, as pyenv-virtualenv does, and there is no such env on this machine"
    for directory in (project, project / "src"):
        done = sandbox.roost("up", cwd=directory)
        assert (done.returncode, only_line(done)) == (3, f"roost: {said} ({project / '.python-version'}); type: roost init")
        looked = sandbox.roost("status", "--json", cwd=directory)
        answer = document(looked)
        assert (looked.returncode, answer["state"]) == (3, "no-project")
        helps = {"hint": "roost init", "command": "roost init", "advice": ""}
        assert answer["problems"] == [{"code": "pyenv-env-missing", "message": said, **helps, "file": str(project / ".python-version")}]


@pytest.mark.parametrize("word", ["3.12.1", "3.12", "pypy3.10", "system", "v3.12.1", "python3.12", "Python 3.12.1", "latest", "fork"])
def test_a_lone_version_names_no_env(sandbox: Sandbox, word: str) -> None:
    """F15, F11: a version without a name is no project, however it is spelled; a directory of that name is an interpreter."""
    sandbox.fake_interpreter("fork")
    done = sandbox.roost("up", cwd=sandbox.project("shop", word, None))
    assert done.returncode == 3
    assert "no .python-virtualenv in" in only_line(done)


def test_an_unreadable_file(sandbox: Sandbox) -> None:
    """F2, F8: exit 4, the file and the command that mends it."""
    project = sandbox.project("shop", "3.12.1", "shop")
    for file in (project / ".python-version", project / ".python-virtualenv"):
        file.chmod(0)
        done = sandbox.run(as_user([ROOST, "up", "--dry-run"]), cwd=project)
        assert done.returncode == 4
        assert only_line(done) == f"roost: {file} cannot be read: Permission denied; type: chmod u+r {file}"


def test_a_command_can_be_typed_where_a_path_has_blanks(sandbox: Sandbox) -> None:
    """F8, C: what a refusal says to type works as it stands: a project in "Joe's projects", data in "Application Support"."""
    project = sandbox.project("Joe's projects/shop", "3.12.1", "shop")
    file = project / ".python-virtualenv"
    file.chmod(0)
    error = document(sandbox.run(as_user([ROOST, "up", "--dry-run", "--json"]), cwd=project))["error"]
    assert error["hint"] == error["command"]
    assert sandbox.run(["/bin/sh", "-c", error["command"]]).returncode == 0
    assert file.stat().st_mode & 0o400


def test_an_interpreter_that_must_not_be_installed(sandbox: Sandbox) -> None:
    """V4: exit 5 and the command that installs it."""
    sandbox.with_pyenv()
    project = sandbox.project("shop", "3.12.1", "shop")
    for words in (["up", "--no-interpreter"], ["up", "--no-interpreter", "--dry-run"]):
        done = sandbox.roost(*words, cwd=project)
        assert done.returncode == 5
        line = only_line(done)
        assert line == f"roost: Python 3.12.1 is not installed ({project / '.python-version'}); type: roost up"
    assert sorted(sandbox.versions.iterdir()) == []


def test_a_version_that_pyenv_does_not_know(sandbox: Sandbox) -> None:
    """V4: exit 5 and the command that teaches this pyenv newer ones."""
    sandbox.with_pyenv()
    project = sandbox.project("shop", "3.99", "shop")
    done = sandbox.roost("up", cwd=project)
    assert done.returncode == 5
    line = only_line(done)
    assert "pyenv does not know Python 3.99" in line
    assert str(project / ".python-version") in line
    update = "pyenv update" if (sandbox.pyenv_root / "plugins" / "pyenv-update").exists() else f"git -C {sandbox.pyenv_root} pull"
    assert f"; type: {update}, or " in line


@pytest.mark.parametrize(("place", "command"), [("Cellar/pyenv/2.4.0/libexec", "brew update && brew upgrade pyenv"), ("plain", "git -C {root} pull")])
def test_the_update_command_is_that_of_the_installation(sandbox: Sandbox, place: str, command: str) -> None:
    """V4: Homebrew's pyenv, reached through its link; a clone without the update plugin."""
    directory = sandbox.root / place
    directory.mkdir(parents=True)
    (directory / "pyenv").write_text("#!/bin/sh\nexit 1\n")
    (directory / "pyenv").chmod(0o755)
    (sandbox.root / "bin").mkdir()
    (sandbox.root / "bin" / "pyenv").symlink_to(directory / "pyenv")
    done = sandbox.roost("up", cwd=sandbox.project("shop", "3.99", "shop"), PATH=f"{sandbox.root / 'bin'}:{sandbox.path}")
    assert done.returncode == 5
    assert f"; type: {command.format(root=sandbox.pyenv_root)}, or choose from: pyenv install --list" in only_line(done)


def test_versions_but_no_pyenv(sandbox: Sandbox) -> None:
    """V4: versions/ is there, the pyenv command is not."""
    project = sandbox.project("shop", "3.12.1", "shop")
    done = sandbox.roost("up", cwd=project, PATH="/usr/bin:/bin")
    assert done.returncode == 5
    line = only_line(done)
    assert "install pyenv" in line
    assert str(project / ".python-version") in line


def test_an_interpreter_that_does_not_run(sandbox: Sandbox) -> None:
    """C: exit 5, its path, and how to install it anew."""
    sandbox.fake_interpreter("3.12.1")
    done = sandbox.roost("up", "-q", cwd=sandbox.project("shop", "3.12.1", "shop"))
    assert done.returncode == 5
    line = only_line(done)
    assert str(sandbox.versions / "3.12.1" / "bin" / "python") in line
    assert line.endswith("; type: pyenv install --force 3.12.1")
    assert not sandbox.env("3.12.1", "shop").exists()


@pytest.mark.parametrize("variable", ["PYENV_ROOT", "ROOST_HOME"])
@pytest.mark.parametrize("value", ["~/.pyenv", "relative", "/a:b", "/a\x1b[31m"])
def test_a_variable_that_names_no_directory(sandbox: Sandbox, variable: str, value: str) -> None:
    """C: exit 2; a literal ~ makes no directory of that name."""
    project = sandbox.project("shop", "3.12.1", "shop")
    done = sandbox.roost("up", cwd=project, **{variable: value})  # type: ignore[arg-type]
    assert done.returncode == 2
    line = only_line(done)
    assert line.isprintable()
    assert line.startswith(f"roost: {variable} is ")
    assert f"; type: unset {variable}, or " in line
    assert sorted(path.name for path in project.iterdir()) == [".python-version", ".python-virtualenv"]


@pytest.mark.parametrize(
    "words", [("up", "--nonsense"), ("nonsense",), ("up", "a", "b"), ("hook",), ("hook", "tcsh"), ("setup", "tcsh"), ("activate",)], ids=" ".join
)
def test_usage(sandbox: Sandbox, words: tuple[str, ...]) -> None:
    """C: exit 2, and one line on stderr that says what to type."""
    done = sandbox.roost(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"roost: [^\n]+; [^\n]+\n", done.stderr)


@pytest.mark.parametrize("words", [("up", "--json", "--nonsense"), ("status", "--json", "a", "b"), ("up", "--json", "nowhere")], ids=" ".join)
def test_usage_in_json(sandbox: Sandbox, words: tuple[str, ...]) -> None:
    """C: one document on stdout for errors too."""
    done = sandbox.roost(*words)
    assert done.returncode == 2
    assert document(done)["error"]["message"]


def _patched(sandbox: Sandbox, patch: str, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return sandbox.run([sys.executable, "-c", f"import sys\n{patch}\nfrom roost.__main__ import main\nsys.exit(main())", *words], cwd=cwd)


@pytest.mark.parametrize("words", [("up",), ("up", "--json")], ids=" ".join)
def test_the_unexpected_keeps_a_log_with_versions(sandbox: Sandbox, words: tuple[str, ...]) -> None:
    """C: exit 1."""
    project = sandbox.project("shop", "3.12.1", "shop")
    done = _patched(sandbox, "import roost.jobs.up as job\ndef fail(*_, **__):\n    raise ZeroDivisionError('boom')\njob.make_plan = fail", *words, cwd=project)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    logs = list(sandbox.home.rglob("crash-*.log"))
    assert len(logs) == 1
    text = logs[0].read_text()
    assert "ZeroDivisionError: boom" in text
    assert "Python 3." in text
    assert str(logs[0]) in done.stderr
    if "--json" in words:
        assert "boom" in document(done)["error"]["message"]


@pytest.mark.parametrize("words", ["status", "status --json", "hook zsh", "--help"])
def test_a_reader_that_has_gone(sandbox: Sandbox, words: str) -> None:
    """C: `roost status | grep -q ready`, say: not a word about it on stderr."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run([ROOST, *words.split()], cwd=sandbox.root, env=sandbox.environ, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_lock_that_is_never_let_go(sandbox: Sandbox, newest: str) -> None:
    """E4, C: exit 7."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop")
    lock = sandbox.versions / newest / "envs" / ".shop.lock"
    lock.parent.mkdir()
    holder = subprocess.Popen(
        [sys.executable, "-c", f"from filelock import FileLock\nwith FileLock({str(lock)!r}):\n    print(flush=True)\n    input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    try:
        done = _patched(sandbox, "import roost.machine.locks as l\nl.LOCK_SECONDS = 0.3", "up", "-q", cwd=project)
    finally:
        holder.communicate(b"\n")
    assert done.returncode == 7
    line = only_line(done)
    assert str(lock) in line
    assert "another roost" in line
    assert sandbox.roost("up", cwd=project).returncode == 0
