"""``roost up`` on real interpreters (E)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from roost import __version__
from tests.support.look import assert_works, document, looks_ready, only_line, photograph
from tests.support.sandbox import REPOSITORY, ROOST, Sandbox

# Reports what a Python starts; no Python that starts nothing gets past an audit hook.
_WATCH = """\
import os, sys
def watch(event, arguments):
    if event in {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "os.system"}:
        with open(os.environ["WATCHED"], "a") as report:
            report.write(f"{event} {arguments!r}\\n")
sys.addaudithook(watch)
"""


def _curse_envs(interpreter: Path) -> Path:
    """Lets the interpreter run, and no env of it."""
    curse = next(interpreter.glob("lib/python3.*")) / "sitecustomize.py"
    curse.write_text("import os, sys\nif sys.prefix != sys.base_prefix:\n    sys.stderr.write('the curse\\n')\n    os._exit(1)\n")
    return curse


def test_up_makes_an_env_that_pip_works_in(sandbox: Sandbox, newest: str) -> None:
    """E1, E4."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    done = sandbox.roost("up", cwd=project)
    assert done.returncode == 0, done.stderr
    assert_works(sandbox.env(newest, "shop-venv"))
    pip = sandbox.run([sandbox.env(newest, "shop-venv") / "bin" / "pip", "--version"])
    assert pip.returncode == 0, pip.stderr
    assert str(sandbox.env(newest, "shop-venv")) in pip.stdout


def test_up_names_what_it_made_and_prints_no_result(sandbox: Sandbox, newest: str) -> None:
    """C: human text to stderr."""
    sandbox.install(newest)
    done = sandbox.roost("up", cwd=sandbox.project("shop", newest, "shop-venv"))
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        f"roost: making the env shop-venv with Python {newest}",
        f"roost: shop-venv is ready ({sandbox.env(newest, 'shop-venv')})",
    ]


