"""``roost init``: from a directory to a project (I)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.envs import noted_env
from tests.support.look import assert_works, document, only_line, photograph
from tests.support.sandbox import REPOSITORY, ROOST, Sandbox
from tests.support.vectors import as_user

_RELEASES = ("3.10.13", "3.11.7", "3.12.1", "3.13.0rc1")


@pytest.fixture
def machine(sandbox: Sandbox) -> Sandbox:
    """One with a few interpreters that only look like some: for what writes the files and starts nothing."""
    for version in _RELEASES:
        sandbox.fake_interpreter(version)
    return sandbox


def _write(directory: Path, files: dict[str, str]) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (directory / name).write_bytes(text.encode())
    return directory


def _files(project: Path) -> tuple[bytes | None, bytes | None]:
    """What the two files hold, None for one that is not there."""
    paths = (project / name for name in (".python-version", ".python-virtualenv"))
    version, name = (path.read_bytes() if os.path.lexists(path) else None for path in paths)
    return version, name


def _lines(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.stdout == ""
    return [line.removeprefix("roost: ") for line in done.stderr.splitlines()]


def test_a_directory_becomes_a_project(sandbox: Sandbox, newest: str) -> None:
    """I1, I2: with an env that works; a second time there is nothing to do."""
    sandbox.install(newest)
    project = _write(sandbox.root / "my shop", {})
    done = sandbox.roost("init", cwd=project)
    assert done.returncode == 0, done.stderr
    assert _lines(done) == [
        f".python-version: {newest}, the newest installed release",
        ".python-virtualenv: my-shop, from the directory's name",
        f"making the env my-shop with Python {newest}",
        f"my-shop is ready ({sandbox.env(newest, 'my-shop')})",
    ]
    assert _files(project) == (f"{newest}\n".encode(), b"my-shop\n")
    assert_works(sandbox.env(newest, "my-shop"))
    before = photograph(sandbox.versions, project)
    again = sandbox.roost("init", cwd=project)
    assert again.returncode == 0
    assert [line.partition(" (")[0] for line in _lines(again)] == [
        f".python-version: {newest}, kept as it is",
        ".python-virtualenv: my-shop, kept as it is",
        "nothing to do: my-shop is ready",
    ]
    assert photograph(sandbox.versions, project) == before


_PYPROJECT = '[project]\nname = "shop"\nrequires-python = ">=3.10,<3.12"\n'
_POETRY = '[tool.poetry.dependencies]\npython = "~3.10"\n'


@pytest.mark.parametrize(
    ("files", "version", "reason"),
    [
        ({"pyproject.toml": _PYPROJECT}, "3.11.7", "the newest installed release for requires-python >=3.10,<3.12 (pyproject.toml)"),
        ({"pyproject.toml": _POETRY}, "3.10.13", "the newest installed release for python ~3.10 (pyproject.toml)"),
        ({".tool-versions": "python 3.11.7\n"}, "3.11.7", "from python 3.11.7 (.tool-versions)"),
        ({"mise.toml": '[tools]\npython = "3.10"\n'}, "3.10.13", "the newest installed release for python 3.10 (mise.toml)"),
        ({"runtime.txt": "python-3.11.7\n"}, "3.11.7", "from the version 3.11.7 (runtime.txt)"),
        ({"Pipfile": '[requires]\npython_version = "3.11"\n'}, "3.11.7", "the newest installed release for python_version 3.11 (Pipfile)"),
        ({"setup.cfg": "[options]\npython_requires = <3.12\n"}, "3.11.7", "the newest installed release for python_requires <3.12 (setup.cfg)"),
        ({}, "3.12.1", "the newest installed release"),
        ({"../.python-version": "# all of them\n3.11\n"}, "3.11.7", "the newest installed release for 3.11 in {root}/.python-version"),
        ({"../.python-version": "system\n"}, "3.12.1", "the newest installed release"),
        ({".tool-versions": "python 3.10.13\n", "setup.cfg": "[options]\npython_requires = >=3.11\n"}, "3.10.13", "from python 3.10.13 (.tool-versions)"),
    ],
)  # fmt: skip
def test_the_version_and_who_says_so(machine: Sandbox, files: dict[str, str], version: str, reason: str) -> None:
    """I1: each kind of file, in their order; a full version is written."""
    project = _write(machine.root / "shop", files)
    done = machine.roost("init", "--no-up", cwd=project)
    assert done.returncode == 0, done.stderr
    assert _lines(done)[0] == f".python-version: {version}, {reason.format(root=machine.root)}"
    assert _files(project)[0] == f"{version}\n".encode()


def test_a_file_that_makes_no_sense_is_passed_over_with_a_word(machine: Sandbox) -> None:
    """I1: the next one counts."""
    project = _write(machine.root / "shop", {"pyproject.toml": "[project\n", ".tool-versions": "python system\n", "runtime.txt": "python-3.11.7\n"})
    done = machine.roost("init", "--no-up", cwd=project)
    assert done.returncode == 0, done.stderr
    lines = _lines(done)
    assert lines[0].startswith(".python-version: 3.11.7, ")
    assert re.fullmatch(rf"{project}/pyproject.toml is not valid TOML: .*", lines[2])
    assert lines[3] == f"python in {project}/.tool-versions names no version"


def test_a_release_that_only_pyenv_knows(machine: Sandbox) -> None:
    """I1: where nothing installed will do."""
    machine.with_pyenv()
    project = _write(machine.root / "shop", {"setup.cfg": "[options]\npython_requires = >=3.8,<3.9\n"})
    done = machine.roost("init", "--no-up", cwd=project)
    assert done.returncode == 0, done.stderr
    version, _ = _files(project)
    assert version is not None
    assert re.fullmatch(rb"3\.8\.[0-9]+\n", version)
    assert "the newest release known to pyenv for python_requires >=3.8,<3.9 (setup.cfg)" in done.stderr


@pytest.mark.parametrize("pyenv", [True, False])
def test_no_version_will_do(machine: Sandbox, pyenv: bool) -> None:
    """I1: nothing is written that cannot be had; the line says how to go on."""
    if pyenv:
        machine.with_pyenv()
    project = _write(machine.root / "shop", {"setup.cfg": "[options]\npython_requires = >=4\n"})
    done = machine.roost("init", cwd=project)
    assert done.returncode == 5
    line = only_line(done)
    assert "no Python for python_requires >=4 (setup.cfg) is installed" in line
    assert "--python" in line
    assert _files(project) == (None, None)


def test_without_pyenv_it_is_the_python_on_path(sandbox: Sandbox) -> None:
    """I1, V6."""
    sandbox.versions.rmdir()
    python = shutil.which("python3", path=sandbox.path)
    assert python is not None
    version = sandbox.run([python, "-c", "import platform; print(platform.python_version())"]).stdout.strip()
    project = _write(sandbox.root / "shop", {})
    done = sandbox.roost("init", cwd=project)
    assert done.returncode == 0, done.stderr
    assert _lines(done)[0] == f".python-version: {version}, from the python3 on PATH"
    assert_works(sandbox.data / "versions" / version / "envs" / "shop")
    other = _write(sandbox.root / "other", {"setup.cfg": "[options]\npython_requires = >=3\n"})
    assert sandbox.roost("init", "--no-up", cwd=other).returncode == 0
    assert re.fullmatch(rb"3\.[0-9]+\.[0-9]+\n", _files(other)[0] or b"")


@pytest.mark.parametrize(
    ("directory", "name"),
    [("shop", "shop"), ("3.12.1", "3-12-1-env"), ("2024", "2024-env"), ("envs", "envs-env"), ("猫", "project-env"), ("x" * 70, "x" * 64), ("-rf é", "rf")],
)  # fmt: skip
def test_the_name_is_made_from_the_directorys(machine: Sandbox, directory: str, name: str) -> None:
    """I2, F7."""
    project = _write(machine.root / directory, {})
    done = machine.roost("init", "--no-up", cwd=project)
    assert done.returncode == 0, done.stderr
    assert _lines(done)[1] == f".python-virtualenv: {name}, from the directory's name"
    assert _files(project) == (b"3.12.1\n", f"{name}\n".encode())


def test_what_is_asked_for(machine: Sandbox) -> None:
    """I1, I2: the version as it is written, also a prefix; that other files want another is said."""
    project = _write(machine.root / "shop", {"pyproject.toml": _PYPROJECT})
    done = machine.roost("init", "--no-up", "--python", "3.12", "--name", "till", project)
    assert done.returncode == 0, done.stderr
    assert _lines(done) == [
        f"{project}/.python-version: 3.12, as asked for",
        f"{project}/.python-virtualenv: till, as asked for",
        "Python 3.12 is not what requires-python >=3.10,<3.12 (pyproject.toml) asks for",
    ]
    assert _files(project) == (b"3.12\n", b"till\n")


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        (["--python", ">=3.10,<3.12"], "--python 3.11.7"),
        (["--python", "v3.11.7"], "--python 3.11.7"),
        (["--python", "shop"], "--python 3.12.1"),
        (["--python", ""], "--python 3.12.1"),
        (["--python", "\x1b[31m"], "--python 3.12.1"),
        (["--python", "3.12.1/envs/shop"], "--python 3.12.1"),
        (["--name", "my shop"], "--name my-shop"),
        (["--name", "x" * 65], f"--name {'x' * 64}"),
        (["--name", "größe"], "--name gr-e"),
        (["--name", "../shop"], "--name shop"),
        (["--name", "3.12"], "--name 3-12-env"),
        (["--name", ""], "--name project-env"),
    ],
)
def test_a_word_that_cannot_be_taken(machine: Sandbox, words: list[str], typed: str) -> None:
    """I1, F6, F7, C: exit 2, and what to type."""
    project = _write(machine.root / "shop", {})
    done = machine.roost("init", *words, "--no-up", cwd=project)
    assert done.returncode == 2
    line = only_line(done)
    assert line.isprintable()
    assert line.endswith(f"; type: roost init {typed} --no-up")
    assert _files(project) == (None, None)


@pytest.mark.parametrize("word", ["blog", "{version}/envs/blog"])
@pytest.mark.parametrize("below", [False, True], ids=["at its root", "below it"])
def test_a_project_of_pyenv_virtualenv_keeps_its_env(sandbox: Sandbox, newest: str, second: str, word: str, below: bool) -> None:
    """I3, F13: a real one; nothing of the env is touched, and neither are comments and further lines."""
    sandbox.install(newest)
    sandbox.install(second)
    sandbox.with_pyenv()
    made = sandbox.run(["pyenv", "virtualenv", second, "blog"])
    assert made.returncode == 0, made.stderr
    text = f"# ours\r\n{word.format(version=second)} # the env\r\n{newest}"
    project = _write(sandbox.root / "weblog", {".python-version": text, "pyproject.toml": f'[project]\nrequires-python = ">={newest}"\n'})
    (project / "src").mkdir()
    prefix = sandbox.env(second, "blog")
    before = photograph(prefix)
    done = sandbox.roost("init", cwd=project / "src" if below else project)
    assert done.returncode == 0, done.stderr
    assert f"the project keeps the existing env {prefix}" in done.stderr
    assert f"nothing to do: blog is ready ({prefix})" in done.stderr
    assert _files(project) == (f"# ours\r\n{second} # the env\r\n{newest}".encode(), b"blog\n")
    assert photograph(prefix) == before
    answer = document(sandbox.roost("status", "--json", cwd=project))
    assert (answer["state"], answer["env"]["path"], answer["python"]["others"]) == ("ready", str(prefix), [newest])


def test_an_env_that_lies_by_itself_is_not_left_behind_unasked(machine: Sandbox) -> None:
    """I3, F13: two files cannot name it."""
    prefix = machine.versions / "shop"
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "python").symlink_to(machine.versions / "3.11.7" / "bin" / "python")
    (prefix / "pyvenv.cfg").write_text("version = 3.11.7\n")
    project = _write(machine.root / "till", {".python-version": "shop\n"})
    done = machine.roost("init", "--no-up", cwd=project)
    assert done.returncode == 6
    assert only_line(done).endswith("; type: roost init --force --no-up, to make another env of that name; this one stays")
    assert _files(project) == (b"shop\n", None)
    assert machine.roost("init", "--force", "--no-up", cwd=project).returncode == 0
    assert _files(project) == (b"3.11.7\n", b"shop\n")


@pytest.mark.parametrize(
    ("word", "files", "version"),
    [
        ("shop", {}, "3.12.1"),
        ("shop-3.10.13", {}, "3.10.13"),
        ("shop_3.10", {}, "3.10.13"),
        ("shop-3.10.13", {"pyproject.toml": '[project]\nrequires-python = ">=3.11,<3.12"\n'}, "3.11.7"),
        ("shop-3.10.13", {"runtime.txt": "python-3.11.7\n"}, "3.10.13"),
        ("shop", {"runtime.txt": "python-3.11.7\n"}, "3.11.7"),
        ("3.11.7/envs/shop", {"pyproject.toml": '[project]\nrequires-python = ">=3.12"\n'}, "3.11.7"),
    ],
)
def test_a_clone_that_names_an_env_which_is_not_here(machine: Sandbox, word: str, files: dict[str, str], version: str) -> None:
    """I3, F15: the name is kept, and the version comes from the project's files, or from the end of the name."""
    project = _write(machine.root / "clone", {".python-version": f"{word} # mine\n", **files})
    done = machine.roost("init", "--no-up", cwd=project)
    assert done.returncode == 0, done.stderr
    assert _files(project) == (f"{version} # mine\n".encode(), f"{word.rpartition('/')[2]}\n".encode())


