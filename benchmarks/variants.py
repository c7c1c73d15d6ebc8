"""roost on larger machines: more envs, more interpreters, other requests, deeper directories."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.support.sandbox import Sandbox

ENVS = (1, 10, 1000)
INTERPRETERS = (1, 30)
REQUESTS = ("exact", "prefix")
DEPTHS = (1, 10, 50)
ROWS = ("prompt", "outside", "cd-across", "start")


@dataclass(frozen=True)
class Variant:
    """``depth``: how many directories the shell is below the project's root."""

    envs: int
    interpreters: int
    request: str
    depth: int

    @property
    def words(self) -> tuple[str, ...]:
        return (str(self.envs), str(self.interpreters), self.request, str(self.depth))

    @property
    def rows(self) -> tuple[str, ...]:
        """With a single env there is no other project to go to."""
        return tuple(row for row in ROWS if self.envs > 1 or row != "cd-across")


def variants(*, thorough: bool) -> list[Variant]:
    """The first of each request with a value in a row is the smallest machine, to which the others are compared."""
    if not thorough:
        return [Variant(envs, interpreters, request, depth) for request in REQUESTS for envs, interpreters, depth in ((10, 1, 1), (1000, 30, 1), (10, 1, 50))]
    found = []
    for request in REQUESTS:
        found += [Variant(envs, interpreters, request, DEPTHS[0]) for interpreters in INTERPRETERS for envs in ENVS]
        found += [Variant(ENVS[1], INTERPRETERS[0], request, depth) for depth in DEPTHS[1:]]
    return found


def machine_for(root: Path, envs: int, interpreters: int) -> Sandbox:
    """Interpreters and envs that only look like it; nothing here starts them. Each env has its alias, as `roost up` makes it."""
    sandbox = Sandbox(root)
    versions = [f"3.12.{number}" for number in range(interpreters)]
    names = ["project-a-venv", "project-b-venv", *(f"env-{number}" for number in range(2, envs))][:envs]
    for version in versions:
        sandbox.fake_interpreter(version)
    for number, name in enumerate(names):
        version = versions[-1] if number < 2 else versions[number % interpreters]
        (sandbox.versions / name).symlink_to(sandbox.fake_env(version, name))
    return sandbox


def walk_for(sandbox: Sandbox, variant: Variant) -> tuple[Path, Path, Path]:
    """The two projects and the place outside, as deep as the variant has it."""
    version = f"3.12.{variant.interpreters - 1}" if variant.request == "exact" else "3.12"
    tail = Path(*(f"d{number}" for number in range(variant.depth)))
    found = []
    for name in ("project_a", "project_b", "outside"):
        place = sandbox.root / f"{variant.request}-{variant.depth}" / name
        (place / tail).mkdir(parents=True)
        if name != "outside":
            (place / ".python-version").write_text(f"{version}\n")
            (place / ".python-virtualenv").write_text(f"{name.replace('_', '-')}-venv\n")
        found.append(place / tail)
    return found[0], found[1], found[2]
