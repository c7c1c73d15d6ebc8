"""pyenv: what is installed, what could be, and installing it with visible progress (V1, V4)."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from roost.machine.environments import definitions, installing_mark, is_interpreter
from roost.machine.files import explain, read_end, remove_tree
from roost.machine.layout import Layout
from roost.machine.locks import FOR_EVER, locked
from roost.machine.process import ProcessFailed, follow, run, scrubbed, uninterrupted
from roost.machine.systems import this_system
from roost.rules import build_failures
from roost.rules.errors import InterpreterUnavailable, to_type
from roost.rules.model import PYENV_PAGE, Narrator, lock_of
from roost.rules.pins import is_version, shown
from roost.rules.system_packages import PYENV, how_to_install
from roost.rules.versions import continues

# What python-build says of its own steps, among all the lines of the build.
_STEP: Final = re.compile(r"(Downloading|Installing|Installed) \S+(\.\.\.| to .*)")
_PATIENCE: Final = 30.0  # seconds for pyenv to look through its definitions
# A build stops soon after its first error, so the end of its log holds it; a whole one has about 2 MB.
_LOG_LIMIT: Final = 4_000_000


def newest_known(request: str, layout: Layout, asked_in: Path | None = None) -> str:
    """The full version that pyenv would install for ``request``, which stands in the file ``asked_in``, or was typed (V4).

    Raises InterpreterUnavailable if pyenv knows none, with the command that teaches it newer ones.
    """
    if layout.pyenv is None:
        raise InterpreterUnavailable(
            "no-pyenv",
            f"Python {request} is not installed, and there is no pyenv to install it",
            advice=f"install pyenv: {PYENV_PAGE}",
            file=asked_in,
        )
    try:
        # pyenv install looks into its plugins for definitions; pyenv latest has to be told.
        known = ":".join(map(str, definitions(layout)))
        version = run([layout.pyenv, "latest", "-k", request], {**_environ(layout), "PYTHON_BUILD_DEFINITIONS": known}, timeout=_PATIENCE).output.strip()
    except ProcessFailed as error:
        if error.status is None:  # it could not be started, or gave no answer
            message = f"pyenv does not say which Python {request} it can install: {error.tail}"
            raise InterpreterUnavailable("pyenv-broken", message, command="pyenv --version", advice="and repair what that shows", file=layout.pyenv) from error
        raise InterpreterUnavailable(
            "version-unknown",
            f"pyenv does not know Python {request}",
            command=update_command(layout),
            advice="or choose from: pyenv install --list",
            file=asked_in,
        ) from error
    # It becomes a directory's name: a shell function or a wrapper in pyenv's place may print anything.
    if not is_version(os.fsencode(version)) or not (version == request or continues(version, request)):
        message = f"pyenv names {shown(os.fsencode(version))} as the newest Python {request}, which it is not"
        raise InterpreterUnavailable("pyenv-broken", message, command=to_type(layout.pyenv, "latest", "-k", request), file=layout.pyenv)
    return version


def known_versions(layout: Layout) -> list[str]:
    """The versions that pyenv can install; none if there is no pyenv, or it does not answer."""
    if layout.pyenv is None:
        return []
    try:
        listed = run([layout.pyenv, "install", "--list"], _environ(layout), timeout=_PATIENCE).output
    except ProcessFailed:
        return []
    return [name for name in map(str.strip, listed.splitlines()) if is_version(name.encode("utf-8", "surrogateescape"))]


def install(version: str, layout: Layout, narrator: Narrator) -> bool:
    """Installs ``version`` and returns whether it did: another roost may have been faster.

    All its output goes to a log, its steps to ``narrator``.

    Leaves no half-installed prefix behind; killed, one that does not count as installed. Raises
    InterpreterUnavailable with the end of the log.
    """
    store = layout.pyenv_store.path
    prefix = store / version
    log = layout.logs / f"install-{version}-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    try:
        layout.logs.mkdir(parents=True, exist_ok=True)
        store.mkdir(parents=True, exist_ok=True)
        told = f"another roost is installing Python {version}; waiting for it"
        with locked(lock_of(prefix), f"installing Python {version}", lambda: narrator.step(told), FOR_EVER):
            if is_interpreter(prefix) and not installing_mark(prefix).exists():
                return False
            narrator.step(f"installing Python {version} through pyenv; this can take some minutes; log: {log}")
            with _whole(prefix):
                _install(version, prefix, log, layout, narrator)
            return True
    except OSError as error:
        reason, remedy = explain(error, store)
        raise InterpreterUnavailable("install-failed", f"Python {version} was not installed: {reason}", advice=remedy, file=store) from error


def _install(version: str, prefix: Path, log: Path, layout: Layout, narrator: Narrator) -> None:
    assert layout.pyenv is not None

    def hear(line: str) -> None:
        (narrator.step if _STEP.fullmatch(line) else narrator.detail)(line)

    log.touch()  # there is one even where pyenv cannot be started
    try:
        follow([layout.pyenv, "install", "--force", "--verbose", version], _environ(layout), log, hear)
    except ProcessFailed as error:
        failure = build_failures.diagnose(read_end(log, _LOG_LIMIT).decode("utf-8", "replace"), this_system(layout), update_command(layout))
        message = f"pyenv could not install Python {version}{f': {failure.cause}' if failure else ''}"
        command, advice = (failure.command, failure.advice) if failure else ("", f"see {build_failures.PAGE}")
        raise InterpreterUnavailable("install-failed", message, command=command, advice=advice, file=log, detail=error.tail) from error
    if not is_interpreter(prefix):
        raise InterpreterUnavailable(
            "install-failed", f"pyenv installed Python {version}, but {prefix}/bin/python does not exist", command=to_type("less", log), file=log
        )


@contextmanager
def _whole(prefix: Path) -> Iterator[None]:
    """Marks the prefix while it is filled. On failure, removes it if it is ours to remove: never one with envs in it."""
    mark = installing_mark(prefix)
    ours = (mark.exists() or not os.path.lexists(prefix)) and not (prefix / "envs").exists()
    if ours:
        remove_tree(prefix)  # what a killed run left
    mark.touch()
    try:
        yield
    except BaseException:
        with uninterrupted():
            if ours:
                remove_tree(prefix)
            if not is_interpreter(prefix):
                mark.unlink()
        raise
    mark.unlink()


def _environ(layout: Layout) -> dict[str, str]:
    # LANGUAGE: gcc, make and the shell report errors in English, by which they are recognized; letters stay in the user's own encoding.
    return {**scrubbed(layout.environ), "PYENV_ROOT": str(layout.pyenv_root), "PATH": layout.search_path, "LANGUAGE": "en"}


def update_command(layout: Layout) -> str:
    """What brings pyenv up to date, by the way it was installed."""
    assert layout.pyenv is not None
    real = layout.pyenv.resolve()
    if "Cellar" in real.parts or (sys.platform == "darwin" and "homebrew" in str(real)):
        return "brew update && brew upgrade pyenv"
    if (layout.pyenv_root / "plugins" / "pyenv-update").is_dir():
        return "pyenv update"
    # A home directory may be a repository of dotfiles.
    clone = next((place for place in real.parents if (place / ".git").exists() and (place / "libexec" / "pyenv").exists()), None)
    system = this_system(layout)
    if clone is None and real.is_relative_to("/usr") and not real.is_relative_to("/usr/local") and system.manager is not None:
        return how_to_install(PYENV, system)[0]
    return to_type("git", "-C", clone or layout.pyenv_root, "pull")