def test_a_version_beside_the_name_counts_more_than_an_alias(machine: Sandbox) -> None:
    """F15: the env of that version is not here, whatever else has its name."""
    (machine.versions / "shop").symlink_to(machine.fake_env("3.11.7", "shop"))
    project = _write(machine.root / "clone", {".python-version": "3.10.13/envs/shop\n"})
    assert only_line(machine.roost("up", cwd=project)).endswith("; type: roost init")
    assert machine.roost("init", "--no-up", cwd=project).returncode == 0
    assert _files(project) == (b"3.10.13\n", b"shop\n")


def test_a_fresh_clone_is_ready_after_what_up_says_to_type(sandbox: Sandbox, newest: str) -> None:
    """F15, I3: also from a directory below."""
    sandbox.install(newest)
    project = _write(sandbox.root / "clone", {".python-version": f"shop-{newest}\n"})
    (project / "src").mkdir()
    line = only_line(sandbox.roost("up", cwd=project / "src"))
    typed = line.rpartition("type: roost ")[2].split(" ")
    done = sandbox.roost(*typed, cwd=project / "src")
    assert done.returncode == 0, done.stderr
    assert sandbox.roost("status", cwd=project / "src").returncode == 0
    assert_works(sandbox.env(newest, f"shop-{newest}"))


