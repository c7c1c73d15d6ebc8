"""``roost doctor``: what is wrong on this machine, and what corrects it. It looks, and changes nothing (W1)."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path
from typing import Final, NamedTuple

from roost.jobs import setup
from roost.jobs.kernel import check, remove
from roost.jobs.listing import Claims
from roost.jobs.observe import observe
from roost.jobs.status import problem_of, status
from roost.machine import (
    architectures,
    build_tools,
    env_records,
    env_removal,
    environments,
    git,
    hooks,
    interpreters,
    inventory,
    jupyter,
    kernelspecs,
    packages,
    pyenv,
    rc_files,
    shells,
    startup_files,
)
from roost.machine.files import is_project_file
from roost.machine.layout import Layout
from roost.machine.process import ProcessFailed, cores
from roost.machine.systems import this_system
from roost.rules import env_findings, findings, machine_findings, project_findings, shell_findings, startup
from roost.rules.env_findings import EnvSeen
from roost.rules.errors import WORK_TO_DO, InterpreterUnavailable, RoostError
from roost.rules.findings import Area, Finding, Level
from roost.rules.kernelspec import KernelState
from roost.rules.model import NAME_FILE, EnvState, Narrator, Problem, State, Store
from roost.rules.situation import Situation
from roost.rules.startup import Line

_PATIENCE: Final = 10.0  # seconds for an interpreter to answer
# What says that there is no project here is no trouble; kernels have a check of their own.
_NO_TROUBLE: Final = frozenset({"no-project", "no-env-here", "kernel-stale"})


class Check(NamedTuple):
    """One look, by itself: what goes wrong in it keeps no other from being made."""

    area: Area
    what: str
    look: Callable[[], Iterable[Finding]]


def doctor(directory: Path, layout: Layout, narrator: Narrator) -> list[Finding]:
    """Everything that is found, in the order of the areas."""
    checks = sorted(_checks(_Scene(directory, layout)), key=lambda each: list(Area).index(each.area))
    pool = ThreadPoolExecutor(cores() + 2)  # they mostly wait for a process
    found: list[Finding] = []
    try:
        for check, made in [(each, pool.submit(_made, each)) for each in checks]:
            narrator.detail(f"looking at {check.what}")
            found += made.result()
        return found
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def exit_code(found: Iterable[Finding]) -> int:
    """Is there something that has to be corrected?"""
    return WORK_TO_DO if any(each.level is Level.PROBLEM for each in found) else 0


def _made(each: Check) -> list[Finding]:
    try:
        return list(each.look())
    except Exception as error:  # noqa: BLE001 - whatever it is, the other checks count
        return [findings.check_failed(each.area, each.what, error)]


class _Scene:
    """What several checks look at."""

    def __init__(self, directory: Path, layout: Layout) -> None:
        self.directory = directory
        self.layout = layout
        self.environ = layout.environ
        self.system = this_system(layout)
        names = [shells.calling_shell(layout.environ), Path(layout.environ.get("SHELL", "")).name]
        self.shell = next((name for name in names if name in hooks.SHELLS), "")
        self.called = self.shell == names[0]
        self.loaded = bool(layout.environ.get("ROOST_HOOK"))

    @cached_property
    def situation(self) -> Situation | None:
        try:
            return observe(self.directory, self.layout)
        except RoostError:
            return None

    @cached_property
    def startup(self) -> dict[str, list[Line]]:
        """The lines that each kind of shell reads when it starts."""
        files = shells.startup_files(self.shell, self.environ) if self.shell else {}
        return {kind: startup_files.read(paths, self.environ) for kind, paths in files.items()}

    @cached_property
    def lines(self) -> list[Line]:
        """The same together, each once."""
        return list(dict.fromkeys(line for lines in self.startup.values() for line in lines))

    @cached_property
    def envs(self) -> list[EnvSeen]:
        envs = [*inventory.envs(self.layout), *inventory.envs_behind_links(self.layout)]
        claims, here = Claims(envs, self.layout), self.situation
        seen = []
        for env in envs:
            users = claims.named_by(env, inventory.noted_projects(environments.read_note(env.prefix)))
            if here is not None and here.env is not None and here.env.prefix == env.prefix:
                users = (*users, here.project.root)
            different = {os.path.realpath(user): user for user in reversed(users)}
            seen.append(EnvSeen(env, inventory.made_by_roost(env.prefix), tuple(reversed(different.values()))))
        return seen

    @cached_property
    def interpreters(self) -> list[str]:
        """The versions of pyenv's that have an env, or that the project here uses."""
        wanted = {seen.env.version for seen in self.envs}
        if self.situation is not None and self.situation.env is not None:
            wanted.add(self.situation.env.version)
        return [version for version in environments.interpreters(self.layout.pyenv_store) if version in wanted]


