"""``roost prune``: what roost made and nobody needs any more, and what stopped runs left; nothing else (R3)."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from roost.cli.declared import COMMANDS
from roost.machine import upgrades
from tests.support.envs import half_made, lock_of, noted_env, our_kernel
from tests.support.look import assert_works, document, photograph
from tests.support.sandbox import REPOSITORY, ROOST, Sandbox
from tests.support.vectors import as_user

_DAYS = 24 * 3600


@pytest.fixture
def kernels(sandbox: Sandbox) -> Path:
    sandbox.extra["JUPYTER_DATA_DIR"] = str(sandbox.root / "jupyter")
    return sandbox.root / "jupyter" / "kernels"


def _aged(path: Path, days: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.utime(path, (time.time() - days * _DAYS,) * 2)
    return path


def _found(sandbox: Sandbox, *words: str) -> list[tuple[str, str, bool]]:
    """Kind and place, below the machine's root, of what is found."""
    done = sandbox.roost("prune", "--json", *words)
    assert (done.returncode, done.stderr) == (0, "")
    return [
        (row["kind"], os.path.relpath(row["place"], sandbox.root) if row["place"][0] == "/" else row["place"], row["removed"])
        for row in document(done)["found"]
    ]


def _names(sandbox: Sandbox) -> set[str]:
    """Everything on the machine, but for what a run may always write."""
    return {path for path in photograph(sandbox.root) if not Path(path).is_relative_to(sandbox.data / "cache")}


def _litter(sandbox: Sandbox, kernels: Path) -> dict[str, list[Path]]:
    """Something of each kind, and what goes with it."""
    orphan = noted_env(sandbox, "3.12.1", "orphan", sandbox.root / "gone")
    alias = sandbox.versions / "orphan"
    alias.symlink_to(orphan)
    half = half_made(sandbox.env("3.12.1", "half"))
    dangling = sandbox.versions / "lost"
    dangling.symlink_to(sandbox.env("3.12.1", "lost"))
    lock = _aged(lock_of(sandbox.env("3.13.0", "lost")), 31)
    log = _aged(sandbox.data / "logs" / "install-3.12.1-1.log", 31)
    return {
        "half-made": [half, lock_of(half), our_kernel(kernels, "half", half)],
        "orphan": [orphan, lock_of(orphan), alias, our_kernel(kernels, "orphan", orphan)],
        "alias": [dangling],
        "kernel": [our_kernel(kernels, "lost", sandbox.env("3.12.1", "lost"))],
        "lock": [lock],
        "log": [log],
    }


def _kept(sandbox: Sandbox, kernels: Path) -> None:
    """What looks like one of those and is none."""
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    shop = noted_env(sandbox, "3.12.1", "shop-venv", project)
    _aged(lock_of(shop), 400)
    (sandbox.versions / "shop-venv").symlink_to(shop)
    our_kernel(kernels, "shop", shop)
    theirs = sandbox.fake_env("3.13.0", "theirs")
    (theirs / "bin" / "python").unlink()
    envs = theirs.parent
    for name in (".hidden", "3.8.18", "a b", "notes", "-rf"):
        (envs / name).mkdir()
        (envs / name / ".roost-building").touch() if name != "notes" else (envs / name / "README").touch()
    (envs / "bare").mkdir()  # roost never was here
    (envs / "linked").symlink_to("/nowhere")
    (envs / ".linked.before").symlink_to(shop)
    for name, target in (("away", "/elsewhere"), ("other", sandbox.env("3.12.1", "another")), ("3.11", sandbox.versions / "3.11.2"), ("up", "../envs/up")):
        (sandbox.versions / name).symlink_to(target)
    _aged(lock_of(sandbox.env("3.13.0", "young")), 29)
    _aged(lock_of(sandbox.env("3.13.0", "full")), 400).write_text("x")
    _aged(lock_of(sandbox.env("3.13.0", "a b")), 400)
    _aged(sandbox.data / "logs" / "crash-1.log", 29)
    _aged(sandbox.data / "logs" / "notes.txt", 400)
    _aged(sandbox.data / "cache" / "kernels.lock", 400)
    (kernels / "foreign").mkdir(parents=True)
    (kernels / "foreign" / "kernel.json").write_text('{"argv": ["/nowhere/python"], "display_name": "x", "language": "python"}')
    our_kernel(kernels, "unmounted", Path("/mnt/away/versions/3.12.1/envs/shop"))
    os.utime(lock_of(sandbox.env("3.13.0", "full")), (1, 1))


