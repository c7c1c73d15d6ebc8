"""What ``roost doctor`` finds, in words: from what was seen to what is wrong, where, why it matters and what corrects it (W1)."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from roost.rules import startup
from roost.rules.errors import RoostError, to_type
from roost.rules.kernelspec import Kernel
from roost.rules.model import NAME_FILE, NAME_LIMIT, Env, EnvState, Problem
from roost.rules.pins import is_env_name
from roost.rules.startup import Line
from roost.rules.system_packages import COMPILER, LIBRARIES, TOOLS, Package, System, how_to_install_all
from roost.rules.versions import numbers

_INSTALL_PYENV: Final = "install pyenv: https://github.com/pyenv/pyenv#installation"
_OFF: Final = frozenset({"", "0", "no", "n", "f", "false", "off"})  # to pip


class Area(str, enum.Enum):
    """What a finding is about, in the order in which they are shown."""

    MACHINE = "machine"
    SHELL = "shell"
    ENVS = "envs"
    PROJECT = "project"


class Level(str, enum.Enum):
    """Does something have to be corrected, or is it only good to know?"""

    PROBLEM = "problem"
    NOTICE = "notice"


class Finding(NamedTuple):
    """``message``: what, and where if ``file`` does not say it; ``why`` it matters; ``command`` can be typed as it stands, ``advice`` is a sentence."""

    area: Area
    level: Level
    code: str
    message: str
    why: str
    command: str = ""
    advice: str = ""
    file: str | None = None


def check_failed(area: Area, what: str, error: Exception) -> Finding:
    """A check that could not be made: what it would have found, nobody knows."""
    if isinstance(error, RoostError):
        return Finding(area, Level.NOTICE, "check-failed", f"{what}: {error.message}", "so this was not checked", error.command, error.advice, error.file)
    message = f"{what} could not be checked: {type(error).__name__}: {error}"
    return Finding(area, Level.NOTICE, "check-failed", message, "so nothing can be said about it", advice="remove that cause, or report it")


# --- machine ----------------------------------------------------------------------------------------------------


class Pyenv(NamedTuple):
    """``root``: $PYENV_ROOT or its default, and what is there: ``directory``, ``other`` or nothing. ``command``: None without a pyenv.

    ``lock``: how old the file is that pyenv holds while it writes its shims; None without one. ``named``: is the variable set?
    """

    root: Path
    kind: str
    command: Path | None
    on_path: bool
    lock: float | None = None
    named: bool = False


def pyenv(seen: Pyenv, system: System, shell: str) -> Iterator[Finding]:
    """pyenv itself: there, on PATH, and not waiting for anything."""
    if seen.kind == "other":
        what = "PYENV_ROOT" if seen.named else "the place of pyenv"
        command = unset("PYENV_ROOT", shell) if seen.named else to_type("mv", seen.root, f"{seen.root}.old")
        why = "pyenv and roost find no interpreter below it"
        yield Finding(Area.MACHINE, Level.PROBLEM, "pyenv-root-invalid", f"{what} is no directory", why, command, file=str(seen.root))
    elif seen.command is None:
        command = "brew install pyenv" if system.manager == "brew" else ""
        if not command and not seen.kind:
            command = to_type("git", "clone", "https://github.com/pyenv/pyenv", seen.root)
        why = "roost installs no interpreter without it, and works with those that are here"
        yield Finding(Area.MACHINE, Level.NOTICE, "pyenv-missing", "there is no pyenv", why, command, "" if command else _INSTALL_PYENV)
    elif not seen.on_path:
        message = "pyenv is not on PATH; if you can type it, it is a function that loads it later"
        why = "scripts, editors and make do not find it; roost does"
        command, advice = prepend(seen.command.parent, shell), "and put that line into your start-up file"
        yield Finding(Area.MACHINE, Level.NOTICE, "pyenv-not-on-path", message, why, command, advice, str(seen.command))
    if seen.lock is not None and seen.lock > 60:
        path = seen.root / "shims" / ".pyenv-shim"
        why = "a pyenv was killed; each new shell with `pyenv init` waits a minute for it"
        yield Finding(Area.MACHINE, Level.PROBLEM, "pyenv-lock", "pyenv's lock was left behind", why, to_type("rm", path), file=str(path))


def build_prerequisites(programs: Sequence[str], libraries: Sequence[str], system: System, *, compiler: bool, tools: bool) -> Iterator[Finding]:
    """What a build of Python would lack. ``tools``: are Xcode's command line tools missing?"""
    if tools:
        why = "without a compiler no interpreter can be built"
        yield Finding(Area.MACHINE, Level.NOTICE, "command-line-tools", "Xcode's command line tools are missing", why, "xcode-select --install")
    missing: list[Package] = [COMPILER] if not compiler and not tools else []
    missing += [TOOLS[name] for name in programs] + [LIBRARIES[module] for module in libraries]
    if missing:
        command, advice = how_to_install_all(missing, system)
        message = f"for a build of Python this is missing: {', '.join(package.title for package in missing)}"
        why = "the next `pyenv install` fails, or leaves modules out"
        yield Finding(Area.MACHINE, Level.NOTICE, "build-prerequisites", message, why, command, advice)


