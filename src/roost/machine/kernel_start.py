"""Starts kernels, and asks jupyter commands what they see."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from roost.machine.environments import has_pip
from roost.machine.process import ISOLATED, ProcessFailed, run, scratch
from roost.rules.kernelspec import Kernel, renewal

_GRACE: Final = 15.0  # seconds to start jupyter_client and to end the kernel
_PATIENCE: Final = 30.0  # seconds for a jupyter command to answer
_PROBE: Final = Path(__file__).with_name("kernel_probe.py")


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


def _judge_answer(answer: Mapping[str, Any], env: Path) -> tuple[str, str, str]:
    """What is wrong, the command that helps, and advice; three empty words if all is well."""
    if answer.get("error"):
        return f"it did not start: {answer['error']}", renewal(env), ""
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
