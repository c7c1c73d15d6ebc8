"""Makes envs: under a lock, marked until they work, and so that a replacement can be taken back (E2, E4, E5, E8, E9)."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import virtualenv
from virtualenv.seed.wheels.embed import BUNDLE_SUPPORT, get_embed_wheel
from virtualenv.version import __version__ as release

from roost import __version__
from roost.machine.environments import ENV_PARTS, aside, inspect, write_note
from roost.machine.files import explain, system_error_in, take_apart
from roost.machine.layout import Layout
from roost.machine.locks import env_locked
from roost.machine.process import ProcessFailed, postponed, run, scrubbed, telling_line, uninterrupted
from roost.rules.errors import EnvNotMade, to_type
from roost.rules.model import BUILDING_MARK, SCHEMA, Env, EnvState, Interpreter

_HEALTH: Final = "import sys, pip; print(sys.prefix)"


class BuildOrder(NamedTuple):
    """What is to be made: where, from what, and what to note about it. ``again``: the command that a refusal tells to repeat."""

    env: Env
    interpreter: Interpreter
    requested: str
    project: Path
    alias: Path | None
    again: str = "roost up"


def create(order: BuildOrder, layout: Layout, say: Callable[[str], None], *, replace: bool = False, fill: Callable[[], None] | None = None) -> bool:
    """Makes the env and returns whether anything was made: another roost may have been faster.

    ``say`` hears that it begins, or that another roost is at it. ``replace``: an env that is there is
    replaced, and given back if that fails (E8). ``fill`` is called while the new env works but is still marked: what it raises
    takes the env away again. Raises EnvNotMade, LockTimeout. Stopped at any moment, it leaves nothing that a shell would activate (E5).
    """
    prefix = order.env.prefix
    try:
        prefix.parent.mkdir(parents=True, exist_ok=True)
        with env_locked(prefix, lambda: say(f"another roost is making the env {order.env.name}; waiting for it")):
            _recover(prefix)
            before = inspect(prefix)
            if before.state is EnvState.READY and not replace:
                return False
            say(f"making the env {order.env.name} with Python {order.interpreter.version}")
            if replace and before.state in {EnvState.READY, EnvState.BROKEN}:
                with _set_aside(prefix):
                    _build(order, layout, fill)
            else:
                _clear(before, order.again)
                _build(order, layout, fill)
            return True
    except OSError as error:
        reason, remedy = explain(error, prefix, order.again)
        raise EnvNotMade("env-not-made", f"the env {prefix} was not made: {reason}", advice=remedy, file=prefix) from error


def finish_replacement(prefix: Path) -> None:
    """Removes the old env if an earlier ``--recreate`` was killed after its last step, so that it still lies beside the new one.

    Raises LockTimeout.
    """
    with suppress(OSError), env_locked(prefix), uninterrupted():
        _recover(prefix)


def check_health(env: Env, environ: Mapping[str, str]) -> None:
    """Starts the env's Python: right prefix, and pip imports. Raises EnvNotMade, OSError for a file that it may not read."""
    try:
        prefix = run([env.python, "-I", "-B", "-c", _HEALTH], scrubbed(environ)).output.strip()  # -B: nothing more is written into an env that is complete
    except ProcessFailed as error:
        if cause := system_error_in(error.output):
            raise cause from error
        raise EnvNotMade("env-unhealthy", f"the env {env.prefix} does not work: {error.reason}", command="roost up --recreate", file=env.prefix) from error
    if not Path(prefix).samefile(env.prefix):
        raise EnvNotMade(
            "env-unhealthy", f"the Python of {env.prefix} reports another directory as its own: {prefix}", command="roost up --recreate", file=env.prefix
        )


def _build(order: BuildOrder, layout: Layout, fill: Callable[[], None] | None) -> None:
    """Mark first, then the env, the health check and the note; the mark goes last (E4)."""
    prefix = order.env.prefix
    alias_made = False
    try:
        prefix.mkdir()
        (prefix / BUILDING_MARK).write_text(f"{os.getpid()}\n", encoding="ascii")
        _make(order, layout)
        with _written_out():
            check_health(order.env, layout.environ)
            write_note(prefix, _note(order))
            alias_made = _link(order.alias, prefix)
        if fill is not None:
            fill()
            os.sync()
        (prefix / BUILDING_MARK).unlink()
    except BaseException:
        with uninterrupted():
            if alias_made and order.alias is not None:
                order.alias.unlink(missing_ok=True)
            take_apart(prefix)
        raise


def _note(order: BuildOrder) -> dict[str, Any]:
    """What a new env says of itself (E6)."""
    return {
        "schema": SCHEMA,
        "projects": [str(order.project)],
        "requested": order.requested,
        "resolved": order.env.version,
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "roost": __version__,
    }


@contextmanager
def _written_out() -> Iterator[None]:
    """Writes everything to the disk meanwhile: after a power cut the mark must not be gone from an env whose files were never written."""
    with ThreadPoolExecutor(1) as disk:
        disk.submit(os.sync)
        yield


