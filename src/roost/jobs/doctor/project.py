"""What doctor looks at in the project here (W7)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from roost.jobs.doctor.scene import Check, Scene
from roost.jobs.status import problem_of, status
from roost.machine import git, startup_files
from roost.machine.files import is_project_file
from roost.rules import project_findings, startup
from roost.rules.errors import InterpreterUnavailable
from roost.rules.findings import Finding
from roost.rules.model import Problem, State

# What says that there is no project here is no trouble; kernels have a check of their own.
_NO_TROUBLE: Final = frozenset({"no-project", "no-env-here", "kernel-stale"})


def checks(scene: Scene) -> Iterator[Check]:
    yield Check("the project here", partial(_project, scene))
    yield Check("direnv", partial(_direnv, scene))
    yield Check("what git ignores", partial(_ignored, scene))


def _project(scene: Scene) -> Iterator[Finding]:
    answer = status(scene.directory, scene.layout)
    problems: Sequence[Problem] = [each for each in answer.problems if each.code not in _NO_TROUBLE]
    if answer.state is State.INTERPRETER_MISSING and answer.situation is not None and answer.source == "pyenv" and scene.layout.pyenv is not None:
        from roost.machine import pyenv  # here: it takes long to import

        project = answer.situation.project
        try:
            pyenv.newest_known(project.request, scene.layout, project.version_file)
        except InterpreterUnavailable as error:
            problems = [problem_of(error), *problems[1:]]
    yield from project_findings.project(problems)


def _direnv(scene: Scene) -> Iterator[Finding]:
    if scene.situation is None or shutil.which("direnv", path=scene.environ.get("PATH", "")) is None:
        return
    root = scene.situation.project.root
    for place in (scene.directory, *scene.directory.parents):
        if is_project_file(place / ".envrc"):
            yield from map(project_findings.direnv_layout, startup.layouts(startup_files.read_one(place / ".envrc")))
            return
        if place == root:
            return


def _ignored(scene: Scene) -> Iterator[Finding]:
    project = scene.situation.project if scene.situation is not None else None
    tree = git.worktree_of(project.root) if project is not None else None
    if project is not None and tree is not None:
        # A version file above the repository, as in the home directory, is not the project's to commit.
        for path in dict.fromkeys([project.version_file, project.name_file]):
            found = git.ignored(path.parent, [path.name], scene.layout) if path.is_relative_to(tree.top) else []
            # Whoever ignores a directory as a whole means it.
            if [each.name for each in found] == [path.name]:
                yield project_findings.ignored(path, found[0].why)
