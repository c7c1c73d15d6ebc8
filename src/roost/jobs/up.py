"""``roost up``: observe, plan, execute."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from roost.jobs.execute import Work, execute, finish, seek
from roost.jobs.observe import observe
from roost.machine import environments
from roost.machine.layout import Layout
from roost.rules.model import Env, Narrator, Project
from roost.rules.plan import Action, Options, make_plan
from roost.rules.situation import Situation


class Result(NamedTuple):
    """What ``up`` did, or with ``dry_run`` would do. ``notices``: what the user should know beside."""

    project: Project
    env: Env
    actions: tuple[Action, ...]
    notices: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """The version that the env belongs to."""
        prefix = self.env.prefix
        return prefix.parent.parent.name if prefix.parent.name == "envs" else environments.python_version(prefix)


def up(directory: Path, layout: Layout, options: Options, narrator: Narrator, *, link: bool = True, dry_run: bool = False, quote: bool = True) -> Result:
    """Makes sure that the interpreter and env of the project in ``directory`` exist.

    ``quote``: may an error show what a project file holds? Raises every class of ``rules.errors``.
    """
    return bring_up(observe(directory, layout, quote=quote), layout, options, narrator, link=link, dry_run=dry_run)


def bring_up(situation: Situation, layout: Layout, options: Options, narrator: Narrator, *, link: bool = True, dry_run: bool = False) -> Result:
    """The same where it is known what is there.

    ``narrator`` hears of steps while they are taken; ``link``: make the alias (E9).
    """
    env, actions = make_plan(situation, options, lambda: seek(situation, layout), lambda env: _kernel(situation.project, env, options, layout))
    if dry_run:
        return Result(situation.project, env, actions)
    work = Work(situation, layout, narrator, link)
    done = [(action, execute(action, work)) for action in actions]
    finish(env)
    environments.note_project(env.prefix, situation.project.root)
    notices = tuple(notice for _, came in done for notice in came.notices)
    changed = tuple(action for action, came in done if came.changed)
    return Result(situation.project, environments.inspect(env.prefix), changed, notices)


def make_env(directory: Path, layout: Layout, narrator: Narrator, *, quote: bool = True) -> Result:
    """What the hook and ``roost run`` do about an env that is not ready: make it if its interpreter is installed (H12, X1)."""
    options = Options(install_interpreter=False, create=layout.environ.get("ROOST_AUTO_CREATE") != "0", kernel=False)
    return up(directory, layout, options, narrator, quote=quote)


def _kernel(project: Project, env: Env, options: Options, layout: Layout) -> bool | None:
    """Is the project's kernel as it should be? None if there is none and none is wanted. One that was registered is kept."""
    if options.kernel is False:
        return None
    from roost.jobs.kernel.present import is_current, kernels_of  # here: the hook's call needs none of it
    from roost.jobs.targets import Target
    from roost.machine import jupyter, settings

    target = Target(env, project.root)
    present = kernels_of(target, jupyter.directory_of(layout))
    wanted = settings.read(project.root, layout).kernel if options.kernel is None else options.kernel
    if wanted or (present and wanted is None):
        return bool(present) and all(is_current(kernel, target) for kernel in present)
    return None
