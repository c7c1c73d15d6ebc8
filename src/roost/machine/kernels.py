"""Kernelspecs on disk: where they are, what they are worth, staging, placing and removing them, starting one."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from roost.machine.files import read_bounded, remove_tree
from roost.machine.layout import Layout, home_of, python_version, site_packages
from roost.machine.process import ISOLATED, ProcessFailed, run, scrubbed, uninterrupted
from roost.rules.errors import KernelFailed, LockTimeout, to_type
from roost.rules.kernelspec import Kernel, KernelState, Registration, parse_mark

LOCK_SECONDS: Final = 120.0
_LIMIT: Final = 1 << 20  # bytes of a kernel.json
_FALSE: Final = frozenset({"no", "n", "false", "off", "0", "0.0"})  # to jupyter_core; an empty word is true
_MINOR: Final = re.compile(r"(?:python|pypy)([0-9]+\.[0-9]+)t?")
_STAGING: Final = 120.0  # seconds for ipykernel to write its kernel
_GRACE: Final = 15.0  # seconds to start jupyter_client and to end the kernel
_PATIENCE: Final = 30.0  # seconds for a jupyter command to answer
_PROBE: Final = Path(__file__).with_name("kernel_probe.py")


def data_directory(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """The user's Jupyter data directory, by the rules of jupyter_core 5."""
    if own := environ.get("JUPYTER_DATA_DIR"):
        return Path(own).absolute()
    home, xdg = home_of(environ), environ.get("XDG_DATA_HOME", "").strip()
    standard = _platform_dirs(environ)
    if platform != "darwin":
        return Path(xdg) / "jupyter" if xdg else (home if standard else home.resolve()) / ".local" / "share" / "jupyter"
    if not standard:
        return home.resolve() / "Library" / "Jupyter"
    return (Path(xdg) if xdg else home / "Library" / "Application Support") / "Jupyter"


def directory_of(layout: Layout, data: Path | None = None) -> Path:
    """Where the user's kernels are: below ``data``, else where Jupyter looks."""
    return (layout.cwd / data if data else data_directory(layout.environ)) / "kernels"


def search_directories(environ: Mapping[str, str], data: Path, platform: str = sys.platform) -> tuple[list[Path], list[Path]]:
    """The kernels directories that Jupyter looks into before ``data`` and after it.

    Those of the env that Jupyter itself runs in are not known here.
    """
    before = [Path(entry) / "kernels" for entry in environ.get("JUPYTER_PATH", "").split(":") if entry.startswith("/")]
    shared = ["/usr/local/share/jupyter", "/usr/share/jupyter"]
    if platform == "darwin" and _platform_dirs(environ):
        shared = ["/Library/Application Support/Jupyter"]
    return [path for path in before if path != data / "kernels"], [Path(entry) / "kernels" for entry in shared]


def unseen_by(environ: Mapping[str, str], platform: str = sys.platform) -> list[str]:
    """The editors that may not look into the data directory: on macOS some read Jupyter's default place alone."""
    if platform != "darwin":
        return []
    if environ.get("JUPYTER_DATA_DIR"):
        return ["Zed"]
    return ["VS Code", "Zed"] if _platform_dirs(environ) else []


def scan(directory: Path) -> list[Kernel]:
    """The kernels in one kernels directory, by name, as they are written; empty if it is not there. See ``judged``."""
    try:
        names = sorted(os.listdir(directory))
    except OSError:
        return []
    return [_read(directory / name) for name in names if os.path.isfile(directory / name / "kernel.json")]


def find(directory: Path, name: str) -> Kernel | None:
    """The kernel of that name, in whatever letters; the exact one if there are two."""
    return called(name, scan(directory))


def called(name: str, present: list[Kernel]) -> Kernel | None:
    """The same among ``present``."""
    alike = [kernel for kernel in present if kernel.name.lower() == name.lower()]
    return next((kernel for kernel in alike if kernel.name == name), alike[0] if alike else None)


def judged(kernel: Kernel) -> Kernel:
    """The kernel with its state: can it start, as far as a look at its env can tell?"""
    if kernel.state is KernelState.BROKEN:
        return kernel
    try:
        reason = _fault(kernel)
    except OSError as error:
        reason = f"its env cannot be looked at: {error.strerror}"
    return kernel._replace(state=KernelState.STALE, reason=reason) if reason else kernel


def has_ipykernel(prefix: Path) -> bool:
    """Can the env at ``prefix`` be a kernel?"""
    return _has(prefix, "ipykernel_launcher.py")


def has_pip(prefix: Path) -> bool:
    """Has the env at ``prefix`` a pip of its own? Its interpreter's, or half a one, does for ``%pip`` at most."""
    return os.access(prefix / "bin" / "pip", os.X_OK) and _has(prefix, "pip/__init__.py")


def ipykernel_version(prefix: Path) -> str:
    """The release of ipykernel in the env, by the name of its directory; empty if it does not say."""
    found = (path.name.split("-") for place in site_packages(prefix) for path in place.glob("ipykernel-*-info"))
    return next((fields[1].removesuffix(".dist").removesuffix(".egg") for fields in found if len(fields) > 1), "")