def _checks(scene: _Scene) -> Iterator[Check]:
    yield Check(Area.MACHINE, "pyenv", partial(_pyenv, scene))
    yield Check(Area.MACHINE, "what a build of Python needs", partial(_prerequisites, scene))
    if sys.platform == "darwin":
        yield Check(Area.MACHINE, "the kinds of processor", partial(_rosetta, scene))
    try:
        versions = scene.interpreters
    except Exception as error:  # noqa: BLE001 - as above
        yield Check(Area.MACHINE, "the interpreters", partial(_failed, error))
        versions = []
    for version in versions:
        yield Check(Area.MACHINE, f"Python {version}", partial(_modules, scene, version))
    if scene.shell:
        yield Check(Area.SHELL, "the hook", partial(_hook, scene))
        yield Check(Area.SHELL, "the start-up files", partial(_rc_files, scene))
        yield Check(Area.SHELL, "other activators", lambda: shell_findings.activators(scene.lines, scene.environ))
    yield Check(Area.SHELL, "the roost on PATH", partial(_roost_on_path, scene))
    yield Check(Area.SHELL, "variables", lambda: shell_findings.variables(scene.environ, scene.lines, scene.shell))
    yield Check(Area.SHELL, "PATH", partial(_search_path, scene))
    yield Check(Area.ENVS, "the envs", partial(_envs, scene))
    yield Check(Area.ENVS, "shared envs", partial(_shared, scene))
    yield Check(Area.ENVS, "kernels", partial(_kernels, scene))
    yield Check(Area.PROJECT, "the project here", partial(_project, scene))
    yield Check(Area.PROJECT, "direnv", partial(_direnv, scene))
    yield Check(Area.PROJECT, "what git ignores", partial(_ignored, scene))


def _failed(error: Exception) -> Iterator[Finding]:
    raise error


# --- machine ----------------------------------------------------------------------------------------------------


def _pyenv(scene: _Scene) -> Iterator[Finding]:
    layout = scene.layout
    root = layout.pyenv_root
    kind = "directory" if root.is_dir() else "other" if os.path.lexists(root) else ""
    try:
        lock: float | None = time.time() - os.lstat(root / "shims" / ".pyenv-shim").st_mtime
    except OSError:
        lock = None
    on_path = shutil.which("pyenv", path=scene.environ.get("PATH", "")) is not None
    yield from machine_findings.pyenv(
        machine_findings.Pyenv(root, kind, layout.pyenv, on_path, lock, named="PYENV_ROOT" in scene.environ), scene.system, scene.shell
    )


def _prerequisites(scene: _Scene) -> Iterator[Finding]:
    layout = scene.layout
    if layout.pyenv is None:
        return  # then nothing is built here
    yield from machine_findings.build_prerequisites(
        build_tools.missing_programs(layout.search_path),
        build_tools.missing_libraries(scene.system, layout.search_path, build_tools.include_directories(scene.environ)),
        scene.system,
        compiler=build_tools.has_compiler(layout.search_path),
        tools=scene.system.platform == "darwin" and build_tools.lacks_command_line_tools(scene.environ),
    )