class Mixture(NamedTuple):
    """What on a Mac with an Apple processor is built for an Intel one. ``interpreters``: by version. ``brew``: its place."""

    shell: bool
    brew: Path | None
    interpreters: tuple[tuple[str, Path], ...]


def rosetta(seen: Mixture) -> Iterator[Finding]:
    """Programs for two kinds of processor: libraries of the one cannot be linked into the other."""
    if seen.shell:
        why = "interpreters are built for Intel's processors here, and do not find Homebrew's libraries in /opt/homebrew"
        advice = "in the terminal's settings, turn Rosetta off"
        yield Finding(Area.MACHINE, Level.PROBLEM, "rosetta-shell", "this shell runs under Rosetta", why, "exec arch -arm64 $SHELL", advice)
    elif seen.brew is not None:
        why = "an interpreter that is built here finds no library that suits it"
        advice = "install Homebrew for Apple's processors: https://brew.sh, and put /opt/homebrew/bin first on PATH"
        yield Finding(Area.MACHINE, Level.PROBLEM, "rosetta-brew", "this Homebrew is the one for Intel's processors", why, advice=advice, file=str(seen.brew))
    for version, path in seen.interpreters:
        message = f"Python {version} is built for Intel's processors"
        why = "it runs under Rosetta: slowly, and without packages that are built for Apple's"
        yield Finding(Area.MACHINE, Level.NOTICE, "rosetta-interpreter", message, why, to_type("pyenv", "install", "--force", version), file=str(path))


def modules(version: str, executable: Path, missing: Sequence[str], system: System) -> Iterator[Finding]:
    """An interpreter of pyenv's that was built without some of its modules."""
    if missing:
        install, advice = how_to_install_all([LIBRARIES[module] for module in missing], system)
        again = to_type("pyenv", "install", "--force", version)
        command = f"{install} && {again}" if install else ""
        advice = f"{advice}, then type: {again}" if advice else ""
        why = "pip needs ssl and zlib, notebooks need sqlite3; the libraries were missing when it was built"
        message = f"Python {version} has no {', '.join(missing)}"
        yield Finding(Area.MACHINE, Level.PROBLEM, "modules-missing", message, why, command, advice, str(executable))


def does_not_run(version: str, executable: Path, reason: str) -> Finding:
    """An interpreter of pyenv's that is there and cannot be started."""
    why = "no env of it works"
    message = f"Python {version} does not run: {reason}"
    return Finding(Area.MACHINE, Level.PROBLEM, "interpreter-broken", message, why, to_type("pyenv", "install", "--force", version), file=str(executable))


# --- shell ------------------------------------------------------------------------------------------------------


class Loading(NamedTuple):
    """A line that loads the hook. ``kinds``: which shells read it.

    ``state``: ``ours``, ``gone`` if the file that it names is not there, or ``other`` if that is another roost's.
    """

    line: Line
    kinds: frozenset[str]
    state: str
    in_block: bool = False


