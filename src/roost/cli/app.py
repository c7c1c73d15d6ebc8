"""The command line as typer sees it: a function for each command, whose signature says what it takes.

``scripts/declare.py`` writes the same to ``cli/declared``, from where most calls are answered without typer.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from roost.cli.declare import Group, command
from roost.cli.declared import COMMANDS
from roost.cli.kernel_app import Installer
from roost.cli.kernel_app import kernel as kernel_app
from roost.cli.quick import command_of
from roost.rules.errors import UsageError

app = typer.Typer(
    cls=Group,
    help="cd into a project, and its pyenv interpreter and virtualenv are active.",
    epilog="To begin: `roost setup` once, then `roost init` in a project. `roost COMMAND --help` shows the options of a command.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# click's UsageError, wherever typer keeps it: newer ones carry a click of their own.
_NotUnderstood: Any = typer.BadParameter.__bases__[0]
app.add_typer(kernel_app, name="kernel")
Directory = Annotated[Path | None, typer.Argument(metavar="DIR", help="The project's directory; by default the working directory.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
NoInterpreter = Annotated[bool, typer.Option("--no-interpreter", help="Never install an interpreter.")]
Kernel = Annotated[bool | None, typer.Option("--kernel/--no-kernel", help="Register the env's Jupyter kernel, or leave it alone.", show_default=False)]
Deps = Annotated[bool | None, typer.Option("--deps/--no-deps", help="Install the project's dependencies, or do not.", show_default=False)]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing unless something is wrong.")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Show every line of an interpreter's build.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done and change nothing.")]


def _version(wanted: bool) -> None:
    if wanted:
        from roost.cli import version

        raise typer.Exit(version.command())


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version, and what else a bug report needs.")] = False,
) -> None:
    pass


@command(app, "roost.cli.setup:command")
def setup(
    shell: Annotated[str | None, typer.Argument(metavar="zsh|bash|fish", help="The shell; by default the one that you are in.", show_default=False)] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Remove the hook.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Put the hook into the shell's rc file, and check that a new shell loads it."""


@command(app, "roost.cli.init:command")
def init(
    directory: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="The directory to turn into a project; by default the working directory.", show_default=False)
    ] = None,
    python: Annotated[
        str | None, typer.Option("--python", metavar="VERSION", help="Use this version, such as 3.12.1, or a prefix, such as 3.12.", show_default=False)
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="The env's name; by default made from the directory's.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is invalid or says something else.")] = False,
    no_up: Annotated[bool, typer.Option("--no-up", help="Write the files only; the first cd makes the env.")] = False,
    no_interpreter: NoInterpreter = False,
    kernel: Kernel = None,
    deps: Deps = None,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write the two files that make a directory a project, then do what `roost up` does."""


@command(app, "roost.cli.up:command")
def up(
    directory: Directory = None,
    no_interpreter: NoInterpreter = False,
    recreate: Annotated[bool, typer.Option("--recreate", help="Replace the env with a new one; the old one comes back if that fails.")] = False,
    no_link: Annotated[bool, typer.Option("--no-link", help="Do not create the alias in $PYENV_ROOT/versions.")] = False,
    kernel: Kernel = None,
    deps: Deps = None,
    installer: Annotated[Installer, typer.Option("--installer", help="Which tool installs dependencies that are not in a lock file.")] = Installer.AUTO,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    recursive: Annotated[bool, typer.Option("-r", "--recursive", help="Work on every project at DIR and below.")] = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, metavar="N", help="With -r: work on N projects at a time; by default as many as there are cores.")
    ] = None,
    from_hook: Annotated[bool, typer.Option("--from-hook", hidden=True)] = False,
) -> None:
    """Make sure that the project's interpreter and env exist."""


@command(app, "roost.cli.status:command")
def status(directory: Directory = None, as_json: Json = False) -> None:
    """Show which interpreter and env apply here, and which file says so; exit with 0 only if the env is ready."""


