"""The env's life: look, make under a lock, heal, make anew (E1-E9)."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from roost import __version__
from roost.machine.files import may_write, read_bounded, remove_tree, write_atomic
from roost.machine.layout import Layout
from roost.machine.process import ProcessFailed, run, scrubbed, uninterrupted
from roost.rules.errors import EnvNotMade, LockTimeout
from roost.rules.model import BUILDING_MARK, NOTE_FILE, SCHEMA, Env, EnvState, Interpreter, Store
from roost.rules.pins import is_env_name, is_version

LOCK_SECONDS: Final = 120.0
_NOTE_LIMIT: Final = 1 << 20
# What an env holds at the top when its making was stopped: a directory with anything else is not ours to clear.
_ENV_PARTS: Final = frozenset({"bin", "include", "lib", "lib64", "share", "pyvenv.cfg", ".gitignore", "CACHEDIR.TAG", NOTE_FILE, BUILDING_MARK})
_HEALTH: Final = "import sys, pip; print(sys.prefix)"


def inspect(prefix: Path) -> Env:
    """What a look at ``prefix`` tells, without starting it (E3)."""
    version = prefix.parent.parent.name if prefix.parent.name == "envs" else ""
    python = prefix / "bin" / "python"
    if (prefix / BUILDING_MARK).exists():
        state = EnvState.INCOMPLETE
    elif os.access(python, os.X_OK) and (prefix / "pyvenv.cfg").is_file():
        state = EnvState.READY
    elif not prefix.is_dir():
        state = EnvState.MISSING
    elif not os.path.lexists(python):
        state = EnvState.INCOMPLETE
    else:
        state = EnvState.BROKEN
    return Env(prefix.name, prefix, state, version)


def holds(env: Env) -> bool:
    """Does the env keep a request with its version (V3)? A half-made one does not; one whose Python is gone does."""
    return env.state in {EnvState.READY, EnvState.BROKEN} and (env.prefix / "pyvenv.cfg").is_file()


def choose(version: str, name: str, stores: Sequence[Store]) -> Env:
    """The env of that version: the first that is ready (V9); if none is, that of the first store in which one can be made."""
    envs = [inspect(store.env(version, name)) for store in stores]
    makeable = (env for env in envs if may_write(env.prefix.parent))
    return next((env for env in envs if env.state is EnvState.READY), None) or next(makeable, envs[0])


def versions_with(name: str, store: Store) -> list[str]:
    """The versions in ``store`` that have an env of that name, in whatever state."""
    return [version for version in _names(store.path) if store.env(version, name).is_dir()]


def find_all(layout: Layout, name: str | None = None) -> list[Env]:
    """The envs of that name, or all, of pyenv's store and roost's own, ordered by place. A link is none."""
    found = []
    for store in (layout.pyenv_store, layout.own_store):
        for version in sorted(_directories(store.path)):
            names = sorted(_directories(store.path / version / "envs")) if name is None else [name]
            if is_version(os.fsencode(version)):
                places = (store.env(version, each) for each in names if is_env_name(os.fsencode(each)))
                found += [inspect(prefix) for prefix in places if _is_env(prefix)]
    return found


def aliases(layout: Layout, known: Collection[str]) -> list[str]:
    """The names in pyenv's store that stand for an env that is ready: links to one of those ``known``, or envs that lie there."""
    store = layout.pyenv_store.path
    named = (store / name for name in sorted(_names(store)) if is_env_name(os.fsencode(name)))
    return [path.name for path in named if inspect(path).state is EnvState.READY and (path.name in known or not path.is_symlink())]


class BuildOrder(NamedTuple):
    """What is to be made: where, from what, and what to note about it."""

    env: Env
    interpreter: Interpreter
    requested: str
    project: Path
    alias: Path | None


def create(order: BuildOrder, layout: Layout, say: Callable[[str], None], *, replace: bool = False) -> bool:
    """Makes the env and returns whether anything was made: another roost may have been faster.

    ``say`` hears that it begins, or that another roost is at it. ``replace``: an env that is there is
    replaced, and given back if that fails (E8). Raises EnvNotMade, LockTimeout. Stopped at any moment, it leaves
    nothing that a shell would activate (E5).
    """
    prefix = order.env.prefix
    try:
        prefix.parent.mkdir(parents=True, exist_ok=True)
        with locked(prefix, lambda: say(f"another roost is making the env {order.env.name}; waiting for it")):
            _recover(prefix)
            before = inspect(prefix)
            if before.state is EnvState.READY and not replace:
                return False
            say(f"making the env {order.env.name} with Python {order.interpreter.version}")
            if replace and before.state in {EnvState.READY, EnvState.BROKEN}:
                with _set_aside(prefix):
                    _build(order, layout)
            else:
                _clear(before)
                _build(order, layout)
            return True
    except OSError as error:
        raise EnvNotMade("env-not-made", f"the env {prefix} was not made: {_reason(error)}", advice=_remedy(error, prefix), file=prefix) from error