def _rosetta(scene: _Scene) -> Iterator[Finding]:
    if not architectures.is_apple_silicon(scene.environ):
        return
    brew = shutil.which("brew", path=scene.layout.search_path)
    pythons = [(version, scene.layout.pyenv_store.interpreter(version)) for version in scene.interpreters]
    seen = machine_findings.Mixture(
        # Started from a shell that is not translated, a program for both kinds runs as Apple's.
        shell=platform.machine() == "x86_64" and "arm64" in architectures.of_program(Path(sys.executable)),
        brew=Path(brew) if brew and os.path.realpath(brew).startswith("/usr/local/") else None,
        interpreters=tuple((version, python) for version, python in pythons if architectures.of_program(python) == {"x86_64"}),
    )
    yield from machine_findings.rosetta(seen)


def _modules(scene: _Scene, version: str) -> Iterator[Finding]:
    executable = scene.layout.pyenv_store.interpreter(version)
    try:
        missing = interpreters.modules_without(executable, scene.environ, _PATIENCE)
    except ProcessFailed as error:
        yield machine_findings.does_not_run(version, executable, error.reason)
    else:
        yield from machine_findings.modules(version, executable, missing, scene.system)


# --- shell ------------------------------------------------------------------------------------------------------


def _hook(scene: _Scene) -> Iterator[Finding]:
    shell, environ = scene.shell, scene.environ
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
    blocks = [path for path in setup.places_of(shell, environ) if _has_block(path)]
    seen = shell_findings.Hook(
        shell,
        scene.loaded,
        scene.called,
        tuple(scene.startup),
        loadings,
        unread=tuple(path for path in blocks if Path(os.path.realpath(path)) not in read),
        stops=tuple(f"line {number} of {path}" for path in blocks for number in setup.leaving_lines(path)),
        login_file=sys.platform == "darwin" or shells.bash_login_file(environ) is not None,
        disabled=environ.get("ROOST_DISABLE") == "1",
    )
    yield from shell_findings.hook(seen)


def _state(word: str, scene: _Scene) -> str:
    """Whose hook the line loads: the one of this roost, a file that is not there, or another one's."""
    path = startup_files.expanded(word, scene.environ) if word else None
    if path is None:
        return "ours"
    if not path.is_file():
        return "gone"
    return "ours" if hooks.is_ours(path, scene.shell) else "other"


def _has_block(path: Path) -> bool:
    try:
        return is_project_file(path) and rc_files.has_block(path)  # reading a FIFO would block for ever
    except OSError:
        return False  # another check says that it cannot be read


def _rc_files(scene: _Scene) -> Iterator[Finding]:
    first = setup.places_of(scene.shell, scene.environ)[0]
    login = shells.bash_login_file(scene.environ) if scene.shell == "bash" else None
    for path in dict.fromkeys(filter(None, [first, login])):
        yield from shell_findings.rc_file(_rc_file(path))


def _rc_file(path: Path) -> shell_findings.RcFile:
    if path.is_symlink() and not path.exists():
        return shell_findings.RcFile(path, False, dangling=os.readlink(path))
    directory = next(place for place in Path(os.path.realpath(path)).parents if place.exists())
    locked = None if os.access(directory, os.W_OK | os.X_OK) else directory
    return shell_findings.RcFile(path, not path.exists() or os.access(path, os.R_OK), locked=locked, own=directory.stat().st_uid == os.geteuid())


def _roost_on_path(scene: _Scene) -> Iterator[Finding]:
    own, first = hooks.command(), shutil.which("roost", path=scene.layout.search_path)
    if first is not None and os.path.realpath(first) != os.path.realpath(own):
        yield shell_findings.another_roost(own, Path(first))


def _search_path(scene: _Scene) -> Iterator[Finding]:
    active = scene.environ.get("VIRTUAL_ENV", "")
    if not active.startswith("/"):
        return
    env = Path(active)
    fields = [Path(field) for field in scene.environ.get("PATH", "").split(":") if field.startswith("/")]
    before = fields[: fields.index(env / "bin")] if env / "bin" in fields else fields
    with_python = tuple(place for place in before if any(os.access(place / name, os.X_OK) for name in ("python", "python3")))
    seen = shell_findings.SearchPath(env, env.is_dir(), with_python, scene.loaded)
    yield from shell_findings.search_path(seen, scene.layout.pyenv_root / "shims", scene.shell)


# --- envs -------------------------------------------------------------------------------------------------------


