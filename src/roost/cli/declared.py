"""What each command takes. Written by scripts/declare.py from roost.cli.app: change that, and run it again."""

from roost.cli.quick import Command, Parameter

COMMANDS = {
    "activate": Command(target="roost.cli.activation:activate", parameters=(Parameter(name="env", kind="text", metavar="ENV"),)),
    "complete": Command(target="roost.cli.complete:command", parameters=(Parameter(name="words", kind="text", many=True),), hidden=True, raw=True),
    "deactivate": Command(target="roost.cli.activation:deactivate"),
    "doctor": Command(target="roost.cli.doctor:command", parameters=(Parameter(name="as_json", kind="flag", default=False, words={"--json": True}),)),
    "hook": Command(
        target="roost.cli.hook:command",
        parameters=(
            Parameter(name="shell", kind="text", required=True, metavar="zsh|bash|fish"),
            Parameter(name="path", kind="flag", default=False, words={"--path": True}),
        ),
    ),
    "init": Command(
        target="roost.cli.init:command",
        parameters=(
            Parameter(name="directory", kind="path", metavar="DIR"),
            Parameter(name="python", kind="text", metavar="VERSION", words={"--python": True}),
            Parameter(name="name", kind="text", metavar="NAME", words={"--name": True}),
            Parameter(name="force", kind="flag", default=False, words={"--force": True}),
            Parameter(name="no_up", kind="flag", default=False, words={"--no-up": True}),
            Parameter(name="no_interpreter", kind="flag", default=False, words={"--no-interpreter": True}),
            Parameter(name="kernel", kind="flag", words={"--kernel": True, "--no-kernel": False}),
            Parameter(name="deps", kind="flag", words={"--deps": True, "--no-deps": False}),
            Parameter(name="dry_run", kind="flag", default=False, words={"--dry-run": True}),
            Parameter(name="as_json", kind="flag", default=False, words={"--json": True}),
            Parameter(name="quiet", kind="flag", default=False, words={"-q": True, "--quiet": True}),
            Parameter(name="verbose", kind="flag", default=False, words={"-v": True, "--verbose": True}),
        ),
    ),
    "kernel add": Command(
        target="roost.cli.kernel:add",
        parameters=(
            Parameter(name="project", kind="text", metavar="ENV"),
            Parameter(name="name", kind="text", metavar="NAME", words={"--name": True}),
            Parameter(name="display_name", kind="text", metavar="NAME", words={"--display-name": True}),
            Parameter(name="env", kind="text", many=True, metavar="K=V", words={"--env": True}),
            Parameter(name="replace", kind="flag", default=False, words={"--replace": True}),
            Parameter(name="force", kind="flag", default=False, words={"--force": True}),
            Parameter(name="no_install", kind="flag", default=False, words={"--no-install": True}),
            Parameter(name="installer", kind="other", default="auto", metavar="auto|uv|pip", words={"--installer": True}),
            Parameter(name="allow_changes", kind="flag", default=False, words={"--allow-changes": True}),
            Parameter(name="no_pip", kind="flag", default=False, words={"--no-pip": True}),
            Parameter(name="isolated", kind="flag", default=False, words={"--isolated": True}),
            Parameter(name="startup", kind="flag", default=False, words={"--startup": True}),
            Parameter(name="everything", kind="flag", default=False, words={"--all": True}),
            Parameter(name="check", kind="flag", words={"--check": True, "--no-check": False}),
            Parameter(name="data", kind="path", metavar="DIR", words={"--data-dir": True}),
            Parameter(name="dry_run", kind="flag", default=False, words={"--dry-run": True}),
            Parameter(name="as_json", kind="flag", default=False, words={"--json": True}),
            Parameter(name="verbose", kind="flag", default=False, words={"-v": True, "--verbose": True}),
        ),
    ),
    "kernel check": Command(
        target="roost.cli.kernel:check",
        parameters=(
            Parameter(name="names", kind="text", many=True, metavar="KERNEL"),
            Parameter(name="static", kind="flag", default=False, words={"--static": True}),
            Parameter(name="timeout", kind="other", default=60, metavar="SECONDS", words={"--timeout": True}),
            Parameter(name="jupyters", kind="flag", default=False, words={"--jupyter": True}),
            Parameter(name="data", kind="path", metavar="DIR", words={"--data-dir": True}),
            Parameter(name="as_json", kind="flag", default=False, words={"--json": True}),
        ),
    ),
    "kernel list": Command(
        target="roost.cli.kernel:listing",
        parameters=(
            Parameter(name="everything", kind="flag", default=False, words={"--all": True}),
            Parameter(name="stale", kind="flag", default=False, words={"--stale": True}),
            Parameter(name="data", kind="path", metavar="DIR", words={"--data-dir": True}),
            Parameter(name="as_json", kind="flag", default=False, words={"--json": True}),
        ),
    ),
    "kernel prune": Command(
        target="roost.cli.kernel:prune",
        parameters=(
            Parameter(name="really", kind="flag", default=False, words={"--yes": True}),
            Parameter(name="foreign", kind="flag", default=False, words={"--foreign": True}),
            Parameter(name="data", kind="path", metavar="DIR", words={"--data-dir": True}),
            Parameter(name="as_json", kind="flag", default=False, words={"--json": True}),
        ),
    ),
    "kernel remove": Command(
        target="roost.cli.kernel:remove",
        parameters=(
            Parameter(name="names", kind="text", many=True, metavar="KERNEL"),
            Parameter(name="project", kind="text", metavar="ENV", words={"--project": True}),
            Parameter(name="force", kind="flag", default=False, words={"--force": True}),
            Parameter(name="missing_ok", kind="flag", default=False, words={"--missing-ok": True}),
            Parameter(name="uninstall", kind="flag", default=False, words={"--uninstall-ipykernel": True}),
            Parameter(name="data", kind="path", metavar="DIR", words={"--data-dir": True}),
            Parameter(name="as_json", kind="flag", default=False, words={"--json": True}),
        ),
    ),
    "list": Command(
        target="roost.cli.listing:command",
        parameters=(
            Parameter(name="size", kind="flag", default=False, words={"--size": True}),
            Parameter(name="orphans", kind="flag", default=False, words={"--orphans": True}),
            Parameter(name="as_json", kind="flag", default=False, words={"--json": True}),
        ),
    ),
    "prune": Command(
        target="roost.cli.prune:command",
        parameters=(
            Parameter(name="yes", kind="flag", default=False, words={"--yes": True}),
            Parameter(name="as_json", kind="flag", default=False, words={"--json": True}),
        ),
    ),
    "remove": Command(
        target="roost.cli.remove:command",
        parameters=(
            Parameter(name="envs", kind="text", many=True, metavar="ENV"),
            Parameter(name="yes", kind="flag", default=False, words={"--yes": True}),
            Parameter(name="force", kind="flag", default=False, words={"--force": True}),
            Parameter(name="as_json", kind="flag", default=False, words={"--json": True}),
        ),
    ),
    "run": Command(
        target="roost.cli.run:command",
        parameters=(
            Parameter(name="words", kind="text", many=True, required=True, metavar="CMD"),
            Parameter(name="directory", kind="path", metavar="DIR", words={"-C": True}),
            Parameter(name="env", kind="text", metavar="ENV", words={"--env": True}),
        ),
        wraps=True,
    ),
    "setup": Command(
        target="roost.cli.setup:command",
        parameters=(
            Parameter(name="shell", kind="text", metavar="zsh|bash|fish"),
            Parameter(name="undo", kind="flag", default=False, words={"--undo": True}),
            Parameter(name="dry_run", kind="flag", default=False, words={"--dry-run": True}),
        ),
    ),
    "status": Command(
        target="roost.cli.status:command",
        parameters=(
            Parameter(name="directory", kind="path", metavar="DIR"),
            Parameter(name="as_json", kind="flag", default=False, words={"--json": True}),
        ),
    ),
    "up": Command(
        target="roost.cli.up:command",
        parameters=(
            Parameter(name="directory", kind="path", metavar="DIR"),
            Parameter(name="no_interpreter", kind="flag", default=False, words={"--no-interpreter": True}),
            Parameter(name="recreate", kind="flag", default=False, words={"--recreate": True}),
            Parameter(name="no_link", kind="flag", default=False, words={"--no-link": True}),
            Parameter(name="kernel", kind="flag", words={"--kernel": True, "--no-kernel": False}),
            Parameter(name="deps", kind="flag", words={"--deps": True, "--no-deps": False}),
            Parameter(name="installer", kind="other", default="auto", metavar="auto|uv|pip", words={"--installer": True}),
            Parameter(name="dry_run", kind="flag", default=False, words={"--dry-run": True}),
            Parameter(name="as_json", kind="flag", default=False, words={"--json": True}),
            Parameter(name="quiet", kind="flag", default=False, words={"-q": True, "--quiet": True}),
            Parameter(name="verbose", kind="flag", default=False, words={"-v": True, "--verbose": True}),
            Parameter(name="recursive", kind="flag", default=False, words={"-r": True, "--recursive": True}),
            Parameter(name="jobs", kind="other", metavar="N", words={"--jobs": True}),
            Parameter(name="from_hook", kind="flag", default=False, hidden=True, words={"--from-hook": True}),
        ),
    ),
    "upgrade": Command(
        target="roost.cli.upgrade:command",
        parameters=(
            Parameter(name="versions", kind="text", many=True, metavar="VERSION"),
            Parameter(name="directory", kind="path", metavar="DIR", words={"-C": True}),
            Parameter(name="every", kind="flag", default=False, words={"--all": True}),
            Parameter(name="back", kind="flag", default=False, words={"--rollback": True}),
            Parameter(name="partial", kind="flag", default=False, words={"--partial": True}),
            Parameter(name="prune", kind="flag", default=False, words={"--prune": True}),
            Parameter(name="dry_run", kind="flag", default=False, words={"--dry-run": True}),
            Parameter(name="as_json", kind="flag", default=False, words={"--json": True}),
            Parameter(name="quiet", kind="flag", default=False, words={"-q": True, "--quiet": True}),
            Parameter(name="verbose", kind="flag", default=False, words={"-v": True, "--verbose": True}),
        ),
    ),
    "which": Command(
        target="roost.cli.which:command",
        parameters=(
            Parameter(name="word", kind="text", metavar="CMD|ENV"),
            Parameter(name="env", kind="flag", default=False, words={"--env": True}),
        ),
    ),
}