def test_everything_that_may_go_and_nothing_else(sandbox: Sandbox, kernels: Path) -> None:
    """R3."""
    _kept(sandbox, kernels)
    kept = _names(sandbox)
    litter = _litter(sandbox, kernels)
    before = photograph(sandbox.root)
    expected = [(kind, "lost" if kind == "kernel" else os.path.relpath(paths[0], sandbox.root), False) for kind, paths in litter.items()]
    assert _found(sandbox) == expected
    told = sandbox.roost("prune")
    assert (told.returncode, told.stderr) == (0, "roost: nothing was changed; type: roost prune --yes\n")
    assert len(told.stdout.splitlines()) == len(litter)
    assert all(line.startswith("would remove the ") for line in told.stdout.splitlines())
    assert photograph(sandbox.root) == before
    assert _found(sandbox, "--yes") == [(kind, place, True) for kind, place, _ in expected]
    assert _names(sandbox) - kept == {str(path) for path in (sandbox.data / "logs", kernels, sandbox.versions) if str(path) not in kept}
    assert kept - _names(sandbox) == set()
    done = sandbox.roost("prune", "--yes")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "roost: nothing to prune\n")


def test_what_is_said(sandbox: Sandbox) -> None:
    noted_env(sandbox, "3.12.1", "shop", sandbox.root / "gone", sandbox.root / "too")
    done = sandbox.roost("prune", "--yes")
    prefix = sandbox.env("3.12.1", "shop")
    first, _, rest = done.stdout.partition(", ")
    assert first == f"removed the env {prefix}"
    assert rest.endswith(f": it was made for {sandbox.root}/gone and 1 more, and no project names it any more\n")
    assert done.stderr == ""
    nothing = sandbox.roost("prune")
    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (0, "", "roost: nothing to prune\n")
    assert _found(sandbox) == []


def _kept_by_upgrade(sandbox: Sandbox, name: str, project: Path, env: Path, days: float) -> list[Path]:
    """The two files of an upgrade of ``project`` away from ``env``, that many days ago."""
    listed = sandbox.data / "upgrades" / f"{name}-3.11.7-0123abcd.txt"
    upgrades.keep_list(listed, ["plain==1.0"])
    upgrades.keep_record(upgrades.Record(project, project / ".python-version", "3.11.7", "3.12.1", env, sandbox.env("3.12.1", "shop"), listed))
    return [_aged(path, days) for path in (listed.with_suffix(".json"), listed)]


def test_what_upgrades_kept(sandbox: Sandbox) -> None:
    """R3: as long as `--rollback` may use it, and 30 days in any case: the list is all that is left of an env that has gone."""
    shop, gone = sandbox.project("shop", "3.12.1", "shop"), sandbox.root / "gone"
    old, lost = noted_env(sandbox, "3.11.7", "shop", shop), sandbox.env("3.11.7", "lost")
    noted_env(sandbox, "3.12.1", "shop", shop)
    may_go = [*_kept_by_upgrade(sandbox, "a", shop, lost, 31), *_kept_by_upgrade(sandbox, "b", gone, old, 31)]
    may_go.append(_aged(sandbox.data / "upgrades" / "c-3.11.7-0123abcd.txt", 31))
    kept = [*_kept_by_upgrade(sandbox, "d", shop, old, 400), *_kept_by_upgrade(sandbox, "e", shop, lost, 29)]
    kept += _kept_by_upgrade(sandbox, "f", sandbox.root / "disk" / "shop", old, 400)
    kept += _kept_by_upgrade(sandbox, "g", shop, Path("/mnt/away/versions/3.11.7/envs/shop"), 400)
    kept.append(_aged(sandbox.data / "upgrades" / "notes.md", 400))
    (sandbox.data / "upgrades" / "h.txt").symlink_to(kept[0])
    orphan = ("orphan", os.path.relpath(old, sandbox.root), False)
    assert _found(sandbox) == [orphan, *(("upgrade", os.path.relpath(path, sandbox.root), False) for path in may_go)]
    said = sandbox.roost("prune").stdout.splitlines()
    assert said[1].startswith(f"would remove the record {may_go[0]}, ")
    assert said[2].startswith(f"would remove the package list {may_go[1]}, ")
    assert all(removed for _, _, removed in _found(sandbox, "--yes"))
    assert [path for path in may_go if path.exists()] == []
    assert [path for path in kept if not path.exists()] == []


