"""What is installed in an env, and putting packages into it; nothing of the env is run to look."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any, Final, NamedTuple

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from roost.machine.environments import python_version, site_packages
from roost.machine.layout import Layout
from roost.machine.process import ProcessFailed, follow, for_packages
from roost.machine.process import scratch as scratch_directory
from roost.rules.dependencies import Command, environment, installer
from roost.rules.errors import RoostError, to_type
from roost.rules.freeze import Carried, Package, comes_along, editable, editable_place, frozen
from roost.rules.model import Env
from roost.rules.versions import numbers

# The oldest Python that uv installs for.
_OLDEST_FOR_UV: Final = (3, 8)
# How pip and uv say that nothing fits the constraints.
_CONFLICT: Final = ("ResolutionImpossible", "conflicting dependencies", "No solution found")
_ANY_PYTHON: Final = "py3-none-any"
# What begins, in the output of pip and of uv, the lines that say why something could not be had.
_PIP_SAYS: Final = "ERROR: "
_UV_SAYS: Final = re.compile(r"\s*(?:[×╰├]─*▶?|error:|cause:)\s*")
_UV_BEGINS: Final = "No solution found when resolving dependencies"
_REASON_LIMIT: Final = 300  # letters


Hear = Callable[[str], None]


class NotInstalled(RoostError):
    """Packages could not be put into an env. ``against``: the versions in it that stand against them.

    ``detail`` is the end of the installer's output, ``reason`` its lines that tell most. Callers turn it into their own class.
    """

    def __init__(
        self,
        message: str,
        advice: str,
        detail: str = "",
        against: tuple[str, ...] = (),
        *,
        command: str = "",
        file: Path | None = None,
        reason: str = "",
    ) -> None:
        super().__init__("not-installed", message, command=command, advice=advice, file=file, detail=detail)
        self.against = against
        self.reason = reason


def installed(prefix: Path) -> dict[str, str]:
    """The packages in the env at ``prefix``: canonical name to version."""
    return {canonicalize_name(name): distribution.version for name, distribution in _distributions(prefix)}


def editables(prefix: Path) -> dict[str, Path]:
    """The packages in the env whose code lies in a directory of the user's, and where."""
    places = ((name, editable_place(_package(name, distribution).line)) for name, distribution in _distributions(prefix))
    return {name: Path(place) for name, place in places if place is not None and place.startswith("/")}


def pins(prefix: Path) -> list[str]:
    """The ``name==version`` lines of the env; what was installed from a directory or an address has none."""
    lines = []
    for name, distribution in _distributions(prefix):
        if distribution.read_text("direct_url.json") is None and _is_version(distribution.version):
            lines.append(f"{name}=={distribution.version}")
    return sorted(lines)


def freeze(prefix: Path) -> tuple[Package, ...]:
    """The env's own packages, as ``pip freeze`` writes them, ordered by name (U2)."""
    found: dict[str, Package] = {}
    python = numbers(python_version(prefix))
    places = [place for place in site_packages(prefix) if place.is_relative_to(prefix)]
    for place in places:
        for link in sorted(place.glob("*.egg-link")):  # an editable package as old setuptools leave it
            source = link.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip()
            found[canonicalize_name(link.stem)] = Package(link.stem, "", editable(source))
    for name, distribution in _distributions_in(places):
        if comes_along(name, python):
            found.setdefault(canonicalize_name(name), _package(name, distribution))
    return tuple(package for _, package in sorted(found.items()))


def carry(env: Env, packages: Sequence[Package], uv: Path | None, environ: Mapping[str, str], scratch: Path, hear: Hear) -> Carried:
    """Puts ``packages`` into a new ``env``: in their exact versions at one go; what cannot be had so without its version (U3).

    What fails is looked for by halves, each package by itself: where one has no build for this Python, those that need it still come along.
    """
    into = _Trials(env, uv, environ, scratch, hear)
    if not packages or not into.tried(package.line for package in packages):
        return Carried(tuple(packages))
    failed = _failing(packages, lambda some: into.tried((package.line for package in some), "--no-deps"))
    loose = [package for package in failed if package.loose]
    still = _failing(loose, lambda some: into.tried((package.loose for package in some), *into.held()))
    failed |= {package: "" for package in loose if package not in still}
    came = {package: package.line if package not in failed else package.loose for package in packages if not failed.get(package)}
    unmet = into.tried(came.values(), *into.held()) if came else ""
    now = installed(env.prefix)
    return Carried(
        exact=tuple(package for package in came if package not in failed),
        changed=tuple((package, now.get(canonicalize_name(package.name), "")) for package in came if package in failed),
        failed=tuple((package, reason) for package, reason in failed.items() if reason),
        unmet=unmet,
    )


