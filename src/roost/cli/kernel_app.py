"""What the commands of ``roost kernel`` take, as typer sees it."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from roost.cli.declare import Group, command

kernel = typer.Typer(cls=Group, help="Manage Jupyter kernels that run in a project's env, !pip included.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
DataDir = Annotated[
    Path | None, typer.Option("--data-dir", metavar="DIR", help="Use another Jupyter data directory; kernels are in its kernels/.", show_default=False)
]
Names = Annotated[list[str] | None, typer.Argument(metavar="KERNEL", help="Names, as in `roost kernel list`.", show_default=False)]


class Installer(str, enum.Enum):
    """Who puts ipykernel into an env: uv where there is one, else the env's pip."""

    AUTO = "auto"
    UV = "uv"
    PIP = "pip"


@command(kernel, "roost.cli.kernel:add")
def add(
    project: Annotated[
        str | None,
        typer.Argument(metavar="ENV", help="A project's directory, or an env: churn, 3.12.1/envs/churn; by default the project here.", show_default=False),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="The kernel's name, which notebooks store.", show_default=False)] = None,
    display_name: Annotated[str | None, typer.Option("--display-name", metavar="NAME", help="The name that Jupyter shows.", show_default=False)] = None,
    env: Annotated[list[str] | None, typer.Option("--env", metavar="K=V", help="Set a variable in the kernel; may be repeated.", show_default=False)] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a kernel of this name that belongs to another project.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a kernel of this name that roost did not make.")] = False,
    no_install: Annotated[bool, typer.Option("--no-install", help="Install nothing into the env.")] = False,
    installer: Annotated[Installer, typer.Option("--installer", help="Which tool installs ipykernel.")] = Installer.AUTO,
    allow_changes: Annotated[bool, typer.Option("--allow-changes", help="Let the installation change versions of installed packages.")] = False,
    no_pip: Annotated[bool, typer.Option("--no-pip", help="Do not add pip to an env without one.")] = False,
    isolated: Annotated[bool, typer.Option("--isolated", help="Do not pass PYTHONPATH and PYTHONSTARTUP on to the kernel.")] = False,
    startup: Annotated[bool, typer.Option("--startup", help="Also set PATH in the env's IPython configuration, for kernels not made by roost.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Register a kernel for every env.")] = False,
    check: Annotated[
        bool | None,
        typer.Option(
            "--check/--no-check",
            help="Start the kernel afterwards to check it, or do not check it; by default it is checked without starting it.",
            show_default=False,
        ),
    ] = None,
    data: DataDir = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the kernel.json and change nothing.")] = False,
    as_json: Json = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Show each line of the installer, and name every package that it added.")] = False,
) -> None:
    """Register the env's kernel, and install ipykernel into the env if it is missing; safe to repeat."""


@command(kernel, "roost.cli.kernel:listing", name="list")
def listing(
    everything: Annotated[bool, typer.Option("--all", help="Show all kernels, including those that roost did not make.")] = False,
    stale: Annotated[bool, typer.Option("--stale", help="Show only kernels that cannot start; exit 10 if there are any.")] = False,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """List roost's kernels and their state, without starting them."""


@command(kernel, "roost.cli.kernel:check")
def check(
    names: Names = None,
    static: Annotated[bool, typer.Option("--static", help="Check without starting them.")] = False,
    timeout: Annotated[float, typer.Option("--timeout", min=1, metavar="SECONDS", help="How many seconds a kernel may take to start.")] = 60,
    jupyters: Annotated[bool, typer.Option("--jupyter", help="Also ask each jupyter on PATH whether it finds the kernel.")] = False,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Start kernels, by default all of roost's, and check that they run in their envs."""


@command(kernel, "roost.cli.kernel:remove")
def remove(
    names: Names = None,
    project: Annotated[str | None, typer.Option("--project", metavar="ENV", help="Remove all kernels of this project or env.", show_default=False)] = None,
    force: Annotated[bool, typer.Option("--force", help="Remove a kernel even if roost did not make it.")] = False,
    missing_ok: Annotated[bool, typer.Option("--missing-ok", help="Do not fail if there is no such kernel.")] = False,
    uninstall: Annotated[bool, typer.Option("--uninstall-ipykernel", help="Also remove ipykernel from the env.")] = False,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Remove kernels; their envs stay."""


@command(kernel, "roost.cli.kernel:prune")
def prune(
    really: Annotated[bool, typer.Option("--yes", help="Remove them; without this option they are only shown.")] = False,
    foreign: Annotated[bool, typer.Option("--foreign", help="Include kernels that roost did not make, if their interpreter is gone.")] = False,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Show roost's kernels that cannot start any more, and remove them with --yes."""