def test_a_disk_that_is_not_mounted(sandbox: Sandbox, kernels: Path) -> None:
    """R3: neither the project's, nor the interpreter's behind a link."""
    noted_env(sandbox, "3.12.1", "shop", sandbox.root / "disk" / "gone")
    (sandbox.versions / "3.13.0").symlink_to("/Volumes/away/3.13.0")
    (sandbox.versions / "tool").symlink_to(sandbox.versions / "3.13.0" / "envs" / "tool")
    our_kernel(kernels, "tool", sandbox.versions / "3.13.0" / "envs" / "tool")
    assert _found(sandbox) == []
    (sandbox.root / "disk").mkdir()
    assert [kind for kind, _, _ in _found(sandbox)] == ["orphan"]


@pytest.mark.parametrize("name", ["half-made", "orphan", "replacement"])
def test_a_roost_at_work(sandbox: Sandbox, name: str) -> None:
    """R3: nothing that a living roost works on."""
    prefix = sandbox.env("3.12.1", "shop")
    if name == "half-made":
        half_made(prefix)
    else:
        noted_env(sandbox, "3.12.1", "shop", sandbox.root / "gone")
        if name == "replacement":
            prefix.rename(prefix.with_name(".shop.before"))
            half_made(prefix)
    with FileLock(lock_of(prefix)):
        assert _found(sandbox, "--yes") == []
    assert [kind for kind, _, _ in _found(sandbox)] == [name]