def test_a_second_up_touches_nothing_and_says_so(sandbox: Sandbox, newest: str) -> None:
    """E7."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    assert sandbox.roost("up", cwd=project).returncode == 0
    before = photograph(sandbox.versions, project)
    done = sandbox.roost("up", cwd=project)
    assert only_line(done) == f"roost: nothing to do: shop-venv is ready ({sandbox.env(newest, 'shop-venv')})"
    assert done.returncode == 0
    assert photograph(sandbox.versions, project) == before


def test_a_second_up_starts_no_process(sandbox: Sandbox, newest: str, tmp_path: Path) -> None:
    """E7, V1: by Python's own report, and by the kernel's where there is strace; no pyenv looks a prefix up."""
    sandbox.install(newest)
    sandbox.with_pyenv()
    project = sandbox.project("shop", newest.rpartition(".")[0], "shop-venv")
    watcher, report = tmp_path / "watcher", tmp_path / "started"
    watcher.mkdir()
    (watcher / "sitecustomize.py").write_text(_WATCH)
    assert sandbox.roost("up", cwd=project, PYTHONPATH=str(watcher), WATCHED=str(report)).returncode == 0
    assert report.exists(), "the watcher saw nothing of a creation, so it would not see anything of a second up"
    report.unlink()
    assert sandbox.roost("up", cwd=project, PYTHONPATH=str(watcher), WATCHED=str(report)).returncode == 0
    assert not report.exists(), report.read_text()
    strace = shutil.which("strace")
    if strace:
        trace = tmp_path / "trace"
        assert sandbox.run([strace, "-f", "-qq", "-e", "trace=execve", "-e", "signal=none", "-o", trace, ROOST, "up"], cwd=project).returncode == 0
        assert len(trace.read_text().splitlines()) == 1, trace.read_text()


def test_the_alias_is_made_where_the_name_is_free(sandbox: Sandbox, newest: str) -> None:
    """E9: absolute, as pyenv-virtualenv makes it."""
    sandbox.install(newest)
    assert sandbox.roost("up", cwd=sandbox.project("shop", newest, "shop-venv")).returncode == 0
    assert os.readlink(sandbox.versions / "shop-venv") == str(sandbox.env(newest, "shop-venv"))


@pytest.mark.parametrize("kind", ["file", "directory", "link", "dangling link"])
def test_the_alias_is_never_made_over_something(sandbox: Sandbox, newest: str, kind: str) -> None:
    """E9."""
    sandbox.install(newest)
    taken = sandbox.versions / "shop-venv"
    if kind == "file":
        taken.write_text("mine\n")
    elif kind == "directory":
        taken.mkdir()
    else:
        (sandbox.root / "elsewhere").mkdir()
        taken.symlink_to(sandbox.root / "elsewhere" if kind == "link" else sandbox.root / "nowhere")
    before = photograph(taken)
    assert sandbox.roost("up", cwd=sandbox.project("shop", newest, "shop-venv")).returncode == 0
    assert looks_ready(sandbox.env(newest, "shop-venv"))
    assert photograph(taken) == before


def test_no_link_leaves_the_alias_out(sandbox: Sandbox, newest: str) -> None:
    """E9."""
    sandbox.install(newest)
    assert sandbox.roost("up", "--no-link", cwd=sandbox.project("shop", newest, "shop-venv")).returncode == 0
    assert looks_ready(sandbox.env(newest, "shop-venv"))
    assert not os.path.lexists(sandbox.versions / "shop-venv")


def test_one_name_under_two_versions_is_two_envs(sandbox: Sandbox, newest: str, second: str) -> None:
    """E1, E9: the alias stays with the first."""
    for version in (newest, second):
        sandbox.install(version)
        assert sandbox.roost("up", cwd=sandbox.project(f"shop-{version}", version, "shop-venv")).returncode == 0
        assert_works(sandbox.env(version, "shop-venv"))
    assert os.readlink(sandbox.versions / "shop-venv") == str(sandbox.env(newest, "shop-venv"))


def test_the_note_says_where_the_env_comes_from(sandbox: Sandbox, newest: str) -> None:
    """E6."""
    sandbox.install(newest)
    request = newest.rpartition(".")[0]
    project = sandbox.project("shop", request, "shop-venv")
    assert sandbox.roost("up", cwd=project).returncode == 0
    note = json.loads((sandbox.env(newest, "shop-venv") / ".roost.json").read_text())
    assert note.pop("created").endswith("Z")
    assert note == {"schema": 1, "projects": [str(project)], "requested": request, "resolved": newest, "roost": __version__}


def test_a_second_project_with_the_env_is_noted(sandbox: Sandbox, newest: str) -> None:
    """E6."""
    sandbox.install(newest)
    projects = [sandbox.project(name, newest, "shop-venv") for name in ("a", "b")]
    for project in projects:
        assert sandbox.roost("up", cwd=project).returncode == 0
    assert json.loads((sandbox.env(newest, "shop-venv") / ".roost.json").read_text())["projects"] == [str(path) for path in projects]


@pytest.mark.parametrize("note", [None, "", "[]", '{"projects": 1}', '{"projects": [1, null, []]}', "{", '{"schema": 99}'])
def test_an_env_works_without_a_usable_note(sandbox: Sandbox, newest: str, note: str | None) -> None:
    """E6: a note, not a database."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    prefix = sandbox.fake_env(newest, "shop-venv")
    if note is not None:
        (prefix / ".roost.json").write_text(note)
    done = sandbox.roost("up", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "nothing to do" in done.stderr
    assert sandbox.roost("status", cwd=project).returncode == 0


def test_recreate_makes_the_env_anew(sandbox: Sandbox, newest: str) -> None:
    """E8."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    assert sandbox.roost("up", cwd=project).returncode == 0
    prefix = sandbox.env(newest, "shop-venv")
    (prefix / "old").write_text("")
    done = sandbox.roost("up", "--recreate", cwd=project)
    assert done.returncode == 0, done.stderr
    assert_works(prefix)
    assert not (prefix / "old").exists()
    assert sorted(path.name for path in prefix.parent.iterdir()) == [".shop-venv.lock", "shop-venv"]
    assert os.readlink(sandbox.versions / "shop-venv") == str(prefix)


@pytest.mark.parametrize("half", [False, True], ids=["recreate", "heal"])
def test_what_an_env_that_is_a_link_leads_to_is_left_alone(sandbox: Sandbox, newest: str, half: bool) -> None:
    """E5, E8: the link is replaced; the directory behind it is somebody else's."""
    sandbox.install(newest)
    assert sandbox.roost("up", cwd=sandbox.project("other", newest, "other-venv")).returncode == 0
    other, prefix = sandbox.env(newest, "other-venv"), sandbox.env(newest, "shop-venv")
    prefix.symlink_to(other)
    if half:
        (other / ".roost-building").touch()
    before = photograph(other)
    done = sandbox.roost("up", *([] if half else ["--recreate"]), cwd=sandbox.project("shop", newest, "shop-venv"))
    assert done.returncode == 0, done.stderr
    assert photograph(other) == before
    assert not prefix.is_symlink()
    assert_works(prefix)


def test_a_replacement_killed_at_its_very_end_is_ended_by_the_next_up(sandbox: Sandbox, newest: str) -> None:
    """E5, E8: the new env is whole, the old one still beside it."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    assert sandbox.roost("up", cwd=project).returncode == 0
    prefix = sandbox.env(newest, "shop-venv")
    shutil.copytree(prefix, prefix.with_name(".shop-venv.before"), symlinks=True)
    before = photograph(prefix)
    assert sandbox.roost("up", cwd=project).returncode == 0
    assert sorted(path.name for path in prefix.parent.iterdir()) == [".shop-venv.lock", "shop-venv"]
    assert photograph(prefix) == before


def test_recreate_of_nothing_makes_it(sandbox: Sandbox, newest: str) -> None:
    """E8."""
    sandbox.install(newest)
    assert sandbox.roost("up", "--recreate", cwd=sandbox.project("shop", newest, "shop-venv")).returncode == 0
    assert_works(sandbox.env(newest, "shop-venv"))


def test_a_recreate_that_fails_gives_the_old_env_back(sandbox: Sandbox, newest: str) -> None:
    """E8: here the health check of the new env fails."""
    interpreter = sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    assert sandbox.roost("up", cwd=project).returncode == 0
    prefix = sandbox.env(newest, "shop-venv")
    before = photograph(prefix)
    cursed = _curse_envs(interpreter)
    done = sandbox.roost("up", "--recreate", cwd=project)
    assert done.returncode == 6, done.stderr
    cursed.unlink()
    after = photograph(prefix)
    del before[str(prefix)], after[str(prefix)]  # its own time changes with its name
    assert after == before
    assert_works(prefix)
    assert sorted(path.name for path in prefix.parent.iterdir()) == [".shop-venv.lock", "shop-venv"]


def test_a_creation_that_fails_leaves_nothing(sandbox: Sandbox, newest: str) -> None:
    """E5, C: exit 6 and one reason."""
    interpreter = sandbox.install(newest)
    _curse_envs(interpreter)
    done = sandbox.roost("up", cwd=sandbox.project("shop", newest, "shop-venv"))
    assert done.returncode == 6, done.stderr
    assert len(done.stderr.splitlines()) == 2, done.stderr
    assert "the curse" in done.stderr
    assert not sandbox.env(newest, "shop-venv").exists()
    assert not os.path.lexists(sandbox.versions / "shop-venv")


def test_a_dry_run_says_what_it_would_do_and_exits_10(sandbox: Sandbox, newest: str) -> None:
    """C."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    before = photograph(sandbox.root)
    done = sandbox.roost("up", "--dry-run", cwd=project)
    assert done.returncode == 10
    assert only_line(done) == f"roost: would make the env {sandbox.env(newest, 'shop-venv')}"
    assert photograph(sandbox.root) == before
    assert sandbox.roost("up", cwd=project).returncode == 0
    before = photograph(sandbox.root)
    assert sandbox.roost("up", "--dry-run", cwd=project).returncode == 0
    again = sandbox.roost("up", "--dry-run", "--recreate", cwd=project)
    assert again.returncode == 10
    assert only_line(again) == f"roost: would replace the env {sandbox.env(newest, 'shop-venv')} with a new one"
    assert photograph(sandbox.root) == before


def test_json_is_one_document_on_stdout(sandbox: Sandbox, newest: str) -> None:
    """C."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    prefix = sandbox.env(newest, "shop-venv")
    dry = sandbox.roost("up", "--dry-run", "--json", cwd=project)
    assert (dry.returncode, dry.stderr) == (10, "")
    planned = document(dry)
    assert planned["dry_run"] is True
    assert planned["actions"] == [f"make the env {prefix}"]
    made = sandbox.roost("up", "--json", cwd=project)
    assert (made.returncode, made.stderr) == (0, "")
    answer = document(made)
    assert answer["project"] == str(project)
    assert answer["env"] == {"name": "shop-venv", "path": str(prefix), "state": "ready"}
    assert answer["actions"] == [f"make the env {prefix}"]
    assert document(sandbox.roost("up", "--json", cwd=project))["actions"] == []


def test_json_holds_the_error_too(sandbox: Sandbox) -> None:
    """C."""
    project = sandbox.project("shop", ">=3.9", "shop-venv")
    done = sandbox.roost("up", "--json", cwd=project)
    assert (done.returncode, done.stderr) == (4, "")
    error = document(done)["error"]
    assert error["code"] == "version-invalid"
    assert error["file"] == str(project / ".python-version")
    assert error["hint"] == "write a version such as 3.12.1"


def test_quiet_says_nothing_but_what_is_wrong(sandbox: Sandbox, newest: str) -> None:
    """C."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    for _ in range(2):
        done = sandbox.roost("up", "-q", cwd=project)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert sandbox.roost("up", "-q", cwd=sandbox.project("bad", "~", "shop-venv")).stderr != ""


def test_a_directory_may_be_given(sandbox: Sandbox, newest: str) -> None:
    """C: up DIR."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    (project / "deep" / "er").mkdir(parents=True)
    assert sandbox.roost("up", "shop/deep/er").returncode == 0
    assert_works(sandbox.env(newest, "shop-venv"))
    assert sandbox.roost("status", project).returncode == 0
    missing = sandbox.roost("up", "nowhere")
    assert missing.returncode == 2
    assert str(sandbox.root / "nowhere") in only_line(missing)


def test_an_env_of_venv_is_as_good_as_ours(sandbox: Sandbox, newest: str) -> None:
    """E3, E7: adopted as it is."""
    interpreter = sandbox.install(newest)
    prefix = sandbox.env(newest, "shop-venv")
    assert sandbox.run([interpreter / "bin" / "python", "-m", "venv", "--without-pip", prefix]).returncode == 0
    project = sandbox.project("shop", newest, "shop-venv")
    before = photograph(sandbox.versions)
    done = sandbox.roost("up", cwd=project)
    assert done.returncode == 0
    assert "nothing to do" in only_line(done)
    assert photograph(sandbox.versions) == before
    answer = document(sandbox.roost("status", "--json", cwd=project))
    assert (answer["state"], answer["env"]["made_by"]) == ("ready", "other")


@pytest.mark.parametrize("state", ["empty", "no python", "building", "building and whole", "bin only"])
def test_a_half_made_env_is_healed(sandbox: Sandbox, newest: str, state: str) -> None:
    """E3, E5."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    prefix = sandbox.env(newest, "shop-venv")
    if state == "building and whole":
        assert sandbox.roost("up", cwd=project).returncode == 0
    prefix.mkdir(parents=True, exist_ok=True)
    if state in {"no python", "building"}:
        (prefix / "pyvenv.cfg").write_text("home = /nowhere\n")
        (prefix / "lib").mkdir()
    if state == "bin only":
        (prefix / "bin").mkdir()
    if state.startswith("building"):
        (prefix / ".roost-building").write_text("")
    looked = sandbox.roost("status", "--json", cwd=project)
    assert (looked.returncode, document(looked)["state"]) == (10, "env-incomplete")
    assert sandbox.roost("up", "--dry-run", cwd=project).returncode == 10
    done = sandbox.roost("up", cwd=project)
    assert done.returncode == 0, done.stderr
    assert_works(prefix)


@pytest.mark.parametrize("kind", ["directory", "file"])
def test_what_is_no_env_is_never_cleared(sandbox: Sandbox, newest: str, kind: str) -> None:
    """E5 heals envs, and removes nothing else that stands in the place."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    prefix = sandbox.env(newest, "shop-venv")
    if kind == "directory":
        prefix.mkdir(parents=True)
        (prefix / "thesis.txt").write_text("mine\n")
    else:
        prefix.parent.mkdir()
        prefix.write_text("mine\n")
    before = photograph(prefix)
    done = sandbox.roost("up", "-q", cwd=project)
    assert done.returncode == 6
    assert str(prefix) in only_line(done)
    assert photograph(prefix) == before


def test_a_broken_env_is_only_made_anew_when_asked(sandbox: Sandbox, newest: str) -> None:
    """E3, E8: it may hold work."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    prefix = sandbox.fake_env(newest, "shop-venv")
    (prefix / "bin" / "python").unlink()
    (prefix / "bin" / "python").symlink_to("/nowhere/python")
    before = photograph(prefix)
    for words in (["up"], ["up", "--dry-run"]):
        done = sandbox.roost(*words, cwd=project)
        assert done.returncode == 6
        line = only_line(done)
        assert str(prefix) in line
        assert line.endswith("; type: roost up --recreate")
    assert photograph(prefix) == before
    looked = sandbox.roost("status", "--json", cwd=project)
    assert (looked.returncode, document(looked)["state"]) == (6, "env-broken")
    assert sandbox.roost("up", "--recreate", cwd=project).returncode == 0
    assert_works(prefix)


@pytest.mark.parametrize("words", [("up", "--recreate"), ("up", "--recreate", "--dry-run")], ids=" ".join)
def test_an_env_that_lies_by_itself_is_not_made_anew(sandbox: Sandbox, newest: str, words: tuple[str, ...]) -> None:
    """F13, C: `versions/shop` may be the env itself; its place does not say from which interpreter. Exit 6, its path and what to type."""
    interpreter = sandbox.install(newest)
    prefix = sandbox.versions / "shop"
    assert sandbox.run([interpreter / "bin" / "python", "-m", "venv", "--without-pip", prefix]).returncode == 0
    project = sandbox.project("shop", "shop", None)
    assert sandbox.roost("up", cwd=project).returncode == 0
    before = photograph(prefix)
    done = sandbox.roost(*words, cwd=project)
    assert done.returncode == 6
    line = only_line(done)
    assert f"{prefix} is not inside the directory of an interpreter" in line
    assert line.endswith(f"into {project / '.python-version'} and shop into .python-virtualenv, then type: roost up")
    assert photograph(prefix) == before


def test_an_env_whose_python_does_not_run_is_broken(sandbox: Sandbox, newest: str) -> None:
    """E3: status starts it."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    prefix = sandbox.fake_env(newest, "shop-venv")
    (prefix / "bin" / "python").unlink()
    (prefix / "bin" / "python").write_text("#!/bin/sh\nexit 127\n")
    (prefix / "bin" / "python").chmod(0o755)
    done = sandbox.roost("status", "--json", cwd=project)
    assert (done.returncode, document(done)["state"]) == (6, "env-broken")
    assert document(done)["problems"][0]["hint"] == "roost up --recreate"


@pytest.mark.parametrize("root", ["envs/pyenv", "with a space", "link"])
def test_odd_pyenv_roots(tmp_path: Path, newest: str, root: str) -> None:
    """E1: a root below a directory named envs, one with a space, a link."""
    sandbox = Sandbox(tmp_path / "machine")
    sandbox.install(newest)
    odd = sandbox.root / root
    odd.parent.mkdir(exist_ok=True)
    if root == "link":
        odd.symlink_to(sandbox.pyenv_root)
    else:
        sandbox.pyenv_root.rename(odd)
    done = sandbox.roost("up", cwd=sandbox.project("shop", newest, "shop-venv"), PYENV_ROOT=str(odd))
    assert done.returncode == 0, done.stderr
    assert_works(odd / "versions" / newest / "envs" / "shop-venv")


@pytest.mark.parametrize("words", [["up"], ["up", "--recreate"], ["status"], ["setup", "bash"]])
def test_closed_standard_input_is_no_question(sandbox: Sandbox, newest: str, words: list[str]) -> None:
    """C: without a terminal roost never asks and never waits."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    sandbox.fake_env(newest, "shop-venv")
    command = f"exec {ROOST} {' '.join(words)} <&-"
    done = subprocess.run(["/bin/sh", "-c", command], cwd=project, env=sandbox.environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_an_unread_pipe_as_standard_input_is_not_waited_for(sandbox: Sandbox, newest: str) -> None:
    """C: a pipe that never says anything does not hold roost up."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    reading, writing = os.pipe()
    try:
        done = subprocess.run([ROOST, "up"], cwd=project, env=sandbox.environ, stdin=reading, capture_output=True, text=True, timeout=60, check=False)
    finally:
        os.close(reading)
        os.close(writing)
    assert done.returncode == 0, done.stderr


def test_no_colour_and_no_control_characters_without_a_terminal(sandbox: Sandbox, newest: str) -> None:
    """C."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    for words in (["up"], ["status"], ["--help"], ["up", "--help"], ["up", "--nonsense"]):
        done = sandbox.roost(*words, cwd=project, FORCE_COLOR="", CLICOLOR="1")
        assert "\x1b" not in done.stdout + done.stderr


def test_the_repository_is_left_alone(sandbox: Sandbox, newest: str) -> None:
    """Nothing is written into the project: the two files are all that roost wants of it."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    before = photograph(project)
    assert sandbox.roost("up", cwd=project).returncode == 0
    assert photograph(project) == before
    assert REPOSITORY not in project.parents