def _make(order: BuildOrder, layout: Layout) -> None:
    """The env itself, with pip in it: by virtualenv, which for an old Python leaves pip to that Python. Raises EnvNotMade, OSError."""
    env, environ = order.env, scrubbed(layout.environ)
    floor = min(tuple(map(int, version.split("."))) for version in BUNDLE_SUPPORT)
    seeds = order.interpreter.info[:2] >= floor
    words = [str(env.prefix), "--python", str(order.interpreter.executable), "--no-download", "--no-periodic-update"]
    # Its cache is ours and this release's: shared between releases it has seeded broken pips.
    words += ["--app-data", str(layout.cache / f"virtualenv-{release}"), *([] if seeds else ["--no-seed"])]
    with _overheard() as failures:
        try:
            _run_virtualenv(words, {**environ, "VIRTUALENV_CONFIG_FILE": os.devnull})
        except (RuntimeError, SystemExit, ValueError) as error:
            said = str(error).replace("\\n", "\n").replace("\\'", "'")  # it hands on what a process said as a repr()
            if cause := system_error_in(said) or next(iter(failures), None):
                raise cause from error
            message = f"virtualenv could not make {env.prefix}: {telling_line(said)}"
            raise EnvNotMade("env-not-made", message, advice=f"fix that, then type: {order.again}", file=env.prefix) from error
    if not seeds:
        _add_own_pip(env, environ)


def _run_virtualenv(words: list[str], environ: dict[str, str]) -> None:
    """In a thread, which no Ctrl-C interrupts: stopped in a join, Python forgets the threads in which virtualenv puts pip in
    (gh-90882), and they would write into what is being removed.
    """
    worker = ThreadPoolExecutor(1)
    try:
        with postponed():  # a signal while the thread starts would leave the pool without it, so shutdown() below would not wait for it
            made = worker.submit(virtualenv.cli_run, words, setup_logging=False, env=environ)
        made.result()
    finally:
        with uninterrupted():
            worker.shutdown()


def _add_own_pip(env: Env, environ: Mapping[str, str]) -> None:
    """The pip that an old Python itself brings along. Raises EnvNotMade, OSError."""
    # virtualenv's start-up patch is written for the Pythons it supports: older ones print its SyntaxError at each start.
    for part in env.prefix.glob("lib/python*/site-packages/_virtualenv.*"):
        part.unlink()
    try:
        run([env.python, "-I", "-m", "ensurepip", "--default-pip"], environ)
    except ProcessFailed as error:
        if cause := system_error_in(error.output):
            raise cause from error
        command = to_type("pyenv", "install", "--force", env.version)
        raise EnvNotMade("no-pip", f"pip could not be installed into {env.prefix}: {error.reason}", command=command, file=env.prefix) from error


@contextmanager
def _overheard() -> Iterator[list[OSError]]:
    """The system's errors that virtualenv logs, where it raises no more than "seed failed".

    Without a listener, logging prints them with their tracebacks. So does Python with what fails when one of
    virtualenv's locks is taken down that could not be made.
    """
    failures: list[OSError] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            error = record.exc_info[1] if record.exc_info else None
            if isinstance(error, OSError):
                failures.append(error)

    logger, listener = logging.getLogger("virtualenv"), Listener()
    sys.unraisablehook = lambda of: None if str(of.object).startswith("<function ReentrantFileLock.") else sys.__unraisablehook__(of)
    logger.addHandler(listener)
    try:
        yield failures
    finally:
        logger.removeHandler(listener)


def _clear(env: Env, again: str) -> None:
    """Removes a half-made env, and nothing that is not one."""
    if env.state is EnvState.MISSING:
        if env.prefix.is_symlink():  # dangling
            env.prefix.unlink()
        elif env.prefix.exists():
            raise EnvNotMade("not-an-env", f"{env.prefix} is not a directory", advice=f"move it somewhere else, then type: {again}", file=env.prefix)
        return
    strange = sorted(set(os.listdir(env.prefix)) - ENV_PARTS)
    if strange and not (env.prefix / BUILDING_MARK).exists():
        message = f"{env.prefix} is not an env: it contains {strange[0]!r}"
        raise EnvNotMade("not-an-env", message, advice=f"move it somewhere else, then type: {again}", file=env.prefix)
    take_apart(env.prefix)


@contextmanager
def _set_aside(prefix: Path) -> Iterator[None]:
    prefix.rename(aside(prefix))
    try:
        yield
    finally:
        with uninterrupted():
            _recover(prefix)


def _recover(prefix: Path) -> None:
    """Settles a replacement (E8): the old env goes if the new one is whole, and comes back if not."""
    old = aside(prefix)
    if not old.exists():
        return
    if inspect(prefix).state is EnvState.READY:
        take_apart(old)
    else:
        take_apart(prefix)
        old.rename(prefix)


def move_alias(alias: Path, prefix: Path) -> bool:
    """Lets a link that is there lead to the env at ``prefix``, in one step; returns whether it did. An env works without an alias too."""
    new = alias.with_name(f".{alias.name}.{os.getpid()}")
    try:
        new.symlink_to(prefix, target_is_directory=True)
        new.replace(alias)
    except OSError:
        new.unlink(missing_ok=True)
        return False
    return True


def bundled_pip() -> Path:
    """A pip that can be run as it lies, whatever the envs have: virtualenv brings it along to put it into new ones."""
    wheel = get_embed_wheel("pip", f"{sys.version_info[0]}.{sys.version_info[1]}")
    assert wheel is not None
    return Path(wheel.path) / "pip"


def _link(alias: Path | None, prefix: Path) -> bool:
    """Makes the alias where that name is free (E9); returns whether it did. An env without it works as well."""
    if alias is None:
        return False
    try:
        alias.symlink_to(prefix, target_is_directory=True)
    except OSError:  # the name is taken, or the directory may not be written to
        return False
    return True