def finish_replacement(prefix: Path) -> None:
    """Removes the old env if an earlier ``--recreate`` was killed after its last step, so that it still lies beside the new one.

    Raises LockTimeout.
    """
    if os.path.lexists(aside(prefix)):
        with suppress(OSError), locked(prefix), uninterrupted():
            _recover(prefix)


def note_project(prefix: Path, project: Path) -> None:
    """Adds the project to the note of an env that roost made, if it is not in it (E6)."""
    note = read_note(prefix)
    if note is None or str(project) in note.get("projects", []):
        return
    note["projects"] = sorted({*note.get("projects", []), str(project)})
    try:
        _write_note(prefix, note)
    except OSError:
        return  # a note, not a database: an env that may not be written to works all the same


def read_note(prefix: Path) -> dict[str, Any] | None:
    """The note in the env, None if there is none or it cannot be used (E6)."""
    try:
        note = json.loads(read_bounded(prefix / NOTE_FILE, _NOTE_LIMIT))
    except (OSError, ValueError):
        return None
    if not isinstance(note, dict):
        return None
    projects = note.get("projects", [])
    return note if isinstance(projects, list) and all(isinstance(project, str) for project in projects) else None


def made_by(prefix: Path) -> str:
    """``roost`` if the env has our note, else ``other``."""
    return "roost" if read_note(prefix) is not None else "other"


def check_health(env: Env, environ: Mapping[str, str]) -> None:
    """Starts the env's Python: right prefix, and pip imports. Raises EnvNotMade."""
    try:
        prefix = run([env.python, "-I", "-B", "-c", _HEALTH], scrubbed(environ)).output.strip()  # -B: writes nothing any more
    except ProcessFailed as error:
        raise EnvNotMade("env-unhealthy", f"the env {env.prefix} does not work: {error.reason}", command="roost up --recreate", file=env.prefix) from error
    if not Path(prefix).samefile(env.prefix):
        raise EnvNotMade("env-unhealthy", f"the Python of {env.prefix} takes itself for {prefix}", command="roost up --recreate", file=env.prefix)


