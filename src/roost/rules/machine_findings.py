"""Words for what ``roost doctor`` finds on the machine: pyenv, interpreters, what builds need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from roost.rules.errors import to_type
from roost.rules.findings import Area, Finding, Level, prepend, unset
from roost.rules.system_packages import COMPILER, LIBRARIES, TOOLS, Package, System, how_to_install_all

_INSTALL_PYENV: Final = "install pyenv: https://github.com/pyenv/pyenv#installation"


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
        what = "PYENV_ROOT" if seen.named else "pyenv's directory"
        command = unset("PYENV_ROOT", shell) if seen.named else to_type("mv", seen.root, f"{seen.root}.old")
        why = "pyenv and roost find no interpreter below it"
        yield Finding(Area.MACHINE, Level.PROBLEM, "pyenv-root-invalid", f"{what} is not a directory", why, command, file=str(seen.root))
    elif seen.command is None:
        command = "brew install pyenv" if system.manager == "brew" else ""
        if not command and not seen.kind:
            command = to_type("git", "clone", "https://github.com/pyenv/pyenv", seen.root)
        why = "roost uses the interpreters that are installed, but needs pyenv to install another"
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
        message = f"missing for a build of Python: {', '.join(package.title for package in missing)}"
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
    why = "none of its envs works"
    message = f"Python {version} does not run: {reason}"
    return Finding(Area.MACHINE, Level.PROBLEM, "interpreter-broken", message, why, to_type("pyenv", "install", "--force", version), file=str(executable))
