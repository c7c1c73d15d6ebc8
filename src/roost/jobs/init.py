"""``roost init``: from a directory to a project. Observe, plan, write the two files; then it is ``up``'s turn (I)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import NamedTuple

from roost.jobs.listing import Claims
from roost.jobs.observe import situate
from roost.machine import environments, git, interpreters, inventory, manifests, projects, pyenv
from roost.machine.files import explain, misfit, replace_content
from roost.machine.layout import Layout, home_of
from roost.machine.process import postponed
from roost.machine.projects import NamedEnv
from roost.rules.errors import EnvNotMade, InterpreterUnavailable, InvalidPin, UsageError, to_type
from roost.rules.initial import KEPT, NEWEST, Chosen, File, Kind, Source, WriteFile, change, choose_version, conflict, file_of, outside
from roost.rules.model import FILE_LIMIT, NAME_FILE, NAME_LIMIT, PYENV_PAGE, SYSTEM, VERSION_FILE, Env, EnvState, Pin, Project
from roost.rules.names import env_name_for
from roost.rules.pins import (
    explain_unknown,
    first_line,
    is_env_name,
    is_version,
    name_rule,
    names_release,
    parse_name_file,
    parse_version_file,
    without_prefix,
)
from roost.rules.spellings import EXAMPLE, version_at_end, version_meant


class Request(NamedTuple):
    """What was asked for. ``words``: the other options of the command line, so that a refusal can say what to type."""

    directory: Path | None = None
    python: str | None = None
    name: str | None = None
    force: bool = False
    words: tuple[str, ...] = ()

    def command(self) -> str:
        """The command line that asks for this."""
        options = (("--python", self.python), ("--name", self.name))
        chosen = [word for option, value in options if value is not None for word in (option, value)]
        place = [] if self.directory is None else [f"./{self.directory}" if str(self.directory).startswith("-") else self.directory]
        return to_type("roost", "init", *place, *chosen, *(["--force"] if self.force else []), *self.words)


class Initial(NamedTuple):
    """What the two files of ``project`` are to say and why, and what has to be written."""

    project: Project
    version: Chosen
    name: Chosen
    writes: tuple[WriteFile, ...]
    notices: tuple[str, ...]


def plan(directory: Path, layout: Layout, request: Request) -> Initial:
    """What ``roost init`` in ``directory`` has to write. Changes nothing.

    Raises UsageError, InvalidPin for what must not be overwritten, InterpreterUnavailable where no Python can be chosen.
    """
    return _Planner(_root(directory, layout, request), layout, request).plan()


def write(initial: Initial, request: Request) -> None:
    """Writes the files, both or none. Raises InvalidPin, also for a file that no longer holds what the plan was made from."""
    # A Ctrl-C between the two would leave a version without the name of the env that stood in its file before.
    with postponed(), ExitStack() as undo:
        for each in initial.writes:
            _write(each, request)
            undo.callback(_take_back, each)
        undo.pop_all()  # all files are written, so leaving the block must not undo them


def _write(change: WriteFile, request: Request) -> None:
    path = change.path
    if _content(path, request) != change.before:
        # The user agreed to the difference that was shown, and not to the loss of what somebody has written since.
        message = f"{path} was changed in the meantime, so it is left as it is"
        raise InvalidPin("changed-meanwhile", message, command=request.command(), advice="to look at it again", file=path)
    try:
        replace_content(path, change.after)
    except OSError as error:
        reason, advice = explain(error, path, request.command())
        raise InvalidPin("not-written", f"{path} cannot be written: {reason}", advice=advice, file=path) from error


def _take_back(written: WriteFile) -> None:
    with suppress(OSError):  # the error that led here is the one the user sees
        if written.before is None:
            written.path.unlink()
        else:
            replace_content(written.path, written.before)


def _content(path: Path, request: Request) -> bytes | None:
    """What a file of the project holds, None if it is not there. Raises InvalidPin for anything of that name that is no file of ours."""
    if not os.path.lexists(path):
        return None
    what = misfit(path)
    if not what:
        data = projects.content(path)
        if len(data) <= FILE_LIMIT:
            return data
        what = f"is longer than {FILE_LIMIT} bytes, so it is not a project file"
    raise InvalidPin("not-a-file", f"{path} {what}", command=to_type("mv", path, f"{path}.old"), advice=f"then: {request.command()}", file=path)


def _root(directory: Path, layout: Layout, request: Request) -> Path:
    """The directory that becomes the project. Raises UsageError.

    A directory that was named is taken as it is. Otherwise it is the one whose version file names an env in the way of
    pyenv-virtualenv, as ``roost status`` found it there or above; within a project of roost's, nothing is begun by accident.
    """
    root, own = directory, request._replace(directory=Path("."))
    if request.directory is None and (above := projects.beginning(directory, layout.pyenv_store)) is not None:
        root = above.parent
        if above.name == NAME_FILE and root != directory:
            message = f"{directory} is in the project {root}"
            raise UsageError("inside-project", message, command=own.command(), advice="to make it a project of its own", file=above)
    if request.force or not (root == root.parent or os.path.realpath(root) == os.path.realpath(home_of(layout.environ))):
        return root
    what = "is your home directory" if root != root.parent else "holds all directories"
    message = f"{root} {what}: every directory below it would be in the project"
    command, advice = (request._replace(force=True), "if that is what you want") if root == directory else (own, f"for {directory} alone")
    raise UsageError("too-wide", message, command=command.command(), advice=advice)


class _Planner:
    """Looks once at what is there in ``root``, and decides from that."""

    def __init__(self, root: Path, layout: Layout, request: Request) -> None:
        self._root = root
        self._layout = layout
        self._request = request
        found, self._passed_over = manifests.find_versions(root)
        self._sources = [Source(each.wanted, f"{each.part} {each.wanted} ({each.file.name})") for each in found]
        self._required = [source for source, each in zip(self._sources, found, strict=True) if each.part == "requires-python"]
        name, version = (_content(root / each, request) for each in (NAME_FILE, VERSION_FILE))
        self._name_file = file_of(root / NAME_FILE, name, None if name is None else parse_name_file(name))
        self._env = self._named_env(version or b"")
        self._version_file = self._read_version(version)

    @cached_property
    def _installed(self) -> list[str]:
        """The versions that need not be installed. Without pyenv a few processes are started to tell."""
        return environments.interpreters(self._layout.pyenv_store) if self._layout.managed else interpreters.versions_on_path(self._layout)

    def plan(self) -> Initial:
        """Raises as ``plan`` does."""
        version, name = self._version(), self._name()
        project = Project(self._root, version.value, (), name.value, self._version_file.path, self._name_file.path)
        writes = self._writes(version.value, name.value)
        return Initial(project, version, name, writes, tuple(self._notices(project)))

    def _named_env(self, data: bytes) -> NamedEnv | None:
        """The env that the version file names in the way of pyenv-virtualenv. A name file counts more, unless it says the same."""
        named = projects.named_env(data, self._layout.pyenv_store)
        return named if named is not None and self._name_file.value in {None, named.name} else None

    def _read_version(self, data: bytes | None) -> File:
        path = self._root / VERSION_FILE
        if self._env is not None:
            return File(path, data, Kind.NAMED, self._env.version)
        if data is None:
            is_project = self._name_file.kind is Kind.VALID and self._request.python is None
            return (self._version_above() if is_project else None) or File(path, None, Kind.ABSENT)
        parsed = parse_version_file(data, lambda: self._installed)
        if isinstance(parsed, Pin) and not self._is_release(parsed.value):
            parsed = explain_unknown(data, lambda: self._installed)
        return file_of(path, data, parsed)

    def _version_above(self) -> File | None:
        """The version file that counts in ``root`` as long as it has none of its own (F11); None if there is none, or it is invalid."""
        path = projects.nearest(VERSION_FILE, self._root.parent)
        if path is None or not isinstance(pin := parse_version_file(projects.content(path)), Pin) or not self._is_release(pin.value):
            return None
        return File(path, b"", Kind.VALID, pin.value)

    def _is_release(self, version: str) -> bool:
        return names_release(version) or version in self._installed or environments.defines(version, self._layout)

    def _version(self) -> Chosen:
        """Raises UsageError, InterpreterUnavailable."""
        if self._request.python is not None:
            return Chosen(self._checked_version(self._request.python), "as asked for")
        if self._version_file.value is not None:
            return Chosen(self._version_file.value, KEPT if self._env is None else f"the version of the env {self._env.name}")
        source = next(self._all_sources())
        chosen = choose_version(source, self._installed, lambda: pyenv.known_versions(self._layout) if self._layout.managed else [])
        if chosen is None:
            raise self._no_version(source)
        return chosen

    def _all_sources(self) -> Iterator[Source]:
        """What may say which Python the project wants; the first counts (I1)."""
        file, env = self._version_file, self._env
        if file.problem is not None and (meant := version_meant(first_line((file.data or b"").removeprefix(b"\xef\xbb\xbf")), lambda: self._installed)):
            yield Source(meant, f"what {VERSION_FILE} seems to mean")
        if env is not None and env.place is not None:
            yield Source(environments.python_version(env.place), f"the env {env.name}")
        yield from self._required
        if env is not None and (ending := version_at_end(env.name)):
            yield Source(ending, f"the name {env.name}")
        yield from (source for source in self._sources if source not in self._required)
        above = self._version_above()
        if above is not None and above.value and above.value != SYSTEM:
            yield Source(above.value, f"{above.value} in {above.path}")
        if not self._layout.managed and self._installed:
            yield Source(self._installed[0], "the python3 on PATH")
        yield NEWEST

    def _no_version(self, source: Source) -> InterpreterUnavailable:
        wanted = f"Python for {source.where}" if source.where else "Python"
        if self._layout.managed and self._layout.pyenv is not None:
            message, advice = f"no {wanted} is installed, and pyenv knows none", "update pyenv, or name a version with --python"
            return InterpreterUnavailable("version-unknown", message, advice=advice)
        where = "installed" if self._layout.managed else "on PATH"
        message = f"no {wanted} is {where}, and there is no pyenv to install one"
        return InterpreterUnavailable("no-pyenv", message, advice=f"install pyenv ({PYENV_PAGE}), or name a version with --python")

    def _checked_version(self, asked: str) -> str:
        word = without_prefix(os.fsencode(asked))
        if is_version(word) and self._is_release(word.decode("ascii")):
            return word.decode("ascii")
        meant = version_meant(os.fsencode(asked), lambda: self._installed) or EXAMPLE
        raise UsageError("version-invalid", f"{asked!a} is not a version", command=self._request._replace(python=meant).command())

    def _name(self) -> Chosen:
        """Raises UsageError."""
        asked = self._request.name
        if asked is not None:
            if not is_env_name(os.fsencode(asked)):
                message = f"{asked!a} is not an env name: {name_rule(os.fsencode(asked))}"
                raise UsageError("env-name-invalid", message, command=self._request._replace(name=env_name_for(asked)).command())
            return Chosen(asked, "as asked for")
        if self._name_file.value is not None:
            return Chosen(self._name_file.value, KEPT)
        if self._env is not None:
            return Chosen(self._env.name, f"the env that {VERSION_FILE} named")
        return Chosen(env_name_for(self._root.name), "from the directory's name")

    def _writes(self, version: str, name: str) -> tuple[WriteFile, ...]:
        """Raises InvalidPin for what must not be overwritten, EnvNotMade for an env that two files cannot name."""
        pairs = ((self._version_file, version), (self._name_file, name))
        writes = [write for file, value in pairs if (write := change(file, value))]
        for write in writes:
            if not projects.is_inside(write.path):
                command = to_type("rm", write.path)
                message = f"{write.path} is a link that leads out of the project"
                raise InvalidPin("link-leads-out", message, command=command, advice=f"then: {self._request.command()}", file=write.path)
        reasons = [(file.path, reason) for file, value in pairs if (reason := conflict(file, value))]
        if self._request.force or not writes:
            return tuple(writes)
        forced, env = self._request._replace(force=True).command(), self._env
        if env is not None and env.place is not None and not reasons:
            if env.version is None:
                message = f"the env {env.place} is not inside the directory of an interpreter, so the two files cannot name it"
                raise EnvNotMade("env-by-itself", message, command=forced, advice="to make another env of that name; this one stays", file=env.place)
            if env.name != name:
                reasons.append((self._version_file.path, f"names the env {env.name}"))
        if reasons:
            message = f"nothing is overwritten: {', and '.join(f'{path} {reason}' for path, reason in reasons)}"
            raise InvalidPin("would-overwrite", message, command=forced, file=reasons[0][0], detail="\n".join(write.diff() for write in writes))
        return tuple(writes)

    def _notices(self, project: Project) -> Iterator[str]:
        """What else the user should know. Raises InvalidPin if the env is another project's (I2)."""
        yield from self._passed_over
        for where in outside(project.request, self._sources, self._installed) if self._sources else ():
            yield f"Python {project.request} is not what {where} asks for"
        yield from self._about_env(project)
        for mention in manifests.find_mentions(self._root):
            yield f"{mention.file} says '{mention.text}': left as it is, but its tool may activate another env here"
        for ignored in git.ignored(self._root, (VERSION_FILE, NAME_FILE), self._layout):
            if ignored.name == ".":
                yield f"git ignores {self._root} ({ignored.why}), so the two files are not committed"
                return
            yield f"git ignores {ignored.name} ({ignored.why}); to commit it, add this line to {self._root / '.gitignore'}: !{ignored.name}"

    def _about_env(self, project: Project) -> Iterator[str]:
        """What is to be said of an env that is there already: that the project gets it, or keeps it. Raises InvalidPin."""
        env = self._env_of(project)
        if env is None or self._name_file.value == project.env_name:
            return
        noted = inventory.noted_projects(environments.read_note(env.prefix))
        if any(os.path.realpath(each) == os.path.realpath(self._root) for each in noted):
            return
        others = Claims([env], self._layout).named_by(env, noted)
        kept = self._env is not None and self._env.place is not None
        if others and self._request.name is None and not kept:
            message = f"the env {env.label} already exists, and belongs to {others[0]}"
            command = self._request._replace(name=self._free_name(project)).command()
            advice = f"or, to share it on purpose: {self._request._replace(name=env.name).command()}"
            raise InvalidPin("env-taken", message, command=command, advice=advice, file=env.prefix)
        shared = f", and shares it with {others[0]}" if others else ""
        yield f"the project {'keeps' if kept else 'takes'} the existing env {env.prefix}{shared}"

    def _free_name(self, project: Project) -> str:
        """A name like the project's of which there is no env."""
        names = (f"{project.env_name[: NAME_LIMIT - 4]}-{number}" for number in count(2))
        return next(name for name in names if self._env_of(project._replace(env_name=name)) is None)

    def _env_of(self, project: Project) -> Env | None:
        """The env that the project would find already there; None if there is none."""
        env = situate(project, self._layout).env
        return None if env is None or env.state is EnvState.MISSING else env