def _envs(scene: _Scene) -> Iterator[Finding]:
    here = scene.situation.env if scene.situation is not None else None
    for seen in scene.envs:
        if seen.env == here and seen.env.state is not EnvState.READY:
            continue  # the look at the project tells it
        yield from env_findings.env(_looked_into(seen, scene.layout.pyenv_store))


def _looked_into(seen: EnvSeen, store: Store) -> EnvSeen:
    """The env with what its own files say. ``store``: pyenv's, where an env belongs to the interpreter that it lies below."""
    prefix, version = seen.env.prefix, seen.env.version
    recorded = env_records.recorded_elsewhere(prefix)
    if seen.env.state is not EnvState.READY:
        return seen._replace(recorded=recorded, held=env_removal.is_held(prefix))
    named = version and prefix == store.env(version, seen.env.name) and environments.is_interpreter(store.path / version)
    home = env_records.made_from_elsewhere(prefix, store.path / version) if named else None
    return seen._replace(recorded=recorded, version=environments.python_version(prefix), home=home)


def _shared(scene: _Scene) -> Iterator[Finding]:
    for seen in scene.envs:
        files = {user: user / NAME_FILE for user in seen.users if is_project_file(user / NAME_FILE)}
        apart = {user: leads for user in seen.users if (leads := _leads_elsewhere(user, seen))}
        for user, leads in apart.items():
            yield env_findings.editable(seen.env, user, files.get(user), leads)
        if not apart:
            yield from env_findings.shared(seen.env, seen.users, list(files.values()))


def _leads_elsewhere(project: Path, seen: EnvSeen) -> dict[str, Path]:
    """The packages that the env imports from another worktree of the project's repository."""
    own = git.worktree_of(project)
    if own is None or not (own.repository / "worktrees").is_dir():
        return {}
    found = ((name, place, git.worktree_of(place)) for name, place in packages.editables(seen.env.prefix).items())
    return {name: place for name, place, tree in found if tree is not None and tree.repository == own.repository and not _same(tree.top, own.top)}


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _kernels(scene: _Scene) -> Iterator[Finding]:
    for kernel in map(kernelspecs.judged, kernelspecs.scan(jupyter.directory_of(scene.layout))):
        if kernel.state is not KernelState.OK:
            yield env_findings.kernel(kernel, *check.remedy(kernel), remove.unmounted(kernel) if kernel.mark else None)


# --- project ----------------------------------------------------------------------------------------------------


def _project(scene: _Scene) -> Iterator[Finding]:
    answer = status(scene.directory, scene.layout)
    problems: Sequence[Problem] = [each for each in answer.problems if each.code not in _NO_TROUBLE]
    if answer.state is State.INTERPRETER_MISSING and answer.situation is not None and answer.source == "pyenv" and scene.layout.pyenv is not None:
        project = answer.situation.project
        try:
            pyenv.newest_known(project.request, scene.layout, project.version_file)
        except InterpreterUnavailable as error:
            problems = [problem_of(error), *problems[1:]]
    yield from project_findings.project(problems)


def _direnv(scene: _Scene) -> Iterator[Finding]:
    if scene.situation is None or shutil.which("direnv", path=scene.environ.get("PATH", "")) is None:
        return
    root = scene.situation.project.root
    for place in (scene.directory, *scene.directory.parents):
        if is_project_file(place / ".envrc"):
            yield from map(project_findings.direnv_layout, startup.layouts(startup_files.read_one(place / ".envrc")))
            return
        if place == root:
            return


def _ignored(scene: _Scene) -> Iterator[Finding]:
    project = scene.situation.project if scene.situation is not None else None
    tree = git.worktree_of(project.root) if project is not None else None
    if project is not None and tree is not None:
        # A version file above the repository, as in the home directory, is not the project's to commit.
        for path in dict.fromkeys([project.version_file, project.name_file]):
            found = git.ignored(path.parent, [path.name], scene.layout) if path.is_relative_to(tree.top) else []
            # Whoever ignores a directory as a whole means it.
            if [each.name for each in found] == [path.name]:
                yield project_findings.ignored(path, found[0].why)