def test_an_env_that_is_being_made(sandbox: Sandbox, newest: str) -> None:
    """R3: a real one, with a prune at each moment."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    making = sandbox.start("up", cwd=project)
    pruned = []
    while making.poll() is None:
        pruned += _found(sandbox, "--yes")
    assert making.wait() == 0, making.communicate()
    making.communicate()
    assert [each for each in pruned if each[2]] == []
    assert_works(sandbox.env(newest, "shop-venv"))


def test_a_second_clone(sandbox: Sandbox) -> None:
    """R3: a project in which `roost run` has used the env that another clone made is one of those that need it."""
    clones = [sandbox.project(name, "3.12.1", "shop") for name in ("one", "two")]
    noted_env(sandbox, "3.12.1", "shop", clones[0])
    assert sandbox.roost("run", "true", cwd=clones[1]).returncode == 0
    shutil.rmtree(clones[0])
    assert _found(sandbox) == []
    shutil.rmtree(clones[1])
    assert [kind for kind, _, _ in _found(sandbox)] == ["orphan"]


def test_finished_before_its_turn(sandbox: Sandbox, tmp_path: Path) -> None:
    """R3: looked at again under the lock; what was half-made when it was shown may be whole."""
    prefix = half_made(sandbox.env("3.12.1", "shop"))
    sandbox.fake_interpreter("3.12.1")
    patch = tmp_path / "patched.py"
    patch.write_text(
        "import sys, roost.jobs.prune as p\nlook = p.look\n"
        "def finished(directory, layout):\n"
        "    found = look(directory, layout)\n"
        "    import os\n"
        f"    os.chdir({str(prefix)!r}); os.unlink('.roost-building'); os.mkdir('bin'); os.symlink('/bin/sh', 'bin/python')\n"
        "    return found\n"
        "p.look = finished\nfrom roost.__main__ import main\nsys.exit(main())\n",
        encoding="ascii",
    )
    done = sandbox.run([sys.executable, patch, "prune", "--yes"])
    assert (done.returncode, done.stdout) == (0, f"kept {prefix}: another roost has removed it, or is working on it\n"), done.stderr
    assert (prefix / "lib").is_dir()


def _whole(sandbox: Sandbox, prefix: Path) -> None:
    shutil.copytree(prefix, prefix.with_name(".shop.before"), symlinks=True)


def _half(sandbox: Sandbox, prefix: Path) -> None:
    prefix.rename(prefix.with_name(".shop.before"))
    half_made(prefix)


def _missing(sandbox: Sandbox, prefix: Path) -> None:
    prefix.rename(prefix.with_name(".shop.before"))


@pytest.mark.parametrize("change", [_whole, _half, _missing])
def test_a_replacement_that_was_killed(sandbox: Sandbox, change: Callable[[Sandbox, Path], None]) -> None:
    """R3, E8: the old env goes if the new one is whole, and comes back if not: it may hold work."""
    project = sandbox.project("shop", "3.12.1", "shop")
    prefix = noted_env(sandbox, "3.12.1", "shop", project)
    (sandbox.versions / "shop").symlink_to(prefix)
    (prefix / "mine").touch()
    change(sandbox, prefix)
    assert [(kind, removed) for kind, _, removed in _found(sandbox, "--yes")] == [("replacement", True)]
    assert sorted(path.name for path in prefix.parent.iterdir()) == [".shop.lock", "shop"]
    assert (prefix / "mine").exists()
    assert (sandbox.versions / "shop").exists()


def test_what_a_killed_removal_left(sandbox: Sandbox, kernels: Path) -> None:
    """R2: whatever was gone by then, prune takes the rest."""
    prefix = noted_env(sandbox, "3.12.1", "shop", sandbox.project("shop", "3.12.1", "shop"))
    (prefix / ".roost-building").touch()
    for name in ("bin/python", ".roost.json", "pyvenv.cfg"):
        (prefix / name).unlink()
    (prefix / "work").mkdir()
    kernel = our_kernel(kernels, "shop", prefix)
    assert _found(sandbox, "--yes") == [("half-made", "pyenv/versions/3.12.1/envs/shop", True)]
    assert not any(os.path.lexists(path) for path in (prefix, kernel, lock_of(prefix)))


def test_one_that_cannot_go_stops_no_other(sandbox: Sandbox) -> None:
    """R3: the exit code is its own; the rest goes."""
    stuck = noted_env(sandbox, "3.12.1", "stuck", sandbox.root / "gone")
    free = noted_env(sandbox, "3.13.0", "free", sandbox.root / "gone")
    dangling = sandbox.versions / "lost"
    dangling.symlink_to(sandbox.env("3.12.1", "lost"))
    for place in (stuck, stuck.parent):
        place.chmod(0o555)
    try:
        done = sandbox.run(as_user([ROOST, "prune", "--yes"]))
        listed: dict[str, Any] = document(sandbox.run(as_user([ROOST, "prune", "--yes", "--json"])))
    finally:
        for place in (stuck, stuck.parent):
            place.chmod(0o755)
    assert done.returncode == 6
    assert done.stderr.startswith(f"roost: the env {stuck} was not removed: Permission denied; make ")
    assert done.stderr.count("\n") == 1
    assert (stuck.is_dir(), free.exists(), dangling.is_symlink()) == (True, False, False)
    (row,) = listed["found"]
    assert (row["removed"], row["error"]["code"], row["error"]["file"]) == (False, "env-not-removed", str(stuck))


def test_a_thousand_orphans(sandbox: Sandbox) -> None:
    for number in range(1000):
        noted_env(sandbox, f"3.12.{number % 30}", f"shop-{number}", sandbox.root / "gone")
    assert [removed for _, _, removed in _found(sandbox, "--yes")] == [True] * 1000
    assert document(sandbox.roost("list", "--json"))["envs"] == []


def test_no_store_at_all(sandbox: Sandbox) -> None:
    sandbox.versions.rmdir()
    assert _found(sandbox, "--yes") == []


def test_words_that_it_does_not_take(sandbox: Sandbox) -> None:
    assert sandbox.roost("prune", "shop").returncode == 2


def test_each_option_is_documented() -> None:
    """Spec C."""
    documented = (REPOSITORY / "docs" / "commands.md").read_text(encoding="utf-8")
    section = documented.partition("\n## `roost prune`\n")[2].partition("\n## ")[0]
    assert {option for option in COMMANDS["prune"].options if f"- `{option}" not in section} == set()
