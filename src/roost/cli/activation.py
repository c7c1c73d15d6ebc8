"""``roost activate`` and ``roost deactivate`` without the hook, which alone can change the shell."""

from __future__ import annotations

from roost.rules.errors import UsageError


def activate(env: str | None) -> int:  # noqa: ARG001
    raise _needs_hook()


def deactivate() -> int:
    raise _needs_hook()


def _needs_hook() -> UsageError:
    return UsageError("no-hook", "only the shell hook can change this shell, and it is not loaded here", command="roost setup")