def test_what_no_project_says_to_type(sandbox: Sandbox, newest: str) -> None:
    """F12, F11: a directory with nothing, and one that lacks the version."""
    sandbox.install(newest)
    for name, env in (("nothing", None), ("half", "half-venv")):
        project = sandbox.project(name, None, env)
        line = only_line(sandbox.roost("up", cwd=project))
        done = sandbox.roost(*line.rpartition("type: roost ")[2].split(" "), cwd=project)
        assert done.returncode == 0, done.stderr
        assert sandbox.roost("status", cwd=project).returncode == 0


def test_a_conversion_that_was_killed_goes_on(machine: Sandbox) -> None:
    """I3: whichever file was written, nothing is in the way."""
    machine.fake_env("3.11.7", "shop")
    project = machine.project("clone", "3.11.7/envs/shop", "shop")
    done = machine.roost("init", cwd=project)
    assert done.returncode == 0, done.stderr
    assert _files(project) == (b"3.11.7\n", b"shop\n")


def test_an_env_of_another_project_is_not_shared_by_accident(machine: Sandbox) -> None:
    """I2: exit 4 with the name to type; a name that was typed is shared on purpose."""
    owner = machine.project("a/shop", "3.12.1", "shop")
    prefix = noted_env(machine, "3.12.1", "shop", owner)
    machine.fake_env("3.12.1", "shop-2")
    project = _write(machine.root / "b" / "shop", {})
    done = machine.roost("init", cwd=project)
    assert done.returncode == 4
    assert only_line(done) == (
        f"roost: the env 3.12.1/envs/shop already exists, and belongs to {owner} ({prefix}); "
        "type: roost init --name shop-3, or, to share it on purpose: roost init --name shop"
    )
    assert _files(project) == (None, None)
    shared = machine.roost("init", "--name", "shop", cwd=project)
    assert shared.returncode == 0, shared.stderr
    assert f"the project takes the existing env {prefix}, and shares it with {owner}" in shared.stderr
    assert _files(project) == (b"3.12.1\n", b"shop\n")


