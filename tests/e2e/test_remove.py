"""``roost remove``: the env, our alias and our kernels of it, and nothing else (R)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest
from filelock import FileLock

from roost.cli.declared import COMMANDS
from tests.support.envs import half_made, lock_of, noted_env, our_kernel
from tests.support.look import assert_works, document, only_line, photograph
from tests.support.sandbox import REPOSITORY, ROOST, Sandbox
from tests.support.vectors import as_user


@pytest.fixture
def kernels(sandbox: Sandbox) -> Path:
    sandbox.extra["JUPYTER_DATA_DIR"] = str(sandbox.root / "jupyter")
    return sandbox.root / "jupyter" / "kernels"


@pytest.fixture
def project(sandbox: Sandbox) -> Path:
    return sandbox.project("shop", "3.12.1", "shop-venv")


@pytest.fixture
def env(sandbox: Sandbox, project: Path) -> Path:
    """As ``up`` makes it, its alias too; beside others' envs, which stay."""
    for version in ("3.12.1", "3.13.0"):
        noted_env(sandbox, version, "other", project)
    prefix = noted_env(sandbox, "3.12.1", "shop-venv", project)
    (sandbox.versions / "shop-venv").symlink_to(prefix)
    return prefix


def _stays(sandbox: Sandbox, *gone: Path) -> dict[str, tuple[int, int]]:
    """All of the machine but for what is said to go, without times, which a directory changes when a thing in it goes."""
    seen = photograph(sandbox.root)
    return {
        path: (inode, mode) for path, (inode, mode, _) in seen.items() if not any(Path(path).is_relative_to(place) for place in (*gone, sandbox.data / "cache"))
    }


def test_the_projects_env(sandbox: Sandbox, project: Path, env: Path, kernels: Path) -> None:
    """R1, R2: shown, then gone, with its lock, alias and kernels."""
    ours, theirs = our_kernel(kernels, "shop", env), our_kernel(kernels, "other", sandbox.env("3.12.1", "other"))
    alias = sandbox.versions / "shop-venv"
    before = _stays(sandbox, env, alias, ours, lock_of(env), sandbox.data)
    done = sandbox.roost("remove", "--yes", cwd=project)
    assert (done.returncode, done.stdout) == (0, "")
    first, *rest = done.stderr.splitlines()
    assert first.startswith("roost: the env 3.12.1/envs/shop-venv, ")
    assert first.endswith(f"B ({env})")
    assert rest == [
        f"roost: its alias {alias}",
        "roost: its kernel shop",
        f"roost: {project} still names it",
        f"roost: removed {env}",
    ]
    assert _stays(sandbox, sandbox.data) == before
    assert theirs.is_dir()
    assert not any(os.path.lexists(path) for path in (env, alias, ours, lock_of(env)))


_ALIAS = "pyenv/versions/shop-venv"


@pytest.mark.parametrize("word", ["shop-venv", "3.12.1/envs/shop-venv", "pyenv/versions/3.12.1/envs/shop-venv", _ALIAS, "shop", "shop/../shop"])
def test_every_way_to_name_it(sandbox: Sandbox, env: Path, word: str) -> None:
    """Spec C, ENV."""
    done = sandbox.roost("remove", word, "--yes", "--json")
    assert done.returncode == 0, done.stderr
    assert [(row["path"], row["alias"], row["made_by"]) for row in document(done)["removed"]] == [(str(env), str(sandbox.versions / "shop-venv"), "roost")]
    assert sorted(path.name for path in env.parent.iterdir()) == [".other.lock", "other"]
    assert sorted(os.listdir(sandbox.versions)) == ["3.12.1", "3.13.0"]


def test_several_at_once(sandbox: Sandbox, env: Path) -> None:
    done = sandbox.roost("remove", "shop-venv", "3.13.0/envs/other", "3.12.1/envs/shop-venv", "--yes", "--json")
    assert [row["name"] for row in document(done)["removed"]] == ["shop-venv", "other"]
    assert sandbox.env("3.12.1", "other").is_dir()


def test_nothing_goes_without_a_yes(sandbox: Sandbox, project: Path, env: Path) -> None:
    """R1, C: without a terminal nobody is asked."""
    before = photograph(sandbox.root)
    for words in ([], ["shop-venv"], ["--json"]):
        done = sandbox.roost("remove", *words, cwd=project)
        assert done.returncode == 2
        told = document(done)["error"]["command"] if "--json" in words else done.stderr.splitlines()[-1].partition("; type: ")[2]
        assert sorted(told.split()) == sorted(["roost", "remove", *words, "--yes"])
    assert photograph(sandbox.root) == before


