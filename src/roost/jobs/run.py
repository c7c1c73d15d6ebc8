"""``roost run`` and ``roost which``: a command in an env, without a shell hook (X1-X3)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from roost.jobs.observe import observe
from roost.jobs.targets import target_of
from roost.machine import environments
from roost.machine.become import become
from roost.machine.layout import Layout
from roost.rules.errors import NoCommand, NotExecutable, to_type
from roost.rules.model import Env, EnvState, Narrator


def ready_env(word: str | None, directory: Path, layout: Layout, narrator: Narrator) -> Env:
    """The env that ``word`` means; None: that of the project that ``directory`` is in, which is made as the hook makes it.

    Raises what ``jobs.targets`` and ``jobs.up`` raise.
    """
    if word is not None:
        return target_of(word, directory, layout).env
    situation = observe(directory, layout)
    env = situation.env
    if env is not None and env.state is EnvState.READY:
        environments.note_project(env.prefix, situation.project.root)  # another clone may have made it
        return env
    from roost.jobs.up import make_env  # here: it loads what makes envs

    return make_env(situation, layout, narrator).env


def start(words: Sequence[str], prefix: Path, environ: Mapping[str, str]) -> NoReturn:
    """Replaces this process by the command ``words`` in the env at ``prefix``. Raises NoCommand, NotExecutable."""
    inside = activated(prefix, environ)
    program = find_command(words[0], prefix, inside["PATH"])
    try:
        become(program, words, inside)
    except FileNotFoundError as error:  # it was found: what is missing is what runs it
        message = f"{program} cannot be started: the interpreter that its first line names does not exist"
        raise NotExecutable("not-executable", message, advice="correct its first line", file=program) from error
    except OSError as error:
        message = f"{program} cannot be started: {error.strerror or error}"
        raise NotExecutable("not-executable", message, advice="fix that, or name another command", file=program) from error


def find_command(name: str, prefix: Path, search_path: str) -> str:
    """The file that the command ``name`` is on ``search_path``, which begins with the env at ``prefix``; or the file of that name, if it has a slash.

    Raises NoCommand if there is none, NotExecutable if there are only files that may not be executed.
    """
    candidates = [name] if "/" in name else [os.path.join(field, name) for field in search_path.split(":")]
    files = [path for path in candidates if os.path.isfile(path)]
    if found := next((path for path in files if os.access(path, os.X_OK)), None):
        return found
    if files:
        raise NotExecutable("not-executable", f"{files[0]} is not executable", command=to_type("chmod", "+x", files[0]), file=files[0])
    if "/" in name and os.path.isdir(name):
        raise NotExecutable("not-executable", f"{name} is a directory", advice="name a file in it", file=name)
    where = "" if "/" in name else f" in {prefix} or on PATH"
    raise NoCommand("command-not-found", f"there is no command {name!a}{where}", advice="check its name, or install it into the env")


def activated(prefix: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """``environ`` with the env at ``prefix`` on in it, as the hook turns one on (H2), in place of any other."""
    others = {environ[name].rstrip("/") for name in ("VIRTUAL_ENV", "ROOST_ENV") if environ.get(name)}
    # A VIRTUAL_ENV that is no env, such as /usr/local in some container images, is left on PATH: programs are there.
    left = {f"{prefix}/bin", *(f"{other}/bin" for other in others if os.path.isfile(f"{other}/pyvenv.cfg"))}
    fields = [field for field in (environ.get("PATH") or os.defpath).split(":") if field.rstrip("/") not in left]
    # ROOST_ENV and ROOST_HOOK are between the hook and roost, and PYTHONHOME='' and __PYVENV_LAUNCHER__='' are how the hook calls it.
    away = {"PYTHONHOME", "__PYVENV_LAUNCHER__", "ROOST_ENV", "ROOST_HOOK", "PYENV_VIRTUAL_ENV"}
    if "PYENV_VIRTUAL_ENV" in environ and "PYENV_ACTIVATE_SHELL" in environ:
        away |= {"PYENV_ACTIVATE_SHELL", "PYENV_VERSION"}  # from `pyenv activate`: pyenv's shims would still choose that env
    ours = {"VIRTUAL_ENV": str(prefix), "VIRTUAL_ENV_PROMPT": prefix.name, "PATH": ":".join([f"{prefix}/bin", *fields])}
    if environ.get("ROOST_UV") == "1" or environ.get("UV_PROJECT_ENVIRONMENT", "") in others:
        ours["UV_PROJECT_ENVIRONMENT"] = str(prefix)  # H18
    return {name: value for name, value in {**environ, **ours}.items() if name not in away}