@pytest.mark.parametrize("owner", ["nobody", "gone", "another env's"])
def test_an_env_that_is_nobodys_is_taken(machine: Sandbox, owner: str) -> None:
    """I2: made by another tool, or for a project that is gone or names another env by now."""
    if owner == "nobody":
        prefix = machine.fake_env("3.12.1", "shop")
    elif owner == "gone":
        prefix = noted_env(machine, "3.12.1", "shop", machine.root / "moved")
    else:
        prefix = noted_env(machine, "3.12.1", "shop", machine.project("other", "3.12.1", "till"))
    project = _write(machine.root / "shop", {})
    done = machine.roost("init", cwd=project)
    assert done.returncode == 0, done.stderr
    assert f"the project takes the existing env {prefix}\n" in done.stderr


_OTHER = "3.11.7 # ours\n"
_CONFLICTS: dict[str, tuple[dict[str, str], list[str], list[str], tuple[bytes, bytes]]] = {
    "another version": (
        {".python-version": _OTHER},
        ["--python", "3.12"],
        ["-3.11.7 # ours", "+3.12 # ours", "nothing is overwritten: {project}/.python-version says 3.11.7; type: roost init --python 3.12 --force"],
        (b"3.12 # ours\n", b"shop\n"),
    ),
    "another name": (
        {".python-version": _OTHER, ".python-virtualenv": "till\n"},
        ["--name", "shop"],
        ["-till", "+shop", "nothing is overwritten: {project}/.python-virtualenv says till; type: roost init --name shop --force"],
        (_OTHER.encode(), b"shop\n"),
    ),
    "both": (
        {".python-version": _OTHER, ".python-virtualenv": "till\n"},
        ["--python", "3.12", "--name", "shop"],
        [
            "-till",
            "+3.12 # ours",
            "{project}/.python-version says 3.11.7, and {project}/.python-virtualenv says till; type: roost init --python 3.12 --name shop --force",
        ],
        (b"3.12 # ours\n", b"shop\n"),
    ),
    "a version in another spelling": (
        {".python-version": "v3.11.7\n"},
        [],
        ["-v3.11.7", "+3.11.7", "{project}/.python-version is invalid ('v3.11.7' is not a version: "],
        (b"3.11.7\n", b"shop\n"),
    ),
    "a byte-order mark": ({".python-version": "\ufeff3.11.7\n"}, [], ["-\\xef\\xbb\\xbf3.11.7", "+3.11.7", "byte-order mark"], (b"3.11.7\n", b"shop\n")),
    "an invalid version": ({".python-version": "\x1b[31m\n"}, [], ["-\\x1b[31m", "+3.12.1", "is invalid ("], (b"3.12.1\n", b"shop\n")),
    "an invalid name": (
        {".python-version": _OTHER, ".python-virtualenv": "../till\n"},
        [],
        ["-../till", "+shop", "{project}/.python-virtualenv is invalid ('../till' is not an env name: "],
        (_OTHER.encode(), b"shop\n"),
    ),
    "no env here": ({".python-virtualenv": "# none\n"}, [], ["-# none", "+shop", "says that there is to be no env here"], (b"3.12.1\n", b"shop\n")),
    "a file that is no text": ({".python-version": "\0" * 900}, [], ["+3.12.1", "NUL byte"], (b"3.12.1\n", b"shop\n")),
    "an env under another name": (
        {".python-version": "3.11.7/envs/there\n"},
        ["--name", "shop"],
        ["-3.11.7/envs/there", "+3.11.7", "names the env there; type: roost init --name shop --force"],
        (b"3.11.7\n", b"shop\n"),
    ),
    "an env of another version": (
        {".python-version": "there\n"},
        ["--python", "3.12.1"],
        ["-there", "+3.12.1", "says 3.11.7; type: roost init --python 3.12.1 --force"],
        (b"3.12.1\n", b"there\n"),
    ),
}