class Hook(NamedTuple):
    """What was seen of the hook. ``loaded``: in the shell that called. ``called``: was that shell asked, or is it just $SHELL?

    ``unread``: files with our block that no such shell reads. ``stops``: places before the block where an rc file may end.
    ``login_file``: what a login bash reads; None if there is none, or one can be made.
    """

    shell: str
    loaded: bool
    called: bool
    kinds: tuple[str, ...]
    loadings: tuple[Loading, ...]
    unread: tuple[Path, ...] = ()
    stops: tuple[str, ...] = ()
    login_file: bool = True
    disabled: bool = False


def hook(seen: Hook) -> Iterator[Finding]:
    """Is the hook in this shell, and in every other that one will open?"""
    setup, shell = f"roost setup {seen.shell}", seen.shell
    working = [each for each in seen.loadings if each.state != "gone"]
    gone = [each for each in seen.loadings if each.state == "gone"]
    skipped = list(_skipped(seen, working))
    silent = "no env goes on or off by itself"
    if gone and not working:
        message = f"the hook that {gone[0].line.place} loads is not there any more"
        yield _shell("hook-gone", message, f"roost has moved, and {silent}", setup, gone[0].line.file)
    elif not working and not seen.loaded:
        beside = f"; it is in {', '.join(map(str, seen.unread))}, which this {shell} does not read" if seen.unread else ""
        level = Level.PROBLEM if seen.called else Level.NOTICE
        yield _shell("hook-missing", f"the hook is not loaded in {shell}{beside}", silent, setup, level=level)
    elif not seen.loaded and seen.stops:
        message = f"the hook is not loaded in this {shell}: it may stop at {' or '.join(seen.stops)}"
        yield Finding(Area.SHELL, Level.PROBLEM, "hook-not-reached", message, silent, advice="move the hook's block up, before that")
    elif not seen.loaded and seen.called and not skipped:
        message = f"the hook is not loaded in this {shell}, although {working[0].line.file} loads it"
        why = f"if this shell is older than that, {silent}; a script, and a roost called by its path, know no hook"
        yield _shell("hook-not-here", message, why, f"exec {shell}", level=Level.NOTICE)
    yield from skipped
    for each in working:
        if each.state == "other":
            command = setup if each.in_block else " && ".join(filter(None, [startup.taken_out(each.line), setup]))
            yield _shell("hook-other", f"{each.line.place} loads the hook of another roost", "two versions need not agree", command, each.line.file)
    for kind in seen.kinds:
        here = [each for each in working if kind in each.kinds]
        if len(here) > 1:
            extra = next((each for each in reversed(here) if not each.in_block), here[-1]).line
            message = f"the hook is loaded twice, the second time by {extra.place}"
            yield _shell("hook-twice", message, "it costs each new shell its time twice", startup.taken_out(extra), extra.file, level=Level.NOTICE)
            break
    if seen.disabled:
        yield _shell("hook-disabled", "ROOST_DISABLE is 1", f"{silent}, because the hook does nothing", unset("ROOST_DISABLE", shell), level=Level.NOTICE)


def _skipped(seen: Hook, working: Sequence[Loading]) -> Iterator[Finding]:
    for kind in seen.kinds:
        if working and not any(kind in each.kinds for each in working):
            shells, line = f"a {kind} {seen.shell}", working[0].line
            message = f"{line.file} loads the hook, and {shells} does not read that file"
            where = "macOS, tmux and ssh start login shells" if kind == "login" else "terminals on Linux and most editors start no login shell"
            why = f"no env goes on or off there: {where}"
            if seen.login_file or kind != "login":
                yield _shell("hook-skipped", message, why, f"roost setup {seen.shell}", line.file)
            else:
                command = "echo '. ~/.bashrc' >> ~/.bash_profile"
                yield _shell("hook-skipped", message, why, command, line.file, level=Level.NOTICE)