@contextmanager
def locked(layout: Layout) -> Iterator[None]:
    """One roost at a time changes kernels. Raises LockTimeout, KernelFailed."""
    from filelock import FileLock, Timeout  # here: `kernel list` does not need it

    path = layout.cache / "kernels.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=LOCK_SECONDS)
        lock.acquire()
    except Timeout as error:
        raise LockTimeout(
            "lock-timeout",
            f"another roost has been changing kernels for {LOCK_SECONDS:.0f} seconds",
            advice="wait for it, or end it, and try again",
            file=path,
        ) from error
    except OSError as error:
        raise _unwritable(path.parent, error) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def scratch() -> Iterator[Path]:
    """A directory to work in, gone afterwards."""
    import tempfile  # here and below: `kernel list` and `up` with nothing to do need none of it

    path = Path(tempfile.mkdtemp(prefix="roost-")).resolve()
    try:
        yield path
    finally:
        with uninterrupted():
            shutil.rmtree(path, ignore_errors=True)


def stage(registration: Registration, environ: Mapping[str, str], scratch: Path) -> Path:
    """Lets the env's own ipykernel write its kernel below ``scratch``, and makes it ours. Raises KernelFailed."""
    name, prefix = registration.name, registration.mark.env
    words: list[str | Path] = [prefix / "bin" / "python", "-m", "ipykernel", "install", "--prefix", scratch, "--name", name]
    staged = scratch / "share" / "jupyter" / "kernels" / name
    try:
        run(words, {**scrubbed(environ), "TMPDIR": str(scratch)}, scratch, _STAGING)  # ipykernel leaves a directory behind
        document = registration.document(json.loads((staged / "kernel.json").read_bytes()))
        (staged / "kernel.json").write_text(json.dumps(document, indent=1) + "\n", encoding="ascii")
    except ProcessFailed as error:
        raise KernelFailed(
            "kernel-not-staged",
            f"ipykernel in {prefix} could not write a kernel: {error.reason}",
            command=_renewal(prefix),
            file=prefix,
            detail=error.tail,
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KernelFailed("kernel-not-staged", f"ipykernel in {prefix} wrote no usable kernel: {error}", command=_renewal(prefix), file=prefix) from error
    return staged


def place(staged: Path, directory: Path, replaced: Path | None) -> bool:
    """Puts a staged kernel into ``directory`` in one step, in the place of ``replaced``; false if it is there already.

    Raises KernelFailed; then everything is as before.
    """
    import tempfile

    target = directory / staged.name
    if replaced == target and not target.is_symlink() and _content(target) == _content(staged):
        return False
    try:
        with uninterrupted():  # between the two renames there is no kernel
            directory.mkdir(parents=True, exist_ok=True)
            aside = Path(tempfile.mkdtemp(prefix=".roost-", dir=directory.resolve().parent))
            try:
                shutil.copytree(staged, aside / "new")
                if replaced is not None and os.path.lexists(replaced):
                    replaced.rename(aside / "old")  # a link itself, never what it leads to
                try:
                    (aside / "new").rename(target)
                except OSError:
                    if os.path.lexists(aside / "old") and replaced is not None:
                        (aside / "old").rename(replaced)
                    raise
            finally:
                remove_tree(aside)
    except OSError as error:
        raise _unwritable(directory, error) from error
    return True


def remove(kernel: Kernel) -> None:
    """Removes a kernel, or the link that stands for it. Raises KernelFailed."""
    try:
        remove_tree(kernel.path)
    except OSError as error:
        raise _unwritable(kernel.path, error) from error


class Probed(NamedTuple):
    """What a kernel answered when it was started. ``failure`` is empty if all is well; if not, ``command`` or ``advice`` helps."""

    failure: str
    command: str
    advice: str
    seconds: float


def start(kernel: Kernel, environ: Mapping[str, str], timeout: float) -> Probed:
    """Starts the kernel through its env's own jupyter_client, asks where it is, and ends it."""
    assert kernel.mark is not None
    env, began = kernel.mark.env, time.monotonic()
    with scratch() as cwd:
        words: list[str | Path] = [
            env / "bin" / "python",
            *ISOLATED,
            "-c",
            _PROBE.read_text(encoding="ascii"),
            kernel.path.parent,
            kernel.path.name,
            str(timeout),
            env,
        ]
        try:
            output = run(words, {**environ, "JUPYTER_RUNTIME_DIR": str(cwd)}, cwd, timeout + _GRACE).output
            answer = json.loads(output.strip().rpartition("\n")[2])
        except ProcessFailed as error:
            answer = {"error": error.reason}
        except ValueError:
            answer = {"error": "its answer cannot be read"}
    return Probed(*_judge_answer(answer, env), time.monotonic() - began)


def listed_by(jupyter: str, environ: Mapping[str, str]) -> set[str]:
    """The names of the kernels that this ``jupyter`` command sees; empty if it does not say."""
    try:
        document = json.loads(run([jupyter, "kernelspec", "list", "--json"], environ, timeout=_PATIENCE).output)
        return set(document["kernelspecs"])
    except (ProcessFailed, ValueError, KeyError, TypeError):
        return set()


def write_startup(prefix: Path) -> None:
    """Lets every IPython of the env put the env first on PATH, in kernels that roost did not write too. Raises KernelFailed."""
    path = prefix / "etc" / "ipython" / "startup" / "00-roost.py"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_STARTUP, encoding="ascii")
    except OSError as error:
        raise _unwritable(path.parent, error) from error


