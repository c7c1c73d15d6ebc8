"""The typer half of ``roost kernel``: options and help; the work is in ``cli/kernel``."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from roost.rules.errors import UsageError
from roost.rules.kernelspec import parse_variable

kernel = typer.Typer(help="Jupyter kernels that run in a project's env, !pip included.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
DataDir = Annotated[
    Path | None, typer.Option("--data-dir", metavar="DIR", help="Another Jupyter data directory; kernels are in its kernels/.", show_default=False)
]
Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", show_default=False)]


class Installer(str, enum.Enum):
    """Who puts ipykernel into an env: uv where there is one, else the env's pip."""

    AUTO = "auto"
    UV = "uv"
    PIP = "pip"


@kernel.command()
def add(
    project: Annotated[
        str | None,
        typer.Argument(
            metavar="[PROJECT]", help="A project's directory, or an env: churn, 3.12.1/envs/churn. The project here if left out.", show_default=False
        ),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="The kernel's name, which notebooks store.", show_default=False)] = None,
    display_name: Annotated[str | None, typer.Option("--display-name", help="What people read.", show_default=False)] = None,
    env: Annotated[list[str] | None, typer.Option("--env", metavar="K=V", help="A variable for the kernel; may be repeated.", show_default=False)] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Take the name from another project's kernel.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Take the name from a kernel that roost did not make.")] = False,
    no_install: Annotated[bool, typer.Option("--no-install", help="Install nothing into the env.")] = False,
    installer: Annotated[Installer, typer.Option("--installer", help="Who installs ipykernel.")] = Installer.AUTO,
    allow_changes: Annotated[bool, typer.Option("--allow-changes", help="Let ipykernel move versions that are in the env.")] = False,
    no_pip: Annotated[bool, typer.Option("--no-pip", help="Do not add pip to an env without one.")] = False,
    isolated: Annotated[bool, typer.Option("--isolated", help="Keep PYTHONPATH and PYTHONSTARTUP out of the kernel.")] = False,
    startup: Annotated[bool, typer.Option("--startup", help="Also set PATH from inside the env's IPython, for kernels not made by roost.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Every env.")] = False,
    check: Annotated[
        bool | None, typer.Option("--check/--no-check", help="Start the kernel afterwards; by default only a look at it.", show_default=False)
    ] = None,
    data_dir: DataDir = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the kernel.json, change nothing.")] = False,
    as_json: Json = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Show each line of the installer, and name every package that it added.")] = False,
) -> None:
    """Register the env's kernel; twice is harmless. ipykernel is installed into the env if it is missing."""
    from roost.cli import kernel as commands

    variables = []
    for text in env or ():
        variable = parse_variable(text)
        if variable is None:
            raise UsageError("usage", f"--env takes NAME=VALUE, not {text!a}", "roost kernel add --help")
        variables.append(variable)
    if everything and (project or name or display_name):
        raise UsageError("usage", "--all goes with no project and no name", "roost kernel add --help")
    options = {
        "name": name,
        "display_name": display_name,
        "variables": tuple(variables),
        "replace": replace,
        "force": force,
        "install": not no_install,
        "installer": installer.value,
        "allow_changes": allow_changes,
        "pip": not no_pip,
        "isolated": isolated,
        "startup": startup,
    }
    code = commands.add(project, options, everything=everything, data=data_dir, start=check, dry_run=dry_run, as_json=as_json, verbose=verbose)
    raise typer.Exit(code)


@kernel.command("list")
def listing(
    everything: Annotated[bool, typer.Option("--all", help="Foreign ones and the system's too.")] = False,
    stale: Annotated[bool, typer.Option("--stale", help="Only those that cannot start; exit 10 if there are any.")] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """List kernels and their state; nothing is started."""
    from roost.cli import kernel as commands

    raise typer.Exit(commands.listing(everything=everything, stale=stale, data=data_dir, as_json=as_json))


@kernel.command()
def check(
    names: Names = None,
    static: Annotated[bool, typer.Option("--static", help="Only look, start nothing.")] = False,
    timeout: Annotated[float, typer.Option("--timeout", min=1, help="Seconds for each kernel to start.")] = 60,
    jupyter: Annotated[bool, typer.Option("--jupyter", help="Also ask each jupyter on PATH whether it sees the kernel.")] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Start kernels and ask them where they are; by default all of roost's."""
    from roost.cli import kernel as commands

    raise typer.Exit(commands.check(names or [], static=static, timeout=timeout, jupyters=jupyter, data=data_dir, as_json=as_json))


@kernel.command()
def remove(
    names: Names = None,
    project: Annotated[str | None, typer.Option("--project", metavar="PROJECT", help="All kernels of that project, or env.", show_default=False)] = None,
    force: Annotated[bool, typer.Option("--force", help="Also one that roost did not make.")] = False,
    missing_ok: Annotated[bool, typer.Option("--missing-ok", help="No error if it is not there.")] = False,
    uninstall_ipykernel: Annotated[bool, typer.Option("--uninstall-ipykernel", help="Also take ipykernel out of the env.")] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Remove kernels; their envs stay."""
    from roost.cli import kernel as commands

    if not names and project is None:
        raise UsageError("usage", "which kernel?", "roost kernel list, then: roost kernel remove NAME")
    code = commands.remove(names or [], project, force=force, missing_ok=missing_ok, uninstall=uninstall_ipykernel, data=data_dir, as_json=as_json)
    raise typer.Exit(code)


@kernel.command()
def prune(
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, only say what would go.")] = False,
    foreign: Annotated[bool, typer.Option("--foreign", help="Also foreign ones whose absolute interpreter is gone.")] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Remove roost's kernels that cannot start any more."""
    from roost.cli import kernel as commands

    raise typer.Exit(commands.prune(really=yes, foreign=foreign, data=data_dir, as_json=as_json))