def another_roost(own: Path, other: Path) -> Finding:
    """Two programs of that name: the hook starts the one, scripts and `pyenv roost` the other."""
    message = f"this roost is {own}, and the first on PATH is another: {other}"
    why = "the hook and your scripts use two versions"
    return _shell("roost-elsewhere", message, why, "", other, level=Level.NOTICE, advice="uninstall one of them, as with: pipx uninstall pyenv-roost")


def activators(lines: Sequence[Line], environ: Mapping[str, str]) -> Iterator[Finding]:
    """What else turns envs on and off in this shell."""
    why = "it turns off what roost turns on, or the other way round, and makes each prompt slower"
    found = startup.activators(lines)
    for each in found:
        advice = "" if each.command else "take it out of that file"
        message = f"{each.line.place} starts another activator: {each.name}"
        yield _shell("second-activator", message, why, each.command, each.line.file, advice=advice)
    for name, variable in (("pyenv virtualenv-init", "PYENV_VIRTUALENV_INIT"), ("zsh-autoswitch-virtualenv", "AUTOSWITCH_VERSION")):
        if environ.get(variable) and all(each.name != name for each in found):
            message = f"{variable} is set: {name} was started in this shell, or in one above it"
            advice = "take it out of your start-up files if it is in one, and open a new terminal"
            yield _shell("second-activator-here", message, why, "", level=Level.NOTICE, advice=advice)


def variables(environ: Mapping[str, str], lines: Sequence[Line], shell: str) -> Iterator[Finding]:
    """Variables that lead Python or pip to another place than the env; also those that a start-up file sets."""
    for name, level, why in (
        ("PIP_USER", Level.PROBLEM, "pip refuses to install into an env with it"),
        ("PIP_TARGET", Level.PROBLEM, "pip installs into that directory instead of the env"),
        ("PYTHONHOME", Level.PROBLEM, "most Pythons do not start with it"),
        ("PYTHONPATH", Level.NOTICE, "every Python imports from there first, in every env; roost itself does not"),
        ("PIP_REQUIRE_VIRTUALENV", Level.NOTICE, "pip refuses to work outside of an env; roost is not affected"),
    ):
        value, set_by = environ.get(name, ""), startup.settings_of(name, lines)
        if (value.lower() in _OFF if name.startswith("PIP_") and name != "PIP_TARGET" else not value) and not set_by:
            continue
        where = f" by {set_by[0].place}" if set_by else ""
        commands = [startup.taken_out(set_by[0])] if set_by else []
        commands += [unset(name, shell)] if value else []
        yield _shell("variable-set", f"{name} is set{where}", why, " && ".join(filter(None, commands)), set_by[0].file if set_by else None, level=level)


class SearchPath(NamedTuple):
    """``env``: $VIRTUAL_ENV. ``before``: the directories before its bin that hold a python; all of PATH's if its bin is not there. ``loaded``: is the hook?"""

    env: Path
    is_there: bool
    before: tuple[Path, ...]
    loaded: bool


def search_path(seen: SearchPath, shims: Path, shell: str) -> Iterator[Finding]:
    """The active env: is it there, and does `python` mean its own?"""
    if not seen.is_there:
        why = "prompts, editors and pip take it for the env that is active"
        yield _shell("virtual-env-gone", "VIRTUAL_ENV leads to nothing", why, unset("VIRTUAL_ENV", shell), seen.env)
    elif seen.before:
        first = seen.before[0]
        what = "pyenv's shims stand" if first == shims else f"{first} stands"
        command = "roost activate" if seen.loaded else prepend(seen.env / "bin", shell)
        message = f"{what} before the active env {seen.env} on PATH"
        yield _shell("path-order", message, "`python` and `pip` are not the env's", command, first)


class RcFile(NamedTuple):
    """A start-up file of the user's. ``dangling``: where its link leads to, which is not there. ``locked``: the directory that keeps it from being changed."""

    path: Path
    readable: bool
    dangling: str = ""
    locked: Path | None = None
    own: bool = True


