"""ENV, wherever a command takes one (spec C): `roost which --env`, and what TAB offers (H17)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.look import only_line
from tests.support.sandbox import Sandbox


@pytest.fixture
def machine(sandbox: Sandbox) -> Sandbox:
    """Two interpreters; `churn` has an env below both and an alias, `shop` one, `twice` two, `own` one in roost's own store."""
    for version, name in (("3.11.7", "churn"), ("3.12.1", "churn"), ("3.12.1", "shop"), ("3.11.7", "twice"), ("3.12.1", "twice")):
        sandbox.fake_env(version, name)
    (sandbox.versions / "churn").symlink_to(sandbox.env("3.11.7", "churn"))
    _env(sandbox.data / "versions" / "3.13.0" / "envs" / "own")
    half = sandbox.env("3.12.1", "half")
    _env(half)
    (half / ".roost-building").touch()
    return sandbox


def _env(prefix: Path) -> Path:
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "python").symlink_to("/bin/sh")
    (prefix / "pyvenv.cfg").touch()
    return prefix


def _which(machine: Sandbox, *words: str | Path, cwd: Path | None = None) -> str:
    done = machine.roost("which", "--env", *words, cwd=cwd)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("\n")
    return done.stdout[:-1]


@pytest.mark.parametrize(
    ("word", "version", "name"),
    [
        ("churn", "3.11.7", "churn"),  # the alias decides where two versions have one
        ("shop", "3.12.1", "shop"),
        ("3.12.1/envs/churn", "3.12.1", "churn"),
        ("3.11.7/envs/twice", "3.11.7", "twice"),
    ],
)
def test_names(machine: Sandbox, word: str, version: str, name: str) -> None:
    assert _which(machine, word) == str(machine.env(version, name))


def test_roosts_own_store(machine: Sandbox) -> None:
    """V6, V9."""
    for word in ("own", "3.13.0/envs/own"):
        assert _which(machine, word) == str(machine.data / "versions" / "3.13.0" / "envs" / "own")


def test_paths(machine: Sandbox) -> None:
    """The path of any env; a project's directory, or the project here if there is no word."""
    prefix = machine.env("3.12.1", "shop")
    project = machine.project("work/p", "3.12.1", "shop")
    elsewhere = _env(machine.root / "work" / "p" / ".venv")
    assert _which(machine, prefix) == str(prefix)
    assert _which(machine, ".venv", cwd=project) == str(elsewhere)
    assert _which(machine, project) == _which(machine, "work/p") == _which(machine, cwd=project) == str(prefix)


def test_a_name_comes_before_a_directory(machine: Sandbox) -> None:
    machine.project("shop", "3.11.7", "churn")
    assert _which(machine, "shop") == str(machine.env("3.12.1", "shop"))
    assert _which(machine, "./shop") == str(machine.env("3.11.7", "churn"))


@pytest.mark.parametrize(
    ("word", "code", "said"),
    [
        ("chum", 3, "there is no env 'chum', and no directory of that name; did you mean churn?"),
        ("3.12.1/envs/shpo", 3, "did you mean 3.12.1/envs/shop"),
        ("zzz", 3, "no env has a name like that"),
        ("3.12.1", 3, "there is no env '3.12.1'"),
        ("-x", 2, "no such option"),
        ("../../etc", 3, "there is no env"),
        ("\x1b[31m", 3, "'\\x1b[31m'"),
        ("twice", 2, "2 envs are called twice: 3.11.7/envs/twice, 3.12.1/envs/twice"),
        ("half", 6, "3.12.1/envs/half is half-made"),
    ],
)
def test_no_such_env_or_several(machine: Sandbox, word: str, code: int, said: str) -> None:
    """C: exit 3 and the nearest names, 2 and the list, 6 for one that is not ready; nothing on stdout."""
    done = machine.roost("which", "--env", word)
    line = only_line(done)
    assert done.returncode == code
    assert said in line
    assert line.isprintable()


def test_a_project_that_is_not_ready(machine: Sandbox) -> None:
    """C: what is wrong, and what to type from here."""
    project = machine.project("p", "3.12.1", "none")
    done = machine.roost("which", "--env", "p")
    assert done.returncode == 6
    assert only_line(done) == f"roost: the env none does not exist yet ({machine.env('3.12.1', 'none')}); type: roost up {project}"
    assert machine.roost("which", "--env", machine.project("q", "3.99", "none")).returncode == 5
    assert machine.roost("which", "--env", machine.home).returncode == 3


def test_an_alias_that_leads_out_of_the_store(machine: Sandbox) -> None:
    """S: it stands for nothing."""
    (machine.versions / "away").symlink_to(_env(machine.root / "outside"))
    assert machine.roost("which", "--env", "away").returncode == 3
    assert "away" not in _offered(machine, "activate", "")


def test_a_path_is_printed_as_it_is(sandbox: Sandbox) -> None:
    """For a program: bytes that are no text too."""
    sandbox.pyenv_root.rename(sandbox.root / "py\udcffenv")
    sandbox.extra["PYENV_ROOT"] = str(sandbox.root / "py\udcffenv")
    prefix = _env(sandbox.root / "py\udcffenv" / "versions" / "3.12.1" / "envs" / "shop")
    done = subprocess.run([sys.executable, "-m", "roost", "which", "--env", "shop"], env=sandbox.environ, cwd=sandbox.root, capture_output=True, check=True)
    assert done.stdout == os.fsencode(prefix) + b"\n"


