"""Words for what ``roost doctor`` finds in the shell: the hook, other activators, variables, PATH."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from roost.rules import startup
from roost.rules.errors import to_type
from roost.rules.findings import Area, Finding, Level, prepend, unset
from roost.rules.startup import Line

_SILENT: Final = "no env is activated or deactivated automatically"
_OFF: Final = frozenset({"", "0", "no", "n", "f", "false", "off"})  # to pip


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
    working = [each for each in seen.loadings if each.state != "gone"]
    skipped = list(_skipped(seen, working))
    yield from _not_here(seen, working, skipped)
    yield from skipped
    for each in working:
        if each.state == "other":
            again = f"roost setup {seen.shell}"
            command = again if each.in_block else " && ".join(filter(None, [startup.taken_out(each.line), again]))
            yield _shell("hook-other", f"{each.line.place} loads the hook of another roost", "the two versions may not agree", command, each.line.file)
    yield from _twice(seen, working)
    if seen.disabled:
        why = f"{_SILENT}, because the hook does nothing"
        yield _shell("hook-disabled", "ROOST_DISABLE is 1", why, unset("ROOST_DISABLE", seen.shell), level=Level.NOTICE)


def _not_here(seen: Hook, working: Sequence[Loading], skipped: Sequence[Finding]) -> Iterator[Finding]:
    """Why the hook is not in this shell, the first reason that holds. ``skipped`` may tell it already."""
    shell, setup = seen.shell, f"roost setup {seen.shell}"
    gone = [each for each in seen.loadings if each.state == "gone"]
    if gone and not working:
        message = f"the hook that {gone[0].line.place} loads does not exist any more"
        yield _shell("hook-gone", message, f"roost has moved, and {_SILENT}", setup, gone[0].line.file)
    elif seen.loaded:
        return
    elif not working:
        beside = f"; it is in {', '.join(map(str, seen.unread))}, which this {shell} does not read" if seen.unread else ""
        level = Level.PROBLEM if seen.called else Level.NOTICE
        yield _shell("hook-missing", f"the hook is not loaded in {shell}{beside}", _SILENT, setup, level=level)
    elif seen.stops:
        message = f"the hook is not loaded in this {shell}: it may stop at {' or '.join(seen.stops)}"
        advice = f"move the hook's block up, before that, then type: exec {shell}"
        yield _shell("hook-not-reached", message, _SILENT, "", advice=advice)
    elif seen.called and not skipped:
        message = f"the hook is not loaded in this {shell}, although {working[0].line.file} loads it"
        why = f"if this shell is older than that, {_SILENT}; a script, and a roost called by its path, know no hook"
        yield _shell("hook-not-here", message, why, f"exec {shell}", level=Level.NOTICE)


def _twice(seen: Hook, working: Sequence[Loading]) -> Iterator[Finding]:
    for kind in seen.kinds:
        here = [each for each in working if kind in each.kinds]
        if len(here) > 1:
            extra = next((each for each in reversed(here) if not each.in_block), here[-1]).line
            message = f"the hook is loaded twice, the second time by {extra.place}"
            yield _shell("hook-twice", message, "it takes time in each new shell", startup.taken_out(extra), extra.file, level=Level.NOTICE)
            return


def _skipped(seen: Hook, working: Sequence[Loading]) -> Iterator[Finding]:
    for kind in seen.kinds:
        if working and not any(kind in each.kinds for each in working):
            shells, line = f"a {kind} {seen.shell}", working[0].line
            message = f"{line.file} loads the hook, and {shells} does not read that file"
            where = "macOS, tmux and ssh start login shells" if kind == "login" else "terminals on Linux and most editors start no login shell"
            why = f"no env is activated there: {where}"
            if seen.login_file or kind != "login":
                yield _shell("hook-skipped", message, why, f"roost setup {seen.shell}", line.file)
            else:
                command = "echo '. ~/.bashrc' >> ~/.bash_profile"
                yield _shell("hook-skipped", message, why, command, line.file, level=Level.NOTICE)


def another_roost(own: Path, other: Path, removal: str) -> Finding:
    """Two programs of that name: the hook starts the one, scripts and `pyenv roost` the other. ``removal``: the command that uninstalls the other, if known."""
    message = f"this roost is {own}, and the first on PATH is another: {other}"
    advice = "" if removal else "uninstall one of them, in the way in which it was installed"
    return _shell("roost-elsewhere", message, "the hook and your scripts use two versions", removal, other, level=Level.NOTICE, advice=advice)


def activators(lines: Sequence[Line], environ: Mapping[str, str]) -> Iterator[Finding]:
    """What else turns envs on and off in this shell."""
    why = "it deactivates what roost activates, or the other way round, and slows down each prompt"
    found = startup.activators(lines)
    for each in found:
        advice = "" if each.command else "remove it from that file"
        message = f"{each.line.place} also activates envs: {each.name}"
        yield _shell("second-activator", message, why, each.command, each.line.file, advice=advice)
    for name, variable in (("pyenv virtualenv-init", "PYENV_VIRTUALENV_INIT"), ("zsh-autoswitch-virtualenv", "AUTOSWITCH_VERSION")):
        if environ.get(variable) and all(each.name != name for each in found):
            message = f"{variable} is set: {name} was started in this shell, or in one above it"
            advice = "remove it from your start-up files, and open a new terminal"
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
        yield _shell("virtual-env-gone", "VIRTUAL_ENV names a directory that does not exist", why, unset("VIRTUAL_ENV", shell), seen.env)
    elif seen.before:
        first = seen.before[0]
        what = "pyenv's shims come" if first == shims else f"{first} comes"
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
        message = f"{seen.path} is a link to {seen.dangling}, which does not exist"
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