@pytest.mark.parametrize("case", _CONFLICTS)
def test_nothing_is_overwritten_without_force(machine: Sandbox, case: str) -> None:
    """I4: exit 4, the change as a diff, and the line to type; with --force it is made."""
    files, words, shown, after = _CONFLICTS[case]
    (machine.versions / "there").symlink_to(machine.fake_env("3.11.7", "there"))
    project = _write(machine.root / "shop", files)
    before = photograph(project)
    for dry in ([], ["--dry-run"]):
        done = machine.roost("init", *words, *dry, cwd=project)
        assert done.returncode == 4
        assert done.stdout == ""
        assert done.stderr.isascii()
        assert done.stderr.replace("\n", "").isprintable()
        *diff, line = done.stderr.splitlines()
        assert set(shown[:-1]) <= set(diff), diff
        assert shown[-1].format(project=project) in line
        assert line.startswith("roost: ")
        assert photograph(project) == before
    answer = document(machine.roost("init", *words, "--json", cwd=project))["error"]
    assert answer["detail"].splitlines() == diff
    forced = machine.roost("init", *words, "--force", "--no-up", cwd=project)
    assert forced.returncode == 0, forced.stderr
    assert _files(project) == after


@pytest.mark.parametrize("changed", [".python-version", ".python-virtualenv"])
def test_what_somebody_writes_meanwhile_is_not_overwritten(machine: Sandbox, changed: str) -> None:
    """I4: exit 4; neither file is roost's then. The change is made when roost asks git, after it has looked at both files."""
    project = _write(machine.root / "shop", {})
    (project / ".git").mkdir()
    git = machine.root / "bin" / "git"
    _write(git.parent, {"git": f"#!/bin/sh\necho theirs >'{project}/{changed}'\n"})
    git.chmod(0o755)
    machine.path = f"{git.parent}:{machine.path}"
    done = machine.roost("init", "-q", "--no-up", cwd=project)
    assert done.returncode == 4
    message = f"{project / changed} was changed in the meantime, so it is left as it is"
    assert only_line(done) == f"roost: {message}; type: roost init --no-up --quiet, to look at it again"
    assert sorted(os.listdir(project)) == [".git", changed]
    assert (project / changed).read_bytes() == b"theirs\n"


def test_an_empty_version_file_is_filled(machine: Sandbox) -> None:
    """I1: there is nothing in it to be lost."""
    project = _write(machine.root / "shop", {".python-version": "# which?"})
    done = machine.roost("init", "--no-up", cwd=project)
    assert done.returncode == 0, done.stderr
    assert _files(project) == (b"# which?\n3.12.1\n", b"shop\n")


@pytest.mark.parametrize("text", ["3.11\n", "system\n", "3.7.99\n", "# a comment\n\npython-3.11.7\n3.10\n", "fork\n"])
def test_a_valid_version_file_is_kept(machine: Sandbox, text: str) -> None:
    """I1: whatever other files say, and whether it is installed or not."""
    machine.fake_interpreter("fork")
    project = _write(machine.root / "shop", {".python-version": text, "pyproject.toml": _PYPROJECT})
    before = photograph(project / ".python-version")
    assert machine.roost("init", "--no-up", cwd=project).returncode == 0
    assert photograph(project / ".python-version") == before
    assert _files(project) == (text.encode(), b"shop\n")