@pytest.mark.parametrize(("answer", "gone"), [("y", True), ("yes", True), ("", False), ("n", False), ("\x04", False), ("all", False)])
def test_the_question(sandbox: Sandbox, project: Path, env: Path, answer: str, gone: bool) -> None:
    """R1: on a terminal."""
    child = pexpect.spawn(str(ROOST), ["remove"], env=sandbox.environ, cwd=str(project), encoding="utf-8", timeout=30)
    child.expect_exact("roost: remove it? [y/N] ")
    child.send(answer if answer == "\x04" else f"{answer}\r")
    child.expect(pexpect.EOF)
    child.wait()
    assert (child.exitstatus, os.path.lexists(env)) == (0, not gone)
    assert ("nothing was removed" in str(child.before)) is not gone


def test_ctrl_c_at_the_question(sandbox: Sandbox, project: Path, env: Path) -> None:
    child = pexpect.spawn(str(ROOST), ["remove"], env=sandbox.environ, cwd=str(project), encoding="utf-8", timeout=30)
    child.expect_exact("[y/N] ")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.wait()
    assert (child.exitstatus, env.is_dir()) == (130, True)


def test_an_env_of_somebody_else(sandbox: Sandbox) -> None:
    """R1."""
    theirs = sandbox.fake_env("3.12.1", "theirs")
    done = sandbox.roost("remove", "theirs", "--yes")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == f"roost: roost did not make the env {theirs}; type: roost remove theirs --yes --force"
    assert theirs.is_dir()
    assert sandbox.roost("remove", "theirs", "--yes", "--force").returncode == 0
    assert not theirs.exists()
    assert (sandbox.versions / "3.12.1" / "bin" / "python").exists()


def test_one_of_several_may_not_go_so_none_goes(sandbox: Sandbox, env: Path) -> None:
    sandbox.fake_env("3.12.1", "theirs")
    assert sandbox.roost("remove", "shop-venv", "theirs", "--yes").returncode == 2
    assert env.is_dir()


def _half_made(prefix: Path) -> None:
    shutil.rmtree(prefix)
    half_made(prefix)


def _half_removed(prefix: Path) -> None:
    for name in ("bin/python", "pyvenv.cfg"):
        (prefix / name).unlink()


def _empty(prefix: Path) -> None:
    shutil.rmtree(prefix)
    prefix.mkdir()


def _broken(prefix: Path) -> None:
    (prefix / "bin" / "python").unlink()
    (prefix / "bin" / "python").symlink_to("/nowhere")


_STATES: dict[str, Callable[[Path], object]] = {
    "half-made": _half_made,
    "half-removed": _half_removed,
    "empty": _empty,
    "broken": _broken,
    "replaced by a killed roost": lambda prefix: prefix.rename(prefix.with_name(".shop-venv.before")),
    "with the old one beside it": lambda prefix: shutil.copytree(prefix, prefix.with_name(".shop-venv.before"), symlinks=True),
    "with a pipe in it": lambda prefix: os.mkfifo(prefix / "pipe"),
}


@pytest.mark.parametrize("change", _STATES.values(), ids=_STATES)
def test_in_any_state(sandbox: Sandbox, project: Path, env: Path, change: Callable[[Path], object]) -> None:
    """E3, E8: what `up` would heal, `remove` removes."""
    change(env)
    done = sandbox.roost("remove", "--yes", cwd=project)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in env.parent.iterdir()) == [".other.lock", "other"]
    assert not os.path.lexists(sandbox.versions / "shop-venv")
    again = sandbox.roost("remove", "--yes", cwd=project)
    assert (again.returncode, "there is nothing to remove" in only_line(again)) == (3, True)


def test_an_alias_that_leads_elsewhere_stays(sandbox: Sandbox, project: Path, env: Path) -> None:
    """R2."""
    alias = sandbox.versions / "shop-venv"
    alias.unlink()
    alias.symlink_to(sandbox.env("3.13.0", "other"))
    assert sandbox.roost("remove", "--yes", cwd=project).returncode == 0
    assert (os.path.lexists(env), alias.is_symlink()) == (False, True)