@contextmanager
def locked(prefix: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """One roost at a time works on the env at ``prefix`` (E4); ``waiting`` is called if it is another's turn. Raises LockTimeout."""
    from filelock import FileLock, Timeout  # here: it takes longer to import than `up` with nothing to do

    lock = FileLock(prefix.parent / f".{prefix.name}.lock")
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waiting()
            lock.acquire(timeout=LOCK_SECONDS)
    except Timeout as error:
        raise LockTimeout(
            "lock-timeout",
            f"another roost has been making {prefix} for {LOCK_SECONDS:.0f} seconds",
            advice="wait for it, or end it, and try again",
            file=lock.lock_file,
        ) from error
    try:
        yield
    finally:
        lock.release()


def _names(directory: Path) -> list[str]:
    try:
        return os.listdir(directory)
    except OSError:
        return []


def _directories(directory: Path) -> list[str]:
    try:
        with os.scandir(directory) as entries:
            return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _is_env(prefix: Path) -> bool:
    return not prefix.is_symlink() and (prefix / "pyvenv.cfg").is_file()


def _build(order: BuildOrder, layout: Layout) -> None:
    """Mark first, then the env, the health check and the note; the mark goes last (E4)."""
    prefix = order.env.prefix
    alias_made = False
    try:
        prefix.mkdir()
        (prefix / BUILDING_MARK).write_text(f"{os.getpid()}\n", encoding="ascii")
        _make(order, layout)
        with _written_out():
            check_health(order.env, layout.environ)
            _write_note(
                prefix,
                {
                    "schema": SCHEMA,
                    "projects": [str(order.project)],
                    "requested": order.requested,
                    "resolved": order.env.version,
                    "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                    "roost": __version__,
                },
            )
            alias_made = _link(order.alias, prefix)
        (prefix / BUILDING_MARK).unlink()
    except BaseException:
        with uninterrupted():
            if alias_made and order.alias is not None:
                order.alias.unlink(missing_ok=True)
            _remove(prefix)
        raise


@contextmanager
def _written_out() -> Iterator[None]:
    """Lets the disk catch up meanwhile: a power cut must not keep the removal of the mark and lose what it vouches for."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as disk:
        disk.submit(os.sync)
        yield


def _remove(prefix: Path) -> None:
    """Removes an env, its Python first: stopped on the way, what is left is incomplete by E3, marked or not."""
    if not prefix.is_symlink():
        (prefix / "bin" / "python").unlink(missing_ok=True)
    remove_tree(prefix)


def _make(order: BuildOrder, layout: Layout) -> None:
    # Imported here: it costs 0.1 s, and most runs make nothing.
    from concurrent.futures import ThreadPoolExecutor

    import virtualenv
    from virtualenv.seed.wheels.embed import BUNDLE_SUPPORT
    from virtualenv.version import __version__ as release

    prefix = order.env.prefix
    floor = min(tuple(map(int, version.split("."))) for version in BUNDLE_SUPPORT)
    seeds = order.interpreter.info[:2] >= floor
    words = [str(prefix), "--python", str(order.interpreter.executable), "--no-download", "--no-periodic-update"]
    # Its cache is ours and this release's: shared between releases it has seeded broken pips.
    words += ["--app-data", str(layout.cache / f"virtualenv-{release}")]
    if not seeds:
        words.append("--no-seed")
    environ = {**scrubbed(layout.environ), "VIRTUALENV_CONFIG_FILE": os.devnull}
    try:
        # In a thread, which no Ctrl-C interrupts: stopped in a join, Python forgets the threads in which
        # virtualenv puts pip in (gh-90882), and they would write into what is being removed.
        worker = ThreadPoolExecutor(1)
        try:
            worker.submit(virtualenv.cli_run, words, setup_logging=False, env=environ).result()
        finally:
            with uninterrupted():
                worker.shutdown()
        if not seeds:
            # virtualenv's start-up patch is written for the Pythons it supports: older ones print its SyntaxError at each start.
            for part in prefix.glob("lib/python*/site-packages/_virtualenv.*"):
                part.unlink()
            run([order.env.python, "-I", "-m", "ensurepip", "--default-pip"], environ)
    except ProcessFailed as error:
        raise EnvNotMade(
            "no-pip", f"pip could not be put into {prefix}: {error.reason}", command=f"pyenv install --force {order.env.version}", file=prefix
        ) from error
    except (RuntimeError, SystemExit, ValueError) as error:
        raise EnvNotMade(
            "env-not-made", f"virtualenv could not make {prefix}: {_cause(error)}", advice="remove that cause, then type: roost up", file=prefix
        ) from error


def _clear(env: Env) -> None:
    """Removes a half-made env, and nothing that is not one."""
    if env.state is EnvState.MISSING:
        if env.prefix.is_symlink():  # dangling
            env.prefix.unlink()
        elif env.prefix.exists():
            raise EnvNotMade("not-an-env", f"{env.prefix} is no directory", advice="move it somewhere else, then type: roost up", file=env.prefix)
        return
    strange = sorted(set(os.listdir(env.prefix)) - _ENV_PARTS)
    if strange and not (env.prefix / BUILDING_MARK).exists():
        message = f"{env.prefix} is no env: it holds {strange[0]!r}"
        raise EnvNotMade("not-an-env", message, advice="move it somewhere else, then type: roost up", file=env.prefix)
    _remove(env.prefix)


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
        _remove(old)
    else:
        _remove(prefix)
        old.rename(prefix)


def aside(prefix: Path) -> Path:
    """Where the old env waits while the one at ``prefix`` is replaced (E8)."""
    return prefix.with_name(f".{prefix.name}.before")


def _link(alias: Path | None, prefix: Path) -> bool:
    """Makes the alias where that name is free (E9); returns whether it did. An env without it works as well."""
    if alias is None:
        return False
    try:
        alias.symlink_to(prefix, target_is_directory=True)
    except OSError:  # the name is taken, or the directory may not be written to
        return False
    return True


def _write_note(prefix: Path, note: dict[str, Any]) -> None:
    write_atomic(prefix / NOTE_FILE, (json.dumps(note, indent=1) + "\n").encode())


def _cause(error: BaseException) -> str:
    """The line that says it: the last one if virtualenv hands on the traceback of one of its threads."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[-1] if any(line.startswith("Traceback") for line in lines) else lines[0]


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def _remedy(error: OSError, prefix: Path) -> str:
    if isinstance(error, PermissionError) or error.errno == 30:  # EROFS
        return f"make {prefix.parent} writable for you, then type: roost up"
    return "make room on the disk, then type: roost up" if error.errno in {28, 122} else "remove that cause, then type: roost up"
