"""What doctor looks at in the shell: the hook, start-up files, variables, PATH (W2, W3)."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from roost.jobs import setup
from roost.jobs.doctor.scene import Check, Scene
from roost.machine import hooks, installation, rc_files, startup_files
from roost.machine.files import is_project_file
from roost.machine.shells import UsersShell
from roost.rules import shell_findings, startup
from roost.rules.findings import Finding
from roost.rules.startup import Line


def checks(scene: Scene) -> Iterator[Check]:
    if scene.shell is not None:
        yield Check("the hook", partial(_hook, scene, scene.shell))
        yield Check("the start-up files", partial(_rc_files, scene.shell))
        yield Check("other activators", lambda: shell_findings.activators(scene.lines, scene.environ))
    yield Check("the roost on PATH", partial(_roost_on_path, scene))
    yield Check("variables", lambda: shell_findings.variables(scene.environ, scene.lines, scene.shell_name))
    yield Check("PATH", partial(_search_path, scene))


def _hook(scene: Scene, shell: UsersShell) -> Iterator[Finding]:
    kinds: dict[Line, set[str]] = {}
    words = {}
    for kind, lines in scene.startup.items():
        for line, word in startup.loads_of_hook(lines):
            kinds.setdefault(line, set()).add(kind)
            words[line] = word
    loadings = tuple(
        shell_findings.Loading(line, frozenset(of), _state(words[line], scene), rc_files.is_in_block(line.file, line.number)) for line, of in kinds.items()
    )
    read = {line.file for line in scene.lines}
    blocks = [path for path in shell.places if _has_block(path)]
    seen = shell_findings.Hook(
        shell.name,
        scene.loaded,
        scene.called,
        tuple(scene.startup),
        loadings,
        unread=tuple(path for path in blocks if Path(os.path.realpath(path)) not in read),
        stops=tuple(f"line {number} of {path}" for path in blocks for number in setup.leaving_lines(path)),
        login_file=sys.platform == "darwin" or shell.login_file is not None,
        disabled=scene.environ.get("ROOST_DISABLE") == "1",
    )
    yield from shell_findings.hook(seen)


def _state(word: str, scene: Scene) -> str:
    """Whose hook the line loads: the one of this roost, a file that is not there, or another one's."""
    path = startup_files.expanded(word, scene.environ) if word else None
    if path is None:
        return "ours"
    if not path.is_file():
        return "gone"
    return "ours" if hooks.is_ours(path, scene.shell_name) else "other"


def _has_block(path: Path) -> bool:
    try:
        return is_project_file(path) and rc_files.has_block(path)  # reading a FIFO would block for ever
    except OSError:
        return False  # another check says that it cannot be read


def _rc_files(shell: UsersShell) -> Iterator[Finding]:
    for path in dict.fromkeys(filter(None, [shell.places[0], shell.login_file])):
        yield from shell_findings.rc_file(_rc_file(path))


def _rc_file(path: Path) -> shell_findings.RcFile:
    if path.is_symlink() and not path.exists():
        return shell_findings.RcFile(path, False, dangling=os.readlink(path))
    directory = next(place for place in Path(os.path.realpath(path)).parents if place.exists())
    locked = None if os.access(directory, os.W_OK | os.X_OK) else directory
    return shell_findings.RcFile(path, not path.exists() or os.access(path, os.R_OK), locked=locked, own=directory.stat().st_uid == os.geteuid())


def _roost_on_path(scene: Scene) -> Iterator[Finding]:
    own, first = hooks.command(), shutil.which("roost", path=scene.layout.search_path)
    if first is not None and os.path.realpath(first) != os.path.realpath(own):
        yield shell_findings.another_roost(own, Path(first), installation.removal_of(Path(first)))


def _search_path(scene: Scene) -> Iterator[Finding]:
    active = scene.environ.get("VIRTUAL_ENV", "")
    if not active.startswith("/"):
        return
    env = Path(active)
    fields = [Path(field) for field in scene.environ.get("PATH", "").split(":") if field.startswith("/")]
    before = fields[: fields.index(env / "bin")] if env / "bin" in fields else fields
    with_python = tuple(place for place in before if any(os.access(place / name, os.X_OK) for name in ("python", "python3")))
    seen = shell_findings.SearchPath(env, env.is_dir(), with_python, scene.loaded)
    yield from shell_findings.search_path(seen, scene.layout.pyenv_root / "shims", scene.shell_name)