def rc_file(seen: RcFile) -> Iterator[Finding]:
    """Can the shell read its file, and can `roost setup` change it?"""
    if seen.dangling:
        message = f"{seen.path} is a link to {seen.dangling}, which leads nowhere"
        why = "the shell starts without it, and `roost setup` cannot write to it"
        yield _shell("rc-dangling", message, why, to_type("rm", seen.path), seen.path, advice="or bring back what it leads to")
    elif not seen.readable:
        yield _shell("rc-unreadable", f"{seen.path} cannot be read", "the shell starts without it", to_type("chmod", "u+r", seen.path), seen.path)
    elif seen.locked is not None:
        command = to_type("chmod", "u+wx", seen.locked) if seen.own else ""
        advice = "" if command else f"make {seen.locked} writable for you, or put the hook in by hand"
        message = f"{seen.path} cannot be changed: you may not write to {seen.locked}"
        yield _shell("rc-locked", message, "`roost setup` cannot bring the hook up to date", command, seen.path, level=Level.NOTICE, advice=advice)


def _shell(code: str, message: str, why: str, command: str, file: Path | None = None, *, level: Level = Level.PROBLEM, advice: str = "") -> Finding:
    return Finding(Area.SHELL, level, code, message, why, command, advice, None if file is None else str(file))


# --- envs -------------------------------------------------------------------------------------------------------


class EnvSeen(NamedTuple):
    """``users``: the projects that ask for the env. ``recorded``: another place that its files name. ``home``: where it was made from, if that is elsewhere.

    ``version``: of its Python, by its own words. ``held``: is a roost at work on it?
    """

    env: Env
    by_roost: bool
    users: tuple[Path, ...] = ()
    recorded: Path | None = None
    home: Path | None = None
    version: str = ""
    held: bool = False


def env(seen: EnvSeen) -> Iterator[Finding]:
    """Does the env work, where it lies and as what it is called?"""
    what, prefix = f"the env {seen.env.label}", seen.env.prefix
    if seen.held:
        return
    if seen.env.state is EnvState.INCOMPLETE:
        command = to_type("roost", "up", seen.users[0]) if seen.users else "roost prune --yes" if seen.by_roost else _remove(seen)
        yield _env("env-incomplete", f"{what} is half-made", "no shell turns it on, and `pyenv virtualenvs` stops at it", command, prefix)
    elif seen.env.state is EnvState.BROKEN:
        moved = f", and it was moved: its scripts were written for {seen.recorded}" if seen.recorded else ""
        yield _again(seen, "env-broken", f"{what} is broken: its Python is gone{moved}", "no shell turns it on")
    elif seen.recorded is not None:
        message = f"{what} was moved or copied: its scripts were written for {seen.recorded}"
        yield _again(seen, "env-moved", message, "its pip installs into that other place, or does not start")
    elif wrong := _unlike(seen):
        yield _again(
            seen, "env-other-interpreter", f"{what} was made from another interpreter: {wrong}", "the project does not get the Python that it asks for"
        )


def _unlike(seen: EnvSeen) -> str:
    named, real = numbers(seen.env.version), numbers(seen.version)
    common = min(len(named), len(real))
    if named[:common] != real[:common]:
        return f"its Python is {seen.version}"
    return str(seen.home) if seen.home is not None else ""


def _again(seen: EnvSeen, code: str, message: str, why: str) -> Finding:
    if seen.users:
        return _env(code, message, why, to_type("roost", "up", "--recreate", seen.users[0]), seen.env.prefix)
    return _env(code, message, why, _remove(seen), seen.env.prefix, advice="or, to have it made again, in its project: roost up --recreate")


def _remove(seen: EnvSeen) -> str:
    return to_type("roost", "remove", *([] if seen.by_roost else ["--force"]), seen.env.prefix)


def _env(code: str, message: str, why: str, command: str, file: Path, *, level: Level = Level.PROBLEM, advice: str = "") -> Finding:
    return Finding(Area.ENVS, level, code, message, why, command, advice, str(file))