def test_a_dry_run_changes_nothing(sandbox: Sandbox, newest: str) -> None:
    """I4, C: the plan, the diffs, exit 10; and 0 where there is nothing to do."""
    sandbox.install(newest)
    project = _write(sandbox.root / "shop", {})
    before = photograph(sandbox.root)
    done = sandbox.roost("init", "--dry-run", cwd=project)
    assert done.returncode == 10
    assert _lines(done) == [
        f".python-version: {newest}, the newest installed release",
        ".python-virtualenv: shop, from the directory's name",
        "--- /dev/null",
        f"+++ {project}/.python-version",
        "@@ -0,0 +1 @@",
        f"+{newest}",
        "--- /dev/null",
        f"+++ {project}/.python-virtualenv",
        "@@ -0,0 +1 @@",
        "+shop",
        f"would make the env {sandbox.env(newest, 'shop')}",
    ]
    assert photograph(sandbox.root) == before
    assert sandbox.roost("init", "-q", cwd=project).stderr == ""
    assert sandbox.roost("init", "--dry-run", cwd=project).returncode == 0


def test_the_document(sandbox: Sandbox, newest: str) -> None:
    """I4, C: the same keys in a dry run and after."""
    sandbox.install(newest)
    project = _write(sandbox.root / "shop", {})
    planned = document(sandbox.roost("init", "--json", "--dry-run", cwd=project))
    version, name = str(project / ".python-version"), str(project / ".python-virtualenv")
    made = f"make the env {sandbox.env(newest, 'shop')}"
    assert planned == {
        "schema": 1,
        "project": str(project),
        "python": {"requested": newest, "file": version, "reason": "the newest installed release"},
        "env": {"name": "shop", "file": name, "reason": "from the directory's name"},
        "dry_run": True,
        "actions": [f"write {version}", f"write {name}"],
        "diff": f"--- /dev/null\n+++ {version}\n@@ -0,0 +1 @@\n+{newest}\n--- /dev/null\n+++ {name}\n@@ -0,0 +1 @@\n+shop",
        "notices": [],
        "up": {
            "project": str(project),
            "version": newest,
            "env": {"name": "shop", "path": str(sandbox.env(newest, "shop")), "state": "missing"},
            "dry_run": True,
            "actions": [made],
            "notices": [],
        },
    }
    done = document(sandbox.roost("init", "--json", cwd=project))
    assert done["up"].pop("env")["state"] == "ready"
    planned["up"].pop("env")
    planned["dry_run"] = planned["up"]["dry_run"] = False
    assert done == planned
    assert document(sandbox.roost("init", "--json", "--no-up", cwd=project))["up"] is None


@pytest.mark.parametrize("content", ["3.12\n", None])
def test_in_a_monorepo_the_version_above_goes_on_to_count(machine: Sandbox, content: str | None) -> None:
    """F11: a project whose version stands above it gets no file of its own, unless it is asked for."""
    _write(machine.root, {".python-version": "3.11\n"})
    project = _write(machine.root / "shop", {".python-virtualenv": "shop\n", **({".python-version": content} if content else {})})
    done = machine.roost("init", "--no-up", cwd=project)
    assert done.returncode == 0, done.stderr
    assert _files(project) == (content.encode() if content else None, b"shop\n")
    if content is None:
        assert machine.roost("init", "--no-up", "--python", "3.12", cwd=project).returncode == 0
        assert _files(project) == (b"3.12\n", b"shop\n")


def test_within_a_project_nothing_is_begun_by_accident(machine: Sandbox) -> None:
    """I, H4: a directory that is named becomes a project of its own; below an opt-out one may begin."""
    outer = machine.project("shop", "3.12.1", "shop")
    inner = _write(outer / "till", {})
    done = machine.roost("init", "--no-up", cwd=inner)
    assert done.returncode == 2
    assert only_line(done) == (
        f"roost: {inner} is in the project {outer} ({outer / '.python-virtualenv'}); type: roost init . --no-up, to make it a project of its own"
    )
    assert _files(inner) == (None, None)
    assert machine.roost("init", ".", "--no-up", cwd=inner).returncode == 0
    assert _files(inner) == (b"3.12.1\n", b"till\n")
    (outer / ".python-virtualenv").write_text("# no env here\n")
    other = _write(outer / "other", {})
    assert machine.roost("init", "--no-up", cwd=other).returncode == 0


