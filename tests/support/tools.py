"""uv, Poetry, pdm and pipenv, installed once into the test cache, and a package index on this machine for them."""

from __future__ import annotations

import contextlib
import http.server
import queue
import shutil
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from filelock import FileLock

from tests.support.sandbox import BIN, REPOSITORY

_CACHE: Final = REPOSITORY / ".cache" / "tools"
_TOOLS: Final = ("uv>=0.9", "poetry>=2", "pdm>=2.26", "pipenv>=2025", "hishel<2")  # pdm 2.29 does not start with hishel 2
# The last of them are for the envs: a pip that knows neither groups nor pylock.toml, and one that knows both.
_WHEELS: Final = ("six==1.16.0", "idna==3.10", "toml==0.10.2", "setuptools==80.9.0", "pip==24.0", "pip==26.1")


def toolbox() -> Path:
    """The directory of the programs."""
    _once("programs", _TOOLS, _install_tools)
    return _CACHE / "programs" / "bin"


@contextlib.contextmanager
def package_index() -> Iterator[str]:
    """The address of a simple index with a few real packages, for as long as it is open."""
    _once("index", _WHEELS, _fill_index)
    with serving(_CACHE / "index") as address:
        yield f"{address}/simple/"


@contextlib.contextmanager
def serving(directory: Path) -> Iterator[str]:
    """The address of a web server for what lies in ``directory``, for as long as it is open."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(directory))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:  # after a test that fails too, because the thread would keep the run from ending
            server.shutdown()
            thread.join()


class Dripping(NamedTuple):
    """A server that never comes to the end of its answer. ``asked`` and ``left`` get an item for each that asks it, and that gives up."""

    address: str
    asked: queue.Queue[None]
    left: queue.Queue[None]


@contextlib.contextmanager
def dripping() -> Iterator[Dripping]:
    asked, left = queue.Queue[None](), queue.Queue[None]()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked.put(None)
            with contextlib.suppress(OSError):
                self.request.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while True:  # until nobody listens any more
                    self.request.sendall(b"x")
                    time.sleep(0.05)
            left.put(None)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield Dripping(f"http://127.0.0.1:{server.server_address[1]}/simple/", asked, left)
        finally:
            server.shutdown()
            thread.join()


def _once(name: str, packages: tuple[str, ...], make: Callable[[Path], None]) -> None:
    """Lets ``make`` fill a directory of the cache, unless it holds ``packages`` already; one worker for all of them."""
    _CACHE.mkdir(parents=True, exist_ok=True)
    mark = _CACHE / f"{name}.txt"
    wanted = "\n".join((sys.version, *packages))
    with FileLock(_CACHE / f"{name}.lock"):
        if not mark.exists() or mark.read_text() != wanted:
            shutil.rmtree(_CACHE / name, ignore_errors=True)
            make(_CACHE / name)
            mark.write_text(wanted)


def _install_tools(directory: Path) -> None:
    _run(BIN / "uv", "venv", "--quiet", "--python", sys.executable, directory)
    _run(BIN / "uv", "pip", "install", "--quiet", "--python", directory / "bin" / "python", *_TOOLS)


def _fill_index(directory: Path) -> None:
    for package in _WHEELS:
        name = package.partition("==")[0]
        _run(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", directory / "simple" / name, package)


def _run(*words: str | Path) -> None:
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