def shared(env: Env, users: Sequence[Path], files: Sequence[Path]) -> Iterator[Finding]:
    """Several projects with one env. ``files``: their .python-virtualenv, where they have one."""
    if len(users) > 1:
        message = f"{len(users)} projects share the env {env.label}: {', '.join(map(str, users))}"
        why = "what one of them installs, the others get too"
        file = files[-1] if files else None
        yield _env("env-shared", message, why, *_own_name(env, file), level=Level.NOTICE)


def editable(env: Env, project: Path, file: Path | None, leads: Mapping[str, Path]) -> Iterator[Finding]:
    """A worktree whose env imports the code of another one. ``leads``: the packages that are installed from there."""
    if leads:
        name, place = next(iter(leads.items()))
        message = f"in {project}, {name} is imported from another worktree: {place}"
        command, _ = _own_name(env, file)
        why = f"the env {env.label} has it as an editable install, so you work with the other code"
        yield _env("editable-elsewhere", message, why, command, project, advice="and install the project there")


def _own_name(env: Env, file: Path | None) -> tuple[str, Path]:
    """The command that gives a project an env of its own."""
    if file is None:
        return "", env.prefix
    project = file.parent
    name = f"{re.sub(r'[^A-Za-z0-9._-]', '-', project.name).strip('._-')[: NAME_LIMIT - 5]}-venv"
    if name == env.name or not is_env_name(name.encode()):
        name = f"{env.name[: NAME_LIMIT - 2]}-2"
    return f"echo {name} > {to_type(file)} && {to_type('roost', 'up', project)}", env.prefix


def kernel(seen: Kernel, command: str, advice: str, away: Path | None) -> Finding:
    """A Jupyter kernel that cannot start. ``away``: what is not mounted, if that is why."""
    message, why = f"the kernel {seen.name} is {seen.state.value}: {seen.reason}", "it is in Jupyter's menus, and notebooks do not start with it"
    if away is not None:
        command, advice = "", f"mount {away}, if it is on a disk"
    level = Level.PROBLEM if seen.mark and not away else Level.NOTICE
    return _env(f"kernel-{seen.state.value}", message, why, command, seen.path, level=level, advice=advice)


# --- project ----------------------------------------------------------------------------------------------------


# What ``roost status`` says of a project that is ready, too.
_SURPRISES: Final = {
    "newer-interpreter": "what was corrected in that release is not in this env",
    "pyenv-version-set": "pyenv and its shims follow that variable, roost does not",
    "other-env-active": "`python` and `pip` are that env's here",
}


def project(problems: Iterable[Problem]) -> Iterator[Finding]:
    """What ``roost status`` says here."""
    for each in problems:
        why = _SURPRISES.get(each.code)
        level = Level.NOTICE if why else Level.PROBLEM
        yield Finding(Area.PROJECT, level, each.code, each.message, why or "the project's env cannot be turned on", each.command, each.advice, each.file)


def ignored(file: Path, why_ignored: str) -> Finding:
    """A project file that git leaves out, as GitHub's own template for Python once did."""
    command = f"printf '\\n!{file.name}\\n' >> {to_type(file.parent / '.gitignore')}"
    why = "who clones the project does not get it, and has no env"
    return Finding(Area.PROJECT, Level.PROBLEM, "file-ignored", f"git ignores {file.name} ({why_ignored})", why, command, file=str(file))


def direnv_layout(line: Line) -> Finding:
    """direnv makes and turns on an env of its own here. To have it trust the rest of the file is no advice to give."""
    command = startup.taken_out(line)
    message = f"{line.place} has direnv turn on an env of its own"
    why = f"it takes the place of the one that {NAME_FILE} names"
    advice = "direnv then asks you about the rest of the file" if command else "take it out of that file"
    return Finding(Area.PROJECT, Level.PROBLEM, "second-activator", message, why, command, advice, str(line.file))


# --- commands for this shell ------------------------------------------------------------------------------------


def unset(name: str, shell: str) -> str:
    return f"set -e {name}" if shell == "fish" else f"unset {name}"


def prepend(directory: Path, shell: str) -> str:
    """Puts a directory in front of PATH."""
    return f"set -gx PATH {to_type(directory)} $PATH" if shell == "fish" else f'export PATH={to_type(directory)}:"$PATH"'
