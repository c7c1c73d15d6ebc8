"""``roost up``: plans what a project's env lacks, and does that."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from roost.jobs.execute import Work, execute, finish, seek
from roost.machine import environments, settings
from roost.machine.layout import Layout
from roost.rules.model import Env, Narrator, Project
from roost.rules.plan import Action, Options, Outstanding, make_plan
from roost.rules.situation import Situation


class Result(NamedTuple):
    """What ``up`` did, or with ``dry_run`` would do. ``notices``: what else the user should know."""

    project: Project
    env: Env
    actions: tuple[Action, ...]
    notices: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """The version that the env belongs to."""
        return self.env.version or environments.python_version(self.env.prefix)


def up(situation: Situation, layout: Layout, options: Options, narrator: Narrator, *, link: bool = True, dry_run: bool = False) -> Result:
    """Makes sure that the interpreter and the env of a project exist. ``situation``: what is there, as ``jobs.observe`` sees it.

    ``narrator`` hears of steps while they are taken; ``link``: make the alias (E9). Raises every class of ``rules.errors``.
    """
    wishes = _Wishes(situation.project, options, layout)
    env, actions = make_plan(situation, options, lambda: seek(situation, layout), wishes)
    if dry_run:
        return Result(situation.project, env, actions, wishes.notices())
    work = Work(situation, layout, narrator, link, options.installer)
    done = [(action, execute(action, work)) for action in actions]
    finish(env)
    environments.note_project(env.prefix, situation.project.root)
    notices = (*(notice for _, came in done for notice in came.notices), *wishes.notices())
    changed = tuple(action for action, came in done if came.changed)
    return Result(situation.project, environments.inspect(env.prefix), changed, notices)


def make_env(situation: Situation, layout: Layout, narrator: Narrator) -> Result:
    """What the hook and ``roost run`` do about an env that is not ready: make it if its interpreter is installed (H12, X1)."""
    options = Options(install_interpreter=False, create=layout.environ.get("ROOST_AUTO_CREATE") != "0", kernel=False, deps=False)
    return up(situation, layout, options, narrator)


class _Wishes:
    """What the caller and the settings want of the env beyond its being ready."""

    def __init__(self, project: Project, options: Options, layout: Layout) -> None:
        self._project, self._options, self._layout = project, options, layout
        self._notices: tuple[str, ...] = ()

    def kernel(self, env: Env) -> bool | None:
        """A kernel that was registered is kept, whatever the settings say."""
        if self._options.kernel is False:
            return None
        from roost.jobs.kernel.present import is_current, kernels_of  # here: the hook's call needs none of it
        from roost.jobs.targets import Target
        from roost.machine import jupyter

        target = Target(env, self._project.root)
        present = kernels_of(target, jupyter.directory_of(self._layout))
        wanted = self._settings.kernel if self._options.kernel is None else self._options.kernel
        if wanted or (present and wanted is None):
            return bool(present) and all(is_current(kernel, target) for kernel in present)
        return None

    def dependencies(self, env: Env) -> Outstanding | None:
        if self._options.deps is False:
            return None
        deps = self._settings.deps
        if not deps and not self._options.deps:
            return None
        from roost.jobs import dependencies  # here: it loads what reads the files of a dozen tools
        from roost.rules.dependencies import Listed

        root = self._project.root
        outstanding = dependencies.find(root, deps or True, env, self._options.installer)
        if outstanding is None:
            none_named = f"{root} has no lock file, no requirements file and no pyproject.toml that names any"
            why = "deps in the settings lists nothing to install" if isinstance(deps, Listed) else none_named
            self._notices = (f"no dependencies are installed: {why}",)
        return outstanding

    def notices(self) -> tuple[str, ...]:
        return self._notices

    @cached_property
    def _settings(self) -> settings.Settings:
        return settings.read(self._project.root, self._layout)
