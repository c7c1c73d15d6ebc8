"""What the checks of ``roost doctor`` share: looked at once, before the first of them is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from roost.jobs.observe import observe
from roost.machine import environments, hooks, inventory, shells, startup_files
from roost.machine.layout import Layout
from roost.machine.shells import UsersShell
from roost.machine.systems import this_system
from roost.rules.findings import Finding
from roost.rules.situation import Situation
from roost.rules.startup import Line


class Check(NamedTuple):
    """One look, by itself: what goes wrong in it keeps no other from being made."""

    what: str
    look: Callable[[], Iterable[Finding]]


class Scene:
    """The shell, the project here and the envs, as one look at them tells. The checks are made side by side, and only read it."""

    def __init__(self, directory: Path, layout: Layout) -> None:
        self.directory = directory
        self.layout = layout
        self.environ = layout.environ
        self.system = this_system(layout)
        self.situation: Situation | None = None
        with suppress(Exception):  # the check of the project reports it
            self.situation = observe(directory, layout)

        names = [shells.calling_shell(layout.environ), Path(layout.environ.get("SHELL", "")).name]
        name = next((name for name in names if name in hooks.SHELLS), "")
        self.shell = UsersShell(name, layout.environ) if name else None
        self.shell_name = name  # empty if roost has no hook for it
        self.called = name == names[0]
        self.loaded = bool(layout.environ.get("ROOST_HOOK"))
        files = self.shell.startup_files if self.shell is not None else {}
        # The lines that each kind of shell reads when it starts, and all of them together, each once.
        self.startup = {kind: startup_files.read(paths, self.environ) for kind, paths in files.items()}
        self.lines: list[Line] = list(dict.fromkeys(line for lines in self.startup.values() for line in lines))

        self.envs = [*inventory.envs(layout), *inventory.envs_behind_links(layout)]
        wanted = {env.version for env in (*self.envs, self.situation and self.situation.env) if env}
        # The versions of pyenv's that have an env, or that the project here uses.
        self.interpreters = [version for version in environments.interpreters(layout.pyenv_store) if version in wanted]