@pytest.mark.parametrize("place", ["versions/away", "versions/3.12.1/envs/away"])
@pytest.mark.parametrize("target", ["env", "nothing", "directory"])
def test_a_link_out_of_the_stores_goes_alone(sandbox: Sandbox, env: Path, place: str, target: str) -> None:
    """R2: nothing of what it leads to."""
    elsewhere = sandbox.root / "elsewhere"
    if target != "nothing":
        elsewhere.mkdir()
        (elsewhere / "work").touch()
    if target == "env":
        shutil.copytree(env, elsewhere, symlinks=True, dirs_exist_ok=True)
    link = sandbox.pyenv_root / place
    link.symlink_to(elsewhere)
    before = _stays(sandbox, link)
    refused = sandbox.roost("remove", "away", "--yes")
    assert (refused.returncode, link.is_symlink()) == (2, True)
    done = sandbox.roost("remove", "away", "--yes", "--force")
    assert (done.returncode, link.is_symlink()) == (0, False), done.stderr
    assert f"roost: the link {link}; what it leads to stays\n" in done.stderr
    assert _stays(sandbox) == before


def test_an_interpreter_that_is_a_link(sandbox: Sandbox) -> None:
    """R2: as people link Homebrew's in. The link is the interpreter, and what lies behind it is not in the stores."""
    project = sandbox.project("shop", "3.12.9", "shop-venv")
    elsewhere = sandbox.root / "cellar"
    prefix = noted_env(sandbox, "3.12.9", "shop-venv", project)
    (sandbox.versions / "3.12.9").rename(elsewhere)
    (sandbox.versions / "3.12.9").symlink_to(elsewhere)
    before = photograph(sandbox.root)
    for words in ([], [str(prefix)], ["3.12.9"]):
        done = sandbox.roost("remove", *words, "--yes", "--force", cwd=project)
        assert done.returncode in {2, 3}, done.stderr
        assert done.stderr.count("\n") == 1
    assert photograph(sandbox.root) == before


_INTERPRETERS = ["3.13.0", "pyenv/versions/3.13.0", "pyenv/versions", "system"]
_STRANGE = ["/", "..", "", "envs", "-", "a\x1b[31mb", "no/such", "shop-ven", "notes", "3.12.1/envs/notes"]


@pytest.mark.parametrize("word", [*_INTERPRETERS, *_STRANGE])
def test_what_is_no_env_is_never_touched(sandbox: Sandbox, env: Path, word: str) -> None:
    """R2: an interpreter, a directory, a word of any letters: refused in one line, with the near names."""
    notes = env.with_name("notes")
    notes.mkdir()
    (notes / "README").touch()
    before = photograph(sandbox.root)
    done = sandbox.roost("remove", "--yes", "--force", "--", word)
    assert done.returncode == 3, done.stderr
    assert "\x1b" not in only_line(done)
    assert ("did you mean shop-venv?" in done.stderr) == (word == "shop-ven")
    assert photograph(sandbox.root) == before


def test_a_directory_in_the_place_of_the_env(sandbox: Sandbox, project: Path) -> None:
    """R2: a project asks for the name, but somebody keeps something else there."""
    place = sandbox.env("3.12.1", "shop-venv")
    sandbox.fake_interpreter("3.12.1")
    place.mkdir(parents=True)
    (place / "README").touch()
    done = sandbox.roost("remove", "--yes", "--force", cwd=project)
    assert (done.returncode, "is not an env" in only_line(done), (place / "README").exists()) == (6, True, True)


def test_a_name_that_several_have(sandbox: Sandbox, env: Path) -> None:
    """Spec C: exit 2 and the list."""
    done = sandbox.roost("remove", "other", "--yes")
    assert (done.returncode, "3.12.1/envs/other, 3.13.0/envs/other" in only_line(done)) == (2, True)


def test_an_env_whose_bin_is_a_link(sandbox: Sandbox, project: Path, env: Path) -> None:
    """R2: no Python outside of the env goes with it."""
    outside = sandbox.root / "outside"
    (env / "bin").rename(outside)
    (env / "bin").symlink_to(outside)
    assert sandbox.roost("remove", "--yes", cwd=project).returncode == 0
    assert (outside / "python").is_symlink()


def test_a_store_that_may_not_be_written_to(sandbox: Sandbox, project: Path, env: Path, kernels: Path) -> None:
    """Nothing is changed, and one line says so."""
    kernel = our_kernel(kernels, "shop", env)
    before = photograph(sandbox.versions)
    for place, mode in ((env, 0o555), (env.parent, 0o555)):
        place.chmod(mode)
    try:
        done = sandbox.run(as_user([ROOST, "remove", "--yes", "3.12.1/envs/shop-venv"]))
    finally:
        for place in (env, env.parent):
            place.chmod(0o755)
    assert (done.returncode, done.stdout) == (6, "")
    assert done.stderr.splitlines()[-1].startswith(f"roost: the env {env} was not removed: Permission denied; make ")
    assert photograph(sandbox.versions).keys() == before.keys()
    assert kernel.is_dir()