_STARTUP: Final = """\
# Put here by `roost kernel add --startup`: `!pip` and subprocesses of a notebook are this env's.
def _roost():
    import os
    import sys

    path = [field for field in os.environ.get("PATH", os.defpath).split(os.pathsep) if field != os.path.join(sys.prefix, "bin")]
    os.environ["PATH"] = os.pathsep.join([os.path.join(sys.prefix, "bin")] + path)
    os.environ["VIRTUAL_ENV"] = sys.prefix


_roost()
del _roost
"""


def _has(prefix: Path, file: str) -> bool:
    return any((path / file).is_file() for path in site_packages(prefix))


def _platform_dirs(environ: Mapping[str, str]) -> bool:
    return environ.get("JUPYTER_PLATFORM_DIRS", "no").lower() not in _FALSE


def _read(path: Path) -> Kernel:
    """A row for whatever lies there: a file that cannot be used is a row too."""
    broken = Kernel(path.name, path, "", "", None, KernelState.BROKEN)
    try:
        document = json.loads(read_bounded(path / "kernel.json", _LIMIT))
    except OSError as error:
        return broken._replace(reason=f"kernel.json cannot be read: {error.strerror}")
    except (ValueError, RecursionError):
        return broken._replace(reason="kernel.json cannot be read: it is not JSON")
    argv = document.get("argv") if isinstance(document, dict) else None
    if not argv or not isinstance(argv, list) or not all(isinstance(word, str) for word in argv):
        return broken._replace(reason="kernel.json has no argv")
    return Kernel(path.name, path, str(document.get("display_name", "")), argv[0], parse_mark(document), KernelState.OK)


def _fault(kernel: Kernel) -> str:
    """Why a kernel cannot start, as far as a look can tell; empty if it can."""
    python = Path(kernel.interpreter)
    if not python.is_absolute():
        return ""  # what it means depends on the Jupyter that starts it
    if not os.path.lexists(python):
        return f"the interpreter is gone: {python}"
    try:
        mode = python.stat().st_mode
    except OSError:
        return f"the link {python} dangles"
    if not stat.S_ISREG(mode) or not os.access(python, os.X_OK):
        return f"{python} cannot be run"
    if kernel.mark is None:
        return ""
    version = python_version(kernel.mark.env)
    now = _MINOR.fullmatch(python.resolve().name)
    if now and not f"{version}.".startswith(f"{now[1]}."):
        return f"{kernel.mark.env} was made for Python {version}, and its python is {now[1]} now"
    if not has_ipykernel(kernel.mark.env):
        return f"ipykernel is not installed in {kernel.mark.env} (Python {version})"
    return ""


def _judge_answer(answer: Mapping[str, Any], env: Path) -> tuple[str, str, str]:
    """What is wrong, the command that helps, and advice; three empty words if all is well."""
    if answer.get("error"):
        return f"it did not start: {answer['error']}", _renewal(env), ""
    if not _same(answer["prefix"], env):
        return f"it runs in {answer['prefix']}, not in {env}", "roost up --recreate", "in its project"
    for name in ("python", "pip"):
        where = answer["programs"][name]
        if not where or not where["inside"]:
            found = f"is {where['path']}, not the env's" if where else "is not found"
            failure = f"in a notebook, !{name} {found}"
            return (failure, "roost kernel add", "") if not has_pip(env) else (failure, "", "keep PATH as it is in your shell's start-up file")
    return "", "", ""


def _same(one: str, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _renewal(prefix: Path) -> str:
    """The command that installs ipykernel again, with the packages that it needs: one of those may be what is broken."""
    return to_type(prefix / "bin" / "python", "-m", "pip", "install", "--force-reinstall", "ipykernel")


def _content(directory: Path) -> dict[str, bytes]:
    try:
        return {str(path.relative_to(directory)): path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file()}
    except OSError:
        return {}


def _cause(error: OSError) -> str:
    """What the system said; of a copy that failed, for its first file."""
    copies = error.args[0] if isinstance(error, shutil.Error) else ()
    return str(copies[0][2]).partition(": ")[0] if copies else error.strerror or str(error)


def _unwritable(path: Path, error: OSError) -> KernelFailed:
    advice = "make it a directory that you may write to, or give --data-dir"
    return KernelFailed("cannot-write", f"cannot write {path}: {_cause(error)}", advice=advice, file=path)
