"""The typer application: one function a command, each of which calls into its own module."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from roost import __version__
from roost.cli.kernel_app import kernel as kernel_app
from roost.rules.errors import UsageError
from roost.rules.plan import Wishes

app = typer.Typer(
    help="cd into a project, and its pyenv interpreter and virtualenv are there.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# click's UsageError, wherever typer keeps it: newer ones carry a click of their own.
_NotUnderstood: Any = typer.BadParameter.__bases__[0]
app.add_typer(kernel_app, name="kernel")
Directory = Annotated[Path | None, typer.Argument(metavar="[DIR]", help="The project; the working directory if left out.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, change nothing.")]


def _version(wanted: bool) -> None:
    if wanted:
        print(f"roost {__version__}")
        raise typer.Exit


@app.callback()
def _options(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False) -> None:
    pass


@app.command()
def up(
    directory: Directory = None,
    no_interpreter: Annotated[bool, typer.Option("--no-interpreter", help="Never install an interpreter.")] = False,
    recreate: Annotated[bool, typer.Option("--recreate", help="Make the env anew; the old one comes back if that fails.")] = False,
    no_link: Annotated[bool, typer.Option("--no-link", help="Make no alias in $PYENV_ROOT/versions.")] = False,
    kernel: Annotated[
        bool | None, typer.Option("--kernel/--no-kernel", help="Register the env's Jupyter kernel, or leave it alone.", show_default=False)
    ] = None,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but what is wrong.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Show every line of an interpreter's build.")] = False,
    recursive: Annotated[bool, typer.Option("-r", "--recursive", help="Every project at DIR and below.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", min=1, metavar="N", help="With -r: that many projects at a time.")] = 1,
) -> None:
    """Make sure that the project's interpreter and env exist."""
    from roost.cli import up, up_below

    if recursive:
        flags = {
            "--no-interpreter": no_interpreter,
            "--recreate": recreate,
            "--no-link": no_link,
            "--dry-run": dry_run,
            "-q": quiet,
            "-v": verbose,
            "--kernel": kernel is True,
            "--no-kernel": kernel is False,
        }
        raise typer.Exit(up_below.command(directory, [flag for flag, given in flags.items() if given], jobs=jobs, as_json=as_json))
    wishes = Wishes(install_interpreter=not no_interpreter, recreate=recreate, kernel=kernel)
    raise typer.Exit(up.command(directory, wishes, link=not no_link, dry_run=dry_run, as_json=as_json, quiet=quiet, verbose=verbose))


@app.command()
def status(directory: Directory = None, as_json: Json = False) -> None:
    """Say what applies here and which file says so; exit 0 only if ready."""
    from roost.cli.status import command

    raise typer.Exit(command(directory, as_json=as_json))


@app.command()
def hook(
    shell: Annotated[str, typer.Argument(metavar="zsh|bash|fish")],
    path: Annotated[bool, typer.Option("--path", help="Print the file to source instead.")] = False,
) -> None:
    """Print the shell hook, for eval, or for source in fish."""
    from roost.machine import hooks

    sys.stdout.write(f"{hooks.hook_file(shell)}\n" if path else hooks.hook_text(shell))


@app.command()
def setup(
    shell: Annotated[str | None, typer.Argument(metavar="[zsh|bash|fish]", help="The shell; the one that you are in if left out.", show_default=False)] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the hook out again.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Put the hook into the shell's rc file, as one marked block, and check that a new shell has it."""
    from roost.cli.setup import command

    raise typer.Exit(command(shell, undo=undo, dry_run=dry_run))


@app.command()
def activate(_name: Annotated[str, typer.Argument(metavar="[NAME]")] = "") -> None:
    """Turn an env on in this shell: the project's, or the one of that name. Needs the hook."""
    raise _needs_hook()


@app.command()
def deactivate() -> None:
    """Turn the env off until the project is left. Needs the hook."""
    raise _needs_hook()


def _needs_hook() -> UsageError:
    return UsageError("no-hook", "only the shell hook can change this shell, and it is not loaded here", "type: roost setup")


def run() -> int:
    """Runs the application and returns the exit code; UsageError for a call that it does not understand."""
    try:
        return int(app(prog_name="roost", standalone_mode=False) or 0)
    except _NotUnderstood as error:
        message = error.format_message().rstrip(".")
        if not message:
            return UsageError.code  # no word at all: the help has been shown
        raise UsageError("usage", message[:1].lower() + message[1:], f"type: {error.ctx.command_path} --help") from error
