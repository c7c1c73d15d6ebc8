"""What the commands of ``roost kernel`` take, as typer sees it."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from roost.cli.declare import command

kernel = typer.Typer(help="Jupyter kernels that run in a project's env, !pip included.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
DataDir = Annotated[
    Path | None, typer.Option("--data-dir", metavar="DIR", help="Another Jupyter data directory; kernels are in its kernels/.", show_default=False)
]
Names = Annotated[list[str] | None, typer.Argument(metavar="[KERNEL]...", show_default=False)]


class Installer(str, enum.Enum):
    """Who puts ipykernel into an env: uv where there is one, else the env's pip."""

    AUTO = "auto"
    UV = "uv"
    PIP = "pip"


@command(kernel, "roost.cli.kernel:add")
def add(
    project: Annotated[
        str | None,
        typer.Argument(metavar="[ENV]", help="A project's directory, or an env: churn, 3.12.1/envs/churn. The project here if left out.", show_default=False),
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
    data: DataDir = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the kernel.json, change nothing.")] = False,
    as_json: Json = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Show each line of the installer, and name every package that it added.")] = False,
) -> None:
    """Register the env's kernel; twice is harmless. ipykernel is installed into the env if it is missing."""


@command(kernel, "roost.cli.kernel:listing", name="list")
def listing(
    everything: Annotated[bool, typer.Option("--all", help="Foreign ones and the system's too.")] = False,
    stale: Annotated[bool, typer.Option("--stale", help="Only those that cannot start; exit 10 if there are any.")] = False,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """List kernels and their state; nothing is started."""


@command(kernel, "roost.cli.kernel:check")
def check(
    names: Names = None,
    static: Annotated[bool, typer.Option("--static", help="Only look, start nothing.")] = False,
    timeout: Annotated[float, typer.Option("--timeout", min=1, help="Seconds for each kernel to start.")] = 60,
    jupyters: Annotated[bool, typer.Option("--jupyter", help="Also ask each jupyter on PATH whether it sees the kernel.")] = False,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Start kernels and ask them where they are; by default all of roost's."""


@command(kernel, "roost.cli.kernel:remove")
def remove(
    names: Names = None,
    project: Annotated[str | None, typer.Option("--project", metavar="ENV", help="All kernels of that project, or env.", show_default=False)] = None,
    force: Annotated[bool, typer.Option("--force", help="Also one that roost did not make.")] = False,
    missing_ok: Annotated[bool, typer.Option("--missing-ok", help="No error if it is not there.")] = False,
    uninstall: Annotated[bool, typer.Option("--uninstall-ipykernel", help="Also take ipykernel out of the env.")] = False,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Remove kernels; their envs stay."""


@command(kernel, "roost.cli.kernel:prune")
def prune(
    really: Annotated[bool, typer.Option("--yes", help="Do it; without, only say what would go.")] = False,
    foreign: Annotated[bool, typer.Option("--foreign", help="Also foreign ones whose absolute interpreter is gone.")] = False,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Remove roost's kernels that cannot start any more."""
