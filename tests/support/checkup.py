"""The findings of ``roost doctor``, before and after the command that it prints is typed (W1)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.look import document
from tests.support.sandbox import Sandbox

Found = dict[str, dict[str, Any]]


def look_all(machine: Sandbox, cwd: Path | None = None, **extra: str) -> list[dict[str, Any]]:
    done = machine.roost("doctor", "--json", cwd=cwd, timeout=120, **extra)
    assert done.stderr == ""
    found: list[dict[str, Any]] = document(done)["findings"]
    assert done.returncode == (10 if any(each["level"] == "problem" for each in found) else 0)
    assert all(each["message"] and each["why"] and each["hint"] for each in found)
    assert "check-failed" not in {each["code"] for each in found}, found
    return found


def look(machine: Sandbox, cwd: Path | None = None, **extra: str) -> Found:
    """What doctor finds, by code."""
    return {each["code"]: each for each in look_all(machine, cwd, **extra)}


def codes_after(machine: Sandbox, finding: dict[str, Any], cwd: Path | None = None, **extra: str) -> set[str]:
    """The codes that are left once the finding's command has been typed in a shell."""
    command = finding["command"]
    assert command, finding
    if "roost remove" in command:
        command += " --yes"  # it asks, and here is nobody
    done = machine.run(["bash", "-c", f"{{ {command}\n}} >&2 && roost doctor --json"], cwd, 120, **extra)
    assert done.stdout, (command, done.stderr)
    return {each["code"] for each in document(done)["findings"]}


def corrected(machine: Sandbox, code: str, cwd: Path | None = None, level: str = "problem", **extra: str) -> dict[str, Any]:
    """The finding of that code, which is there and then, by its own command, is not."""
    found = look(machine, cwd, **extra)
    assert code in found, found
    assert found[code]["level"] == level
    assert code not in codes_after(machine, found[code], cwd, **extra)
    return found[code]


def problems(machine: Sandbox, cwd: Path | None = None, **extra: str) -> list[dict[str, Any]]:
    return [each for each in look_all(machine, cwd, **extra) if each["level"] == "problem"]


def stand_in(machine: Sandbox, name: str, script: str) -> None:
    """A program of that name, first on PATH."""
    (machine.root / "tools" / name).write_text(f"#!/bin/sh\n{script}\n")
    (machine.root / "tools" / name).chmod(0o755)
