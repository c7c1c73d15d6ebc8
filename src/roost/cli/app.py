"""The command line as typer sees it: a function for each command, whose signature says what it takes.

``scripts/declare.py`` writes the same to ``cli/declared``, from where most calls are answered without typer.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from roost.cli.declare import command
from roost.cli.declared import COMMANDS
from roost.cli.kernel_app import Installer
from roost.cli.kernel_app import kernel as kernel_app
from roost.cli.quick import command_of
from roost.rules.errors import UsageError

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
NoInterpreter = Annotated[bool, typer.Option("--no-interpreter", help="Never install an interpreter.")]
Kernel = Annotated[bool | None, typer.Option("--kernel/--no-kernel", help="Register the env's Jupyter kernel, or leave it alone.", show_default=False)]
Deps = Annotated[bool | None, typer.Option("--deps/--no-deps", help="Install what the project's files say it needs, or leave it out.", show_default=False)]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but what is wrong.")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Show every line of an interpreter's build.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, change nothing.")]


def _version(wanted: bool) -> None:
    if wanted:
        from roost.cli import version

        raise typer.Exit(version.command())


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print what a bug report needs.")] = False,
) -> None:
    pass


@command(app, "roost.cli.up:command")
def up(
    directory: Directory = None,
    no_interpreter: NoInterpreter = False,
    recreate: Annotated[bool, typer.Option("--recreate", help="Replace the env by a new one; the old one comes back if that fails.")] = False,
    no_link: Annotated[bool, typer.Option("--no-link", help="Make no alias in $PYENV_ROOT/versions.")] = False,
    kernel: Kernel = None,
    deps: Deps = None,
    installer: Annotated[Installer, typer.Option("--installer", help="What installs dependencies that no lock file's own tool does.")] = Installer.AUTO,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    recursive: Annotated[bool, typer.Option("-r", "--recursive", help="Every project at DIR and below.")] = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, metavar="N", help="With -r: that many projects at a time; as many as there are cores if left out.")
    ] = None,
    from_hook: Annotated[bool, typer.Option("--from-hook", hidden=True)] = False,
) -> None:
    """Make sure that the project's interpreter and env exist."""


@command(app, "roost.cli.init:command")
def init(
    directory: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The directory to begin a project in; the working directory if left out.", show_default=False)
    ] = None,
    python: Annotated[
        str | None, typer.Option("--python", metavar="VERSION", help="This version, such as 3.12.1, or a prefix, such as 3.12.", show_default=False)
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="The env's name; made from the directory's if left out.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that says something else.")] = False,
    no_up: Annotated[bool, typer.Option("--no-up", help="Write the files, and leave the env to the first cd.")] = False,
    no_interpreter: NoInterpreter = False,
    kernel: Kernel = None,
    deps: Deps = None,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write the two files that make a directory a project, then do what `roost up` does."""


@command(app, "roost.cli.status:command")
def status(directory: Directory = None, as_json: Json = False) -> None:
    """Say what applies here and which file says so; exit 0 only if ready."""


@command(app, "roost.cli.run:command", name="run", context_settings={"allow_interspersed_args": False})
def run_in_env(
    words: Annotated[list[str], typer.Argument(metavar="CMD", help="The command; all words after it are its own.")],
    directory: Annotated[Path | None, typer.Option("-C", metavar="DIR", help="Go to DIR first.", show_default=False)] = None,
    env: Annotated[str | None, typer.Option("--env", metavar="ENV", help="This env instead of the project's.", show_default=False)] = None,
) -> None:
    """Replace roost by CMD in the project's env, without a shell hook: for make, cron, CI and editors."""


@command(app, "roost.cli.which:command")
def which(
    word: Annotated[str | None, typer.Argument(metavar="[CMD|ENV]", help="A command, by default python; with --env an env.", show_default=False)] = None,
    env: Annotated[bool, typer.Option("--env", help="Print the path of the env itself: of ENV, by default the project's.")] = False,
) -> None:
    """Print the path that `roost run CMD` would start, or with --env that of an env."""


@command(app, "roost.cli.listing:command", name="list")
def listing(
    size: Annotated[bool, typer.Option("--size", help="How much disk each takes.")] = False,
    orphans: Annotated[bool, typer.Option("--orphans", help="Those alone that no project names any more.")] = False,
    as_json: Json = False,
) -> None:
    """List every env: its version, state, projects and kernel."""


@command(app, "roost.cli.remove:command")
def remove(
    envs: Annotated[
        list[str] | None, typer.Argument(metavar="[ENV]...", help="Names such as shop or 3.12.1/envs/shop; the project's env if left out.", show_default=False)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Also an env that roost did not make.")] = False,
    as_json: Json = False,
) -> None:
    """Remove an env with its alias and its kernels, after showing them."""


@command(app, "roost.cli.prune:command")
def prune(
    yes: Annotated[bool, typer.Option("--yes", help="Remove what is shown without it.")] = False,
    as_json: Json = False,
) -> None:
    """Show what roost made and nobody needs any more, and remove it."""


@command(app, "roost.cli.doctor:command")
def doctor(as_json: Json = False) -> None:
    """Say what is wrong on this machine, and what to type against it; change nothing."""


@command(app, "roost.cli.hook:command")
def hook(
    shell: Annotated[str, typer.Argument(metavar="zsh|bash|fish")],
    path: Annotated[bool, typer.Option("--path", help="Print the file to source instead.")] = False,
) -> None:
    """Print the shell hook, for eval, or for source in fish."""


@command(app, "roost.cli.setup:command")
def setup(
    shell: Annotated[str | None, typer.Argument(metavar="[zsh|bash|fish]", help="The shell; the one that you are in if left out.", show_default=False)] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the hook out again.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Put the hook into the shell's rc file, as one marked block, and check that a new shell has it."""


@command(app, "roost.cli.activation:activate")
def activate(env: Annotated[str | None, typer.Argument(metavar="[ENV]", show_default=False)] = None) -> None:
    """Turn an env on in this shell: the project's, or the one of that name. Needs the hook."""


@command(app, "roost.cli.activation:deactivate")
def deactivate() -> None:
    """Turn the env off until the project is left. Needs the hook."""


@command(app, "roost.cli.complete:command", hidden=True, context_settings={"ignore_unknown_options": True})
def complete(words: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    """Print what the last of these words can become, a candidate a line."""


def run() -> int:
    """Runs the application and returns the exit code; UsageError for a call that it does not understand."""
    try:
        return int(app(prog_name="roost", standalone_mode=False) or 0)
    except _NotUnderstood as error:
        message = error.format_message().rstrip(".")
        if not message:
            return UsageError.code  # no word at all: the help has been shown
        # An option that lacks its value comes without a context, which would know the command.
        path = error.ctx.command_path if error.ctx else " ".join(["roost", *_command_words(sys.argv[1:])])
        raise UsageError("usage", message[:1].lower() + message[1:], command=f"{path} --help") from error


def _command_words(words: list[str]) -> list[str]:
    _, rest = command_of(words, COMMANDS)
    return words[: len(words) - len(rest)]
