"""What doctor looks at on the machine: pyenv, what builds need, interpreters (W4, W6)."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from roost.jobs.doctor.scene import Check, Scene
from roost.machine import architectures, build_tools
from roost.machine.process import ProcessFailed
from roost.machine.systems import lacks_command_line_tools
from roost.rules import machine_findings
from roost.rules.findings import Finding

_PATIENCE: Final = 10.0  # seconds for an interpreter to answer


def checks(scene: Scene) -> Iterator[Check]:
    yield Check("pyenv", partial(_pyenv, scene))
    yield Check("what a build of Python needs", partial(_prerequisites, scene))
    if sys.platform == "darwin":
        yield Check("the kinds of processor", partial(_rosetta, scene))
    for version in scene.interpreters:
        yield Check(f"Python {version}", partial(_modules, scene, version))


def _pyenv(scene: Scene) -> Iterator[Finding]:
    layout = scene.layout
    root = layout.pyenv_root
    kind = "directory" if root.is_dir() else "other" if os.path.lexists(root) else ""
    try:
        lock: float | None = time.time() - os.lstat(root / "shims" / ".pyenv-shim").st_mtime
    except OSError:
        lock = None
    on_path = shutil.which("pyenv", path=scene.environ.get("PATH", "")) is not None
    yield from machine_findings.pyenv(
        machine_findings.Pyenv(root, kind, layout.pyenv, on_path, lock, named="PYENV_ROOT" in scene.environ), scene.system, scene.shell_name
    )


def _prerequisites(scene: Scene) -> Iterator[Finding]:
    layout = scene.layout
    if layout.pyenv is None:
        return  # then nothing is built here
    yield from machine_findings.build_prerequisites(
        build_tools.missing_programs(layout.search_path),
        build_tools.missing_libraries(scene.system, layout.search_path, build_tools.include_directories(scene.environ)),
        scene.system,
        compiler=build_tools.has_compiler(layout.search_path),
        tools=scene.system.platform == "darwin" and lacks_command_line_tools(scene.environ),
    )


def _rosetta(scene: Scene) -> Iterator[Finding]:
    if not architectures.is_apple_silicon(scene.environ):
        return
    brew = shutil.which("brew", path=scene.layout.search_path)
    pythons = [(version, scene.layout.pyenv_store.interpreter(version)) for version in scene.interpreters]
    seen = machine_findings.Mixture(
        # Started from a shell that is not translated, a program for both kinds runs as Apple's.
        shell=platform.machine() == "x86_64" and "arm64" in architectures.of_program(Path(sys.executable)),
        brew=Path(brew) if brew and os.path.realpath(brew).startswith("/usr/local/") else None,
        interpreters=tuple((version, python) for version, python in pythons if architectures.of_program(python) == {"x86_64"}),
    )
    yield from machine_findings.rosetta(seen)


def _modules(scene: Scene, version: str) -> Iterator[Finding]:
    from roost.machine import interpreters  # here: it takes long to import, and only an interpreter with an env needs it

    executable = scene.layout.pyenv_store.interpreter(version)
    try:
        missing = interpreters.modules_without(executable, scene.environ, _PATIENCE)
    except ProcessFailed as error:
        yield machine_findings.does_not_run(version, executable, error.reason)
    else:
        yield from machine_findings.modules(version, executable, missing, scene.system)