class _Trials(NamedTuple):
    """What is tried on one env, one installation after the other."""

    env: Env
    uv: Path | None
    environ: Mapping[str, str]
    scratch: Path
    hear: Hear

    def tried(self, lines: Iterable[str], *options: str) -> str:
        """Why these cannot be installed; empty if they are."""
        listed = self.scratch / "packages.txt"
        places = [(line, editable_place(line)) for line in lines]
        listed.write_text("".join(f"{line}\n" for line, place in places if place is None), encoding="utf-8")
        editables = [word for _, place in places if place is not None for word in ("--editable", place)]
        words = [*installer(self.env, self.uv), *options, *(["--requirement", str(listed)] if listed.stat().st_size else []), *editables]
        try:
            _run(words, self.environ, self.scratch, f"not all packages could be installed into {self.env.prefix}", hear=self.hear)
        except NotInstalled as error:
            return error.reason
        return ""

    def held(self) -> list[str]:
        """The options that keep the versions of what is installed by now."""
        limits = self.scratch / "constraints.txt"
        limits.write_text("".join(f"{line}\n" for line in pins(self.env.prefix)), encoding="utf-8")
        return ["--constraint", str(limits)] if limits.stat().st_size else []


def _failing(packages: Sequence[Package], tried: Callable[[Sequence[Package]], str]) -> dict[Package, str]:
    """Those that ``tried`` cannot install, with the reason of each; the others are installed then."""
    reason = tried(packages) if packages else ""
    if not reason:
        return {}
    if len(packages) == 1:
        return {packages[0]: reason}
    half = len(packages) // 2
    return _failing(packages[:half], tried) | _failing(packages[half:], tried)


def pick_installer(asked: str, python: tuple[int, ...], layout: Layout) -> Path | None:
    """The uv to use, None for the env's own pip. ``asked``: ``auto``, ``uv`` or ``pip``. Raises NotInstalled."""
    uv = shutil.which("uv", path=layout.search_path)
    if asked == "uv" and uv is None:
        raise NotInstalled("there is no uv on PATH", "run it without --installer, or install uv")
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
    words = [*installer(env, uv), *kept, *packages]
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
    _run([str(env.python), "-m", "ensurepip", "--default-pip"], environ, scratch, f"pip could not be installed into {env.prefix}", (), hear)


def uninstall(env: Env, package: str, uv: Path | None, environ: Mapping[str, str], scratch: Path) -> None:
    """Takes ``package`` out of ``env``. Raises NotInstalled."""
    words = [str(uv), "pip", "uninstall", "--python", str(env.python)] if uv else [str(env.python), "-m", "pip", "uninstall", "--yes"]
    _run([*words, package], environ, scratch, f"{package} could not be removed from {env.prefix}")


def _run(words: list[str], environ: Mapping[str, str], scratch: Path, failure: str, limits: Iterable[str] = (), hear: Hear = lambda _line: None) -> None:
    try:
        # TMPDIR, because a pip that is stopped leaves its files behind.
        follow(words, {**for_packages(environ), "TMPDIR": str(scratch)}, scratch / "installer.log", hear, scratch)
    except ProcessFailed as error:
        # The proof is pages long; what it rests on are a few of the constraints.
        conflict = any(word in error.output for word in _CONFLICT)
        against = tuple(line for line in limits if re.search(rf"(?<![\w.-]){re.escape(line)}(?![\w.]*\w)", error.output)) if conflict else ()
        raise NotInstalled(failure, "see the installer's output above", error.tail, against, reason=_reason(error)) from error


def _reason(error: ProcessFailed) -> str:
    """Why something could not be installed, in one line: the first error of pip's, or all that uv says of it."""
    lines = error.output.splitlines()
    said = next((line.removeprefix(_PIP_SAYS) for line in lines if line.startswith(_PIP_SAYS)), "")
    if not said:
        first = next((number for number, line in enumerate(lines) if _UV_SAYS.match(line)), None)
        told = [] if first is None else [_UV_SAYS.sub("", line, count=1).strip() for line in lines[first:]]
        said = " ".join(line for line in told if not line.startswith(_UV_BEGINS)) or error.reason
    return said if len(said) <= _REASON_LIMIT else f"{said[:_REASON_LIMIT]}..."


def _package(name: str, distribution: Distribution) -> Package:
    text = distribution.read_text("direct_url.json")
    try:
        origin: Any = json.loads(text) if text else None
    except ValueError:
        origin = None
    tags = {line.partition(": ")[2].strip() for line in (distribution.read_text("WHEEL") or "").splitlines() if line.startswith("Tag: ")}
    package = frozen(name, distribution.version, origin if isinstance(origin, dict) else None, valid=_is_version(distribution.version))
    return package._replace(tied=_ANY_PYTHON not in tags, pythons=distribution.metadata.get("Requires-Python", ""))


def _distributions(prefix: Path) -> list[tuple[str, Distribution]]:
    """Those that the env at ``prefix`` sees."""
    return _distributions_in(site_packages(prefix))


def _distributions_in(places: Iterable[Path]) -> list[tuple[str, Distribution]]:
    """Those with a name and a version: what a stopped installation left may have neither."""
    found = []
    for distribution in distributions(path=[str(path) for path in places]):
        metadata = distribution.metadata
        if metadata.get("Name") and metadata.get("Version"):
            found.append((metadata["Name"], distribution))
    return found


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True