def test_which_command(machine: Sandbox) -> None:
    """X3: what the project's env, and then PATH, has under that name."""
    prefix = machine.env("3.12.1", "shop")
    project = machine.project("p", "3.12.1", "shop")
    for words, path in (((), f"{prefix}/bin/python"), (("python",), f"{prefix}/bin/python"), (("sh",), "/bin/sh")):
        done = machine.roost("which", *words, cwd=project, PATH="/bin")
        assert (done.returncode, done.stdout, done.stderr) == (0, f"{path}\n", "")
    done = machine.roost("which", "no-such-command", cwd=project)
    assert done.returncode == 127
    assert only_line(done).startswith("roost: there is no command 'no-such-command'")


def _offered(machine: Sandbox, *words: str) -> list[str]:
    done = machine.roost("complete", *words)
    assert done.stderr == ""
    offered = done.stdout.splitlines()
    assert done.returncode in ({0} if offered else {0, 1})
    return offered


_ENVS = ["3.11.7/envs/churn", "3.11.7/envs/twice", "3.12.1/envs/churn", "3.12.1/envs/shop", "3.12.1/envs/twice", "3.13.0/envs/own", "churn"]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["s"], ["setup", "status"]),
        (["complet"], []),  # hidden
        (["kernel", ""], ["add", "check", "list", "prune", "remove"]),
        (["kernel", "re"], ["remove"]),
        (["nonsense", ""], []),
        (["up", ""], []),  # a directory: the shell knows
        (["up", "--no-"], ["--no-deps", "--no-interpreter", "--no-kernel", "--no-link"]),
        (["up", "--from"], []),  # hidden
        (["up", "--jobs", ""], []),
        (["up", "--", "--no-"], []),
        (["status", "-"], ["--help", "--json"]),
        (["activate", ""], _ENVS),
        (["activate", "3.11"], ["3.11.7/envs/churn", "3.11.7/envs/twice"]),
        (["which", "--env", "ch"], ["churn"]),
        (["kernel", "add", "sh"], []),
        (["kernel", "add", ""], _ENVS),
        (["kernel", "add", "--installer", ""], ["auto", "pip", "uv"]),
        (["kernel", "remove", "--project", "3.12"], ["3.12.1/envs/churn", "3.12.1/envs/shop", "3.12.1/envs/twice"]),
        (["hook", ""], ["bash", "fish", "zsh"]),
        (["setup", "z"], ["zsh"]),
        (["hook", "zsh", "--p"], ["--path"]),
    ],
    ids=" ".join,
)
def test_complete(machine: Sandbox, words: list[str], offered: list[str]) -> None:
    """H17."""
    assert _offered(machine, *words) == offered


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["up", ""], 0),
        (["status", "x"], 0),
        (["activate", "no-such"], 0),  # a project's directory
        (["run", "x"], 0),
        (["kernel", "add", "--data-dir", ""], 0),
        (["doctor", ""], 1),
        (["doctor", "x"], 1),
        (["nonsense", ""], 1),
        (["nonsense"], 1),
        (["hook", "x"], 1),
        (["init", "--name", ""], 1),
        (["init", "--python", "x"], 1),
    ],
)
def test_complete_a_path(machine: Sandbox, words: list[str], status: int) -> None:
    """H17: nothing is printed, and the status says whether the shell is to complete a path."""
    done = machine.roost("complete", *words)
    assert (done.returncode, done.stdout, done.stderr) == (status, "", "")


def test_complete_the_first_word(machine: Sandbox) -> None:
    """H17: the hook's own two commands among them."""
    for words in ((), ("",)):
        assert {"activate", "deactivate", "up", "status", "kernel"} <= set(_offered(machine, *words))


def test_complete_kernels(machine: Sandbox) -> None:
    """H17: roost's own."""
    kernels = machine.home / ".local" / "share" / "jupyter" / "kernels"
    mark = f'{{"roost": {{"schema": 1, "env": "{machine.env("3.12.1", "shop")}"}}}}'
    for name, metadata in (("shop", mark), ("foreign", "{}")):
        (kernels / name).mkdir(parents=True)
        (kernels / name / "kernel.json").write_text(f'{{"argv": ["python"], "metadata": {metadata}}}')
    assert _offered(machine, "kernel", "remove", "") == _offered(machine, "kernel", "check", "s") == ["shop"]


def test_complete_says_nothing_of_what_is_wrong(machine: Sandbox) -> None:
    """H17: TAB is no place for messages."""
    done = machine.roost("complete", "activate", "", PYENV_ROOT="relative")
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.unmeasured
@pytest.mark.parametrize("words", [("complete", "activate", ""), ("complete", "up", "--"), ("which", "--env", "shop")], ids=" ".join)
def test_typer_is_not_imported(machine: Sandbox, words: tuple[str, ...]) -> None:
    """H17, P: it takes longer than everything else."""
    ask = (
        "import sys\nfrom roost.__main__ import main\nassert main() == 0\nassert not {'typer', 'click', 'rich', 'dataclasses', 'subprocess'} & set(sys.modules)"
    )
    done = machine.run([sys.executable, "-c", ask, *words])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
