"""``roost remove`` on the command line: what would go, the question, and what went, as text or JSON."""

from __future__ import annotations

from typing import Any

from roost.cli import render
from roost.cli.context import layout_and_directory
from roost.cli.declared import COMMANDS
from roost.jobs.remove import Victim, check_maker, look, remove
from roost.rules.errors import UsageError, to_type
from roost.rules.removals import RemoveLink


def command(envs: list[str] | None, *, yes: bool, force: bool, as_json: bool) -> int:
    layout, directory = layout_and_directory(None)
    words = envs or []
    with render.Terminal(quiet=as_json) as narrator:
        narrator.detail("counting how much disk it takes")
        victims = look(words, directory, layout)
    if not as_json:
        for victim in victims:
            _show(victim)
    if not force:
        check_maker(victims, _again(words, yes=yes, force=True, as_json=as_json))
    if not yes:
        if as_json or not render.can_ask():
            raise UsageError("not-confirmed", "nothing was removed without your confirmation", command=_again(words, yes=True, force=force, as_json=as_json))
        if not render.agreed("remove it?" if len(victims) == 1 else "remove them?"):
            render.say("nothing was removed")
            return 0
    gone = []
    with render.Terminal(quiet=as_json) as narrator:
        for victim, was_there in remove(victims, layout, narrator):
            gone += [victim] if was_there else []
            narrator.step(f"removed {victim.env.prefix}" if was_there else f"{victim.env.prefix} was gone already")
    if as_json:
        render.emit({"removed": [_document(victim) for victim in gone]})
    return 0


def _again(words: list[str], **options: bool) -> str:
    return to_type("roost", "remove", *words, *COMMANDS["remove"].spelled(options))


def _show(victim: Victim) -> None:
    """What goes with the env, and who would miss it."""
    if isinstance(victim.action, RemoveLink):
        render.say(f"the link {victim.env.prefix}; what it leads to stays")
        return
    render.say(f"the env {victim.env.label}, {render.size(victim.size)} ({victim.env.prefix})")
    if victim.alias is not None:
        render.say(f"its alias {victim.alias}")
    for kernel in victim.kernels:
        render.say(f"its kernel {kernel}")
    for project in victim.projects:
        render.say(f"{project} still names it")


def _document(victim: Victim) -> dict[str, Any]:
    return {
        "name": victim.env.name,
        "path": render.text_of(victim.env.prefix),
        "link": isinstance(victim.action, RemoveLink),
        "alias": render.text_of(victim.alias),
        "kernels": list(victim.kernels),
        "projects": [render.text_of(project) for project in victim.projects],
        "size": victim.size,
        "made_by": "roost" if victim.by_roost else "other",
    }