def test_the_home_directory_is_no_project_by_accident(machine: Sandbox) -> None:
    """I4: every directory of the user's would be in it; nor does a file there drag a directory below along."""
    done = machine.roost("init", "--no-up", cwd=machine.home)
    assert done.returncode == 2
    assert only_line(done).endswith("; type: roost init --force --no-up, if that is what you want")
    _write(machine.home, {".python-version": "everywhere\n"})
    below = _write(machine.home / "shop", {})
    done = machine.roost("init", "--no-up", cwd=below)
    assert done.returncode == 2
    assert only_line(done).endswith(f"; type: roost init . --no-up, for {below} alone")
    assert machine.roost("init", ".", "--no-up", cwd=below).returncode == 0
    assert _files(machine.home) == (b"everywhere\n", None)
    assert machine.roost("init", "--force", "--no-up", cwd=machine.home).returncode == 0
    assert _files(machine.home)[1] == b"everywhere\n"
    assert machine.roost("init", "--dry-run", "--no-up", "/").returncode == 2


@pytest.mark.parametrize("kind", ["directory", "fifo", "dangling link", "long file"])
@pytest.mark.parametrize("file", [".python-version", ".python-virtualenv"])
def test_what_stands_in_the_place_of_a_file_is_left_alone(machine: Sandbox, kind: str, file: str) -> None:
    """F1, I4: not even with --force; what is said to type makes room."""
    project = _write(machine.root / "shop", {})
    path = project / file
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "long file":
        path.write_text("#" * 4097)
    else:
        path.symlink_to("nowhere")
    before = photograph(project)
    for words in ([], ["--force"]):
        done = machine.roost("init", *words, "--no-up", cwd=project)
        assert done.returncode == 4
        assert f"; type: mv {path} {path}.old, then: roost init" in only_line(done)
        assert photograph(project) == before


def test_nothing_is_written_out_of_the_project(machine: Sandbox) -> None:
    """S: a link in a clone may lead to any file of the user's; nothing of it is shown, and --force changes nothing."""
    secret = machine.home / ".bashrc"
    secret.write_text("hunter2\n")
    project = _write(machine.root / "shop", {})
    for file in (".python-version", ".python-virtualenv"):
        (project / file).symlink_to(secret)
        for words in (["--python", "3.12", "--name", "shop"], ["--python", "3.12", "--name", "shop", "--force"]):
            done = machine.roost("init", *words, "--no-up", cwd=project)
            assert done.returncode == 4
            assert "hunter2" not in done.stderr
            assert f"{project / file} is a link that leads out of the project; type: rm {project / file}, then: roost init" in only_line(done)
        (project / file).unlink()
    assert secret.read_text() == "hunter2\n"


def test_a_link_within_the_project_stays_one(machine: Sandbox) -> None:
    """U4, I3."""
    project = _write(machine.root / "shop", {})
    _write(project / "etc", {"version": "there\n"})
    (machine.versions / "there").symlink_to(machine.fake_env("3.11.7", "there"))
    (project / ".python-version").symlink_to("etc/version")
    assert machine.roost("init", "--no-up", cwd=project).returncode == 0
    assert os.readlink(project / ".python-version") == "etc/version"
    assert (project / "etc" / "version").read_bytes() == b"3.11.7\n"


@pytest.mark.parametrize("closed", ["directory", "file"])
def test_what_may_not_be_written_is_said(machine: Sandbox, closed: str) -> None:
    """I4, C: exit 4, nothing changed, and the line that opens it."""
    project = _write(machine.root / "shop", {".python-version": "shop-3.11.7\n"})
    path = project if closed == "directory" else project / ".python-version"
    path.chmod(0o555 if closed == "directory" else 0o444)
    done = machine.run(as_user([ROOST, "init", "--no-up"]), cwd=project)
    path.chmod(0o755)
    assert done.returncode == 4
    line = done.stderr.splitlines()[-1]
    assert f"{project / '.python-version'} cannot be written: " in line
    assert "Permission denied" in line
    assert f"; chmod u+rw{'x' if closed == 'directory' else ''} {path}, then type: roost init --no-up" in line
    assert _files(project) == (b"shop-3.11.7\n", None)
    assert len(list(project.iterdir())) == 1


@pytest.mark.parametrize("word", ["nowhere", ".python-version"])
def test_a_directory_that_is_none(machine: Sandbox, word: str) -> None:
    """C."""
    project = _write(machine.root / "shop", {".python-version": "3.12.1\n"})
    done = machine.roost("init", word, cwd=project)
    assert done.returncode == 2
    assert only_line(done) == f"roost: there is no directory {project / word}; give an existing directory"


def _git(machine: Sandbox, project: Path, *words: str) -> None:
    done = machine.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=project)
    assert done.returncode == 0, done.stderr