@pytest.mark.unmeasured
def test_a_roost_at_work_is_waited_for(sandbox: Sandbox, newest: str) -> None:
    """R1: what it makes then goes."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    prefix = sandbox.env(newest, "shop-venv")
    making = sandbox.start("up", cwd=project)
    while not (prefix / ".roost-building").exists():
        assert making.poll() is None
    done = sandbox.roost("remove", "--yes", cwd=project)
    _, errors = making.communicate(timeout=60)
    assert (making.returncode, done.returncode) == (0, 0), errors + done.stderr
    assert "roost: another roost is working on the env shop-venv; waiting for it\n" in done.stderr
    assert not any(os.path.lexists(path) for path in (prefix, sandbox.versions / "shop-venv", lock_of(prefix)))
    assert sandbox.roost("up", cwd=project).returncode == 0
    assert_works(prefix)


def test_a_lock_that_nobody_gives_back(sandbox: Sandbox, project: Path, env: Path, tmp_path: Path) -> None:
    """R1: exit 7 after the limit, and nothing is gone."""
    patch = tmp_path / "patched.py"
    patch.write_text("import sys, roost.machine.locks as e\ne.LOCK_SECONDS = 0.3\nfrom pyenv_roost import main\nsys.exit(main())\n", encoding="ascii")
    with FileLock(lock_of(env)):
        done = sandbox.run([sys.executable, patch, "remove", "--yes"], cwd=project)
    assert (done.returncode, env.is_dir(), (sandbox.versions / "shop-venv").exists()) == (7, True, True), done.stderr


def test_many_removals_and_makings_at_once(sandbox: Sandbox, newest: str) -> None:
    """E4: the lock goes while others wait for it; in the end the env is whole or not there."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    assert sandbox.roost("up", cwd=project).returncode == 0
    words = [["up"], ["remove", "--yes"]] * 3
    running = [(each[0], sandbox.start(*each, cwd=project)) for each in words]
    for name, process in running:
        _, errors = process.communicate(timeout=120)
        assert process.returncode in ({0} if name == "up" else {0, 3}), errors
        assert "Traceback" not in errors
    prefix = sandbox.env(newest, "shop-venv")
    if prefix.exists():
        assert_works(prefix)
    else:
        assert sandbox.roost("up", cwd=project).returncode == 0
        assert_works(prefix)


def test_each_option_is_documented() -> None:
    """Spec C."""
    documented = (REPOSITORY / "docs" / "commands.md").read_text(encoding="utf-8")
    section = documented.partition("\n## `roost remove`\n")[2].partition("\n## ")[0]
    assert {option for option in COMMANDS["remove"].options if f"- `{option}" not in section} == set()


def test_tab(sandbox: Sandbox, env: Path) -> None:
    """H17: after each of several names too."""
    assert sandbox.roost("complete", "remove", "shop-venv", "sh").stdout.split() == ["shop-venv"]
    assert sandbox.roost("complete", "remove", "--").stdout.split() == ["--force", "--help", "--json", "--yes"]


def test_killed_at_many_points(sandbox: Sandbox, newest: str) -> None:
    """R2: no shell turns on what is left, and the next `remove` or `up` goes on."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    prefix = sandbox.env(newest, "shop-venv")
    assert sandbox.roost("up", cwd=project).returncode == 0
    pristine = sandbox.root / "pristine"
    subprocess.run(["cp", "-a", prefix, pristine], check=True)
    whole = sum(len(files) for _, _, files in os.walk(prefix))
    halves = 0
    for point in range(12):
        process = sandbox.start("remove", "--yes", cwd=project)
        while process.poll() is None and sum(len(files) for _, _, files in os.walk(prefix)) > whole * (12 - point) // 12:
            pass
        process.kill()
        process.communicate()
        if prefix.exists():
            ready = (prefix / "bin" / "python").exists() and (prefix / "pyvenv.cfg").exists() and not (prefix / ".roost-building").exists()
            if ready:
                assert_works(prefix)
            else:
                halves += 1
                words = ("remove", "--yes") if point % 2 else ("up",)
                done = sandbox.roost(*words, cwd=project)
                assert done.returncode == 0, done.stderr
                assert prefix.exists() == (point % 2 == 0)
        shutil.rmtree(prefix, ignore_errors=True)
        subprocess.run(["cp", "-a", pristine, prefix], check=True)
    assert halves >= 3, "the kills came too late, or too early, to show anything"