@command(app, "roost.cli.run:command", name="run", context_settings={"allow_interspersed_args": False})
def run_in_env(
    words: Annotated[list[str], typer.Argument(metavar="CMD", help="The command; all words after it belong to it.")],
    directory: Annotated[Path | None, typer.Option("-C", metavar="DIR", help="Change to DIR first, and use the project there.", show_default=False)] = None,
    env: Annotated[str | None, typer.Option("--env", metavar="ENV", help="Use this env instead of the project's.", show_default=False)] = None,
) -> None:
    """Run CMD in the project's env where there is no shell hook: in make, cron, CI and editors."""


@command(app, "roost.cli.which:command")
def which(
    word: Annotated[str | None, typer.Argument(metavar="CMD|ENV", help="A command, by default python; with --env, an env.", show_default=False)] = None,
    env: Annotated[bool, typer.Option("--env", help="Print the path of the env ENV, by default of the project's.")] = False,
) -> None:
    """Print the path that `roost run CMD` would start, or with --env the path of an env."""


@command(app, "roost.cli.activation:activate")
def activate(
    env: Annotated[str | None, typer.Argument(metavar="ENV", help="A name, 3.12.1/envs/shop, a path, or a project's directory.", show_default=False)] = None,
) -> None:
    """Activate the project's env again, or ENV, in this shell. Needs the hook."""


@command(app, "roost.cli.activation:deactivate")
def deactivate() -> None:
    """Deactivate the env until you leave the project. Needs the hook."""


@command(app, "roost.cli.upgrade:command")
def upgrade(
    versions: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="VERSION", help="The version to move to; by default the newest installed release of the same minor version.", show_default=False
        ),
    ] = None,
    directory: Annotated[Path | None, typer.Option("-C", metavar="DIR", help="Upgrade the project in DIR.", show_default=False)] = None,
    every: Annotated[bool, typer.Option("--all", help="Move every project that has an env of the first VERSION to the second.")] = False,
    back: Annotated[bool, typer.Option("--rollback", help="Go back to the env before the last upgrade.")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Go on without packages that cannot be installed.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove the old env afterwards, unless another project names it.")] = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Show every line of an interpreter's build and of the installer.")] = False,
) -> None:
    """Move the project to another Python, with its packages."""


@command(app, "roost.cli.listing:command", name="list")
def listing(
    size: Annotated[bool, typer.Option("--size", help="Show the disk space of each env.")] = False,
    orphans: Annotated[bool, typer.Option("--orphans", help="Show only envs that no project names any more.")] = False,
    as_json: Json = False,
) -> None:
    """List every env: its version, state, projects and kernel."""


@command(app, "roost.cli.remove:command")
def remove(
    envs: Annotated[
        list[str] | None, typer.Argument(metavar="ENV", help="Names such as shop or 3.12.1/envs/shop; by default the project's env.", show_default=False)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Remove an env even if roost did not make it.")] = False,
    as_json: Json = False,
) -> None:
    """Remove an env with its alias and its kernels, after showing them."""


@command(app, "roost.cli.prune:command")
def prune(
    yes: Annotated[bool, typer.Option("--yes", help="Remove it; without this option it is only shown.")] = False,
    as_json: Json = False,
) -> None:
    """Show envs and leftovers that nobody needs any more, and remove them with --yes."""


@command(app, "roost.cli.doctor:command")
def doctor(as_json: Json = False) -> None:
    """Say what is wrong on this machine and which command fixes it; change nothing."""


@command(app, "roost.cli.hook:command")
def hook(
    shell: Annotated[str, typer.Argument(metavar="zsh|bash|fish", help="The shell that reads it.")],
    path: Annotated[bool, typer.Option("--path", help="Print the path of the file to source instead.")] = False,
) -> None:
    """Print the hook, for an rc file that loads it with a line of your own."""


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