def test_a_file_that_git_ignores_is_not_committed(machine: Sandbox) -> None:
    """I4: said with the line to add, which then helps; nothing is said of a file that is committed already."""
    project = _write(machine.root / "shop", {".gitignore": "# as GitHub's Python template had it\n.python-version\n*-virtualenv\n!.python-virtualenv\n"})
    _git(machine, project, "init", "-q")
    done = machine.roost("init", "--no-up", cwd=project)
    assert done.returncode == 0, done.stderr
    said = f"git ignores .python-version (line 2 of .gitignore: .python-version); to commit it, add this line to {project}/.gitignore: "
    assert _lines(done)[2:] == [f"{said}!.python-version"]
    with (project / ".gitignore").open("a") as stream:
        stream.write("!.python-version\n")
    assert _lines(machine.roost("init", "--no-up", cwd=project))[2:] == []
    (project / ".gitignore").write_text(".python-version\n")
    _git(machine, project, "add", "-f", ".python-version")
    assert _lines(machine.roost("init", "--no-up", cwd=project))[2:] == []


def test_a_directory_that_git_ignores(machine: Sandbox) -> None:
    """I4: a line in a file within it would not help."""
    project = _write(machine.root / "all" / "shop", {"../.gitignore": "shop/\n"})
    _git(machine, project.parent, "init", "-q")
    done = machine.roost("init", "--no-up", cwd=project)
    assert _lines(done)[2:] == [f"git ignores {project} (line 1 of .gitignore: shop/), so the two files are not committed"]


def test_git_runs_nothing_of_the_repositorys(machine: Sandbox) -> None:
    """S: the configuration of a repository that came in an archive can name programs; and a hook's variables another repository."""
    project = _write(machine.root / "shop", {".gitignore": ".python-version\n"})
    _git(machine, project, "init", "-q")
    trap = machine.root / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {machine.root / 'reached'}\n")
    trap.chmod(0o755)
    _git(machine, project, "config", "core.fsmonitor", str(trap))
    _git(machine, project, "add", ".gitignore")
    (machine.root / "reached").unlink(missing_ok=True)
    done = machine.roost("init", "--no-up", cwd=project, GIT_DIR="/nowhere", GIT_INDEX_FILE="/nowhere/index")
    assert "git ignores .python-version" in done.stderr
    assert not (machine.root / "reached").exists()


def test_without_git_or_a_repository_nothing_is_asked(machine: Sandbox) -> None:
    """I4: on macOS the start of a git that is not installed opens a dialog."""
    directory = _write(machine.root / "bin", {"git": f"#!/bin/sh\ntouch {machine.root / 'reached'}\n"})
    (directory / "git").chmod(0o755)
    project = _write(machine.root / "shop", {})
    assert machine.roost("init", "--no-up", cwd=project, PATH=f"{directory}:{machine.path}").returncode == 0
    assert not (machine.root / "reached").exists()
    (project / ".git").mkdir()
    assert machine.roost("init", "--no-up", cwd=project, PATH=str(machine.home)).returncode == 0


def test_files_of_other_tools_are_mentioned_and_left_alone(machine: Sandbox) -> None:
    """I3."""
    project = _write(machine.root / "shop", {".venv": "old-env\n", ".envrc": "layout python3\nuse flake\n"})
    before = photograph(project / ".venv", project / ".envrc")
    done = machine.roost("init", "--no-up", cwd=project)
    assert _lines(done)[2:] == [
        f"{project}/.venv says 'old-env': left as it is, but its tool may activate another env here",
        f"{project}/.envrc says 'layout python3': left as it is, but its tool may activate another env here",
    ]
    assert photograph(project / ".venv", project / ".envrc") == before


def test_what_up_is_told(sandbox: Sandbox) -> None:
    """I4, C: without an interpreter, and without leave to install one, the files are there and the exit code is up's."""
    sandbox.with_pyenv()
    project = _write(sandbox.root / "shop", {})
    done = sandbox.roost("init", "--python", "3.12.1", "--no-interpreter", cwd=project)
    assert done.returncode == 5
    assert _lines(done)[-1] == f"Python 3.12.1 is not installed ({project / '.python-version'}); type: roost up"
    assert _files(project) == (b"3.12.1\n", b"shop\n")


def test_the_document_is_described() -> None:
    """C: every key of it stands in the documentation."""
    documented = (REPOSITORY / "docs" / "commands.md").read_text(encoding="utf-8")
    section = documented.partition("## `roost init`")[2].partition("\n## ")[0]
    for key in ("project", "python", "env", "dry_run", "actions", "diff", "notices", "up", "requested", "file", "reason"):
        assert f"`{key}`" in section, key


def test_a_directory_that_is_gone(sandbox: Sandbox, newest: str) -> None:
    """I4: another terminal removed it; a shell still stands in it."""
    sandbox.install(newest)
    place = sandbox.project("gone", None, None)
    done = sandbox.run(["/bin/sh", "-c", f"rmdir {place}; {ROOST} init"], cwd=place)
    assert (done.returncode, done.stderr) == (2, f"roost: the working directory is gone; type: cd {place.parent}\n")
