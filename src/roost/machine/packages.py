"""What is installed in an env, and putting packages into it; nothing of the env is run to look."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from roost.machine.environments import site_packages
from roost.machine.layout import Layout
from roost.machine.process import ProcessFailed, follow, for_packages
from roost.machine.process import scratch as scratch_directory
from roost.rules.dependencies import Command, environment
from roost.rules.errors import RoostError, to_type
from roost.rules.model import Env

# The oldest Python that uv installs for.
_OLDEST_FOR_UV: Final = (3, 8)
# How pip and uv say that nothing fits the constraints.
_CONFLICT: Final = ("ResolutionImpossible", "conflicting dependencies", "No solution found")


Hear = Callable[[str], None]


class NotInstalled(RoostError):
    """Packages could not be put into an env. ``against``: the versions in it that stand against them.

    ``detail`` is the end of the installer's output. Callers turn it into their own class.
    """

    def __init__(self, message: str, advice: str, detail: str = "", against: tuple[str, ...] = (), *, command: str = "", file: Path | None = None) -> None:
        super().__init__("not-installed", message, command=command, advice=advice, file=file, detail=detail)
        self.against = against


def installed(prefix: Path) -> dict[str, str]:
    """The packages in the env at ``prefix``: canonical name to version."""
    return {canonicalize_name(name): distribution.version for name, distribution in _distributions(prefix)}


def editables(prefix: Path) -> dict[str, Path]:
    """The packages in the env whose code lies in a directory of the user's, and where."""
    found = {}
    for name, distribution in _distributions(prefix):
        with suppress(ValueError, KeyError, AttributeError):  # another program's note
            origin = json.loads(distribution.read_text("direct_url.json") or "{}")
            if origin.get("dir_info", {}).get("editable"):
                found[name] = Path(unquote(urlsplit(origin["url"]).path))
    return found


def pins(prefix: Path) -> list[str]:
    """The ``name==version`` lines of the env; what was installed from a directory or an address has none."""
    lines = []
    for name, distribution in _distributions(prefix):
        if distribution.read_text("direct_url.json") is None and _is_version(distribution.version):
            lines.append(f"{name}=={distribution.version}")
    return sorted(lines)


def pick_installer(asked: str, python: tuple[int, ...], layout: Layout) -> Path | None:
    """The uv to use, None for the env's own pip. ``asked``: ``auto``, ``uv`` or ``pip``. Raises NotInstalled."""
    uv = shutil.which("uv", path=layout.search_path)
    if asked == "uv" and uv is None:
        raise NotInstalled("there is no uv on PATH", "leave --installer out, or install uv")
    if uv is None or asked == "pip" or (asked == "auto" and python < _OLDEST_FOR_UV):
        return None
    return Path(uv)


def install(env: Env, packages: Sequence[str], constraints: Sequence[str], uv: Path | None, environ: Mapping[str, str], scratch: Path, hear: Hear) -> None:
    """Puts ``packages`` into ``env`` without moving what ``constraints`` hold. Raises NotInstalled.

    ``scratch``: a directory to work in, away from any project's configuration. ``hear`` gets each line that
    the installer prints.
    """
    limits = scratch / "constraints.txt"
    limits.write_text("".join(f"{line}\n" for line in constraints), encoding="utf-8")
    kept = ["--constraint", str(limits)] if constraints else []  # uv complains of an empty file
    if uv is not None:
        words = [str(uv), "pip", "install", "--python", str(env.python), *kept, *packages]
    else:
        words = [str(env.python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *kept, *packages]
    _run(words, environ, scratch, f"{' and '.join(packages)} could not be installed into {env.prefix}", constraints, hear)


def install_from(command: Command, root: Path, environ: Mapping[str, str], log: Path, failure: str, hear: Hear) -> None:
    """Runs ``command``, which installs what the project at ``root`` needs, in that directory. Raises NotInstalled.

    All that it prints goes to ``log``, which stays if it fails. ``failure``: what to say then; ``hear`` gets each line.
    """
    with scratch_directory() as work:
        try:
            # TMPDIR, because a pip that is stopped leaves its files behind.
            follow(command.words, {**environment(command, for_packages(environ)), "TMPDIR": str(work)}, log, hear, root)
        except ProcessFailed as error:
            raise NotInstalled(failure, "", error.tail, command=to_type("less", log), file=log) from error
    log.unlink()


def add_pip(env: Env, environ: Mapping[str, str], scratch: Path, hear: Hear) -> None:
    """Puts pip into an env that has none, from its interpreter's own bundle, without the network. Raises NotInstalled."""
    _run([str(env.python), "-m", "ensurepip", "--default-pip"], environ, scratch, f"pip could not be put into {env.prefix}", (), hear)


def uninstall(env: Env, package: str, uv: Path | None, environ: Mapping[str, str], scratch: Path) -> None:
    """Takes ``package`` out of ``env``. Raises NotInstalled."""
    words = [str(uv), "pip", "uninstall", "--python", str(env.python)] if uv else [str(env.python), "-m", "pip", "uninstall", "--yes"]
    _run([*words, package], environ, scratch, f"{package} could not be taken out of {env.prefix}")


def _run(words: list[str], environ: Mapping[str, str], scratch: Path, failure: str, limits: Iterable[str] = (), hear: Hear = lambda _line: None) -> None:
    try:
        # TMPDIR, because a pip that is stopped leaves its files behind.
        follow(words, {**for_packages(environ), "TMPDIR": str(scratch)}, scratch / "installer.log", hear, scratch)
    except ProcessFailed as error:
        # The proof is pages long; what it rests on are a few of the constraints.
        conflict = any(word in error.output for word in _CONFLICT)
        against = tuple(line for line in limits if re.search(rf"(?<![\w.-]){re.escape(line)}(?![\w.]*\w)", error.output)) if conflict else ()
        raise NotInstalled(failure, "what the installer says stands above", error.tail, against) from error


def _distributions(prefix: Path) -> list[tuple[str, Distribution]]:
    """Those with a name: what a stopped installation left may have none."""
    found = distributions(path=[str(path) for path in site_packages(prefix)])
    return [(name, distribution) for distribution in found if (name := distribution.metadata["Name"])]


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True
