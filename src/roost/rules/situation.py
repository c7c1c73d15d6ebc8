"""What is there for a project, as one value."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from roost.rules.model import Env, EnvState, Project, State
from roost.rules.versions import Resolution


class Situation(NamedTuple):
    """``env``: where the project's env is, or will be; None if no interpreter serves the request.

    ``source``: where its interpreter is or would have to be, in ``pyenv`` or on ``path`` (V6). ``pyenv``: is
    that command here, to install one? ``elsewhere``: the project's directory if the user is not in it, so
    that what is told to type has to name it.
    """

    project: Project
    resolution: Resolution
    env: Env | None
    source: str
    pyenv: bool
    elsewhere: Path | None = None

    @property
    def state(self) -> State:
        if self.env is None:
            return State.INTERPRETER_MISSING
        return State.READY if self.env.state is EnvState.READY else State(f"env-{self.env.state.value}")
