"""S: what a cloned repository holds. At most it selects, or creates, an env of an allowed name."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from roost.machine.hooks import hook_file, quote
from tests.support.sandbox import Sandbox
from tests.support.shells import OpenTerminal, Shell, ShellSession

# All that a hint may show; the CLI may also draw with other characters, but never steer the terminal.
PLAIN = re.compile(r"[ -~\n]*")
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
KINDS = {"name": ".python-virtualenv", "version": ".python-version"}
COMMANDS = (("status",), ("up", "--no-interpreter"))
# `canary` is created in the working directory, wherever that is, by whatever runs one of these.
CONTENTS: dict[str, bytes] = {
    "parent": b"..",
    "here": b".",
    "hidden": b".hidden",
    "traversal": b"../../../../evil",
    "traversal inside": b"3.12.1/../../../evil",
    "traversal through a name": b"shop/../../../../../evil",
    "slash": b"shop/",
    "home": b"~/evil",
    "tilde": b"~",
    "option": b"-rf",
    "long option": b"--help",
    "substitution": b"$(touch canary)",
    "substitution without blank": b"$({touch,canary})",
    "IFS": b"$(touch${IFS}canary)",
    "backticks": b"`touch${IFS}canary`",
    "prompt substitution": b"x$(touch${IFS}canary)",
    "semicolon": b"shop;touch${IFS}canary",
    "pipe": b"shop|touch${IFS}canary",
    "ampersand": b"shop&touch${IFS}canary",
    "redirection": b"shop>canary",
    "process": b"<(touch${IFS}canary)",
    "zsh flags": b"${(e):-$(touch${IFS}canary)}",
    "zsh glob qualifier": b"*(e:'touch canary':)",
    "subscript": b"a[$(touch${IFS}canary)]",
    "assignment": b"PATH=/evil",
    "variable": b"$HOME/evil",
    "glob": b"*",
    "glob of a name": b"sh?p",
    "bracket": b"[s]hop",
    "braces": b"{shop,evil}",
    "history": b"!!",
    "backslash": b"sho\\p",
    "quotes": b"'shop'",
    "double quotes": b'"shop"',
    "NUL": b"shop\x00",
    "NUL first": b"\x00shop\n",
    "NUL later": b"shop\n\x00\n",
    "colour": b"\x1b[31mshop",
    "title": b"shop\x1b]0;pwned\x07",
    "C1": b"shop\x9b31m",
    "bell": b"shop\x07",
    "DEL": b"shop\x7f",
    "vertical tab": b"shop\x0bevil",
    "form feed": b"shop\x0cevil",
    "format": b"%s%s%s%n",
    "zsh prompt": b"%n",
    "zsh prompt conditional": b"%(?.a.b)",
    "bash prompt": b"\\w",
    "BOM": b"\xef\xbb\xbfshop",
    "UTF-16": "shop\n".encode("utf-16"),
    "cyrillic": "sh\u043ep".encode(),
    "full width": "\uff53hop".encode(),
    "long s": "\u017fhop".encode(),
    "arabic digit": "shop\u0661".encode(),
    "accent": "shop\u0301".encode(),
    "zero width": "sh\u200bop".encode(),
    "right to left": "\u202epohs".encode(),
    "no-break space": "\u00a0shop".encode(),
    "line separator": "shop\u2028evil".encode(),
    "latin-1": b"sh\xf6p",
    "half a character": b"shop\xc3",
    "too long": b"a" * 129,
    "a megabyte": b"a" * 1_000_000,
    "a megabyte of lines": b"\n" * 1_000_000 + b"shop\n",
    "a megabyte of comments": b"# x\n" * 250_000 + b"shop\n",
    "just too much": b"shop\n" + b"#" * 4092,
}
NAMES_ONLY = {"system": b"system", "envs": b"envs", "digits": b"12345", "a version": b"3.12.1", "a path": b"3.12.1/envs/shop"}
VERSIONS_ONLY = {"specifier": b">=3.9", "a star": b"3.*", "only a prefix": b"python-"}


def contents(kind: str) -> dict[str, bytes]:
    return {**CONTENTS, **(NAMES_ONLY if kind == "name" else VERSIONS_ONLY)}


def a_machine(sandbox: Sandbox) -> None:
    """With an env `shop`, and with what the hostile words would lead to, if one followed them."""
    sandbox.fake_env("3.12.1", "shop")
    looks_like_an_env(sandbox.root / "evil")
    looks_like_an_env(sandbox.home / "evil")
    for word in CONTENTS.values():
        if len(word) < 200 and b"\x00" not in word and b"/" not in word and word not in {b".", b".."}:
            looks_like_an_env(Path(os.fsdecode(os.fsencode(sandbox.versions / "3.12.1" / "envs") + b"/" + word)))


def looks_like_an_env(prefix: Path) -> None:
    (prefix / "bin").mkdir(parents=True, exist_ok=True)
    (prefix / "pyvenv.cfg").write_text("home = /usr/bin\n")
    python = prefix / "bin" / "python"
    python.write_text("#!/bin/sh\n: >canary\n")
    python.chmod(0o755)
    (prefix / "bin" / "activate").write_text(": >canary\n")


def a_project(sandbox: Sandbox, directory: str, kind: str, word: bytes) -> Path:
    both = {"name": b"shop\n", "version": b"3.12.1\n", kind: word}
    return sandbox.project(directory, both["version"], both["name"])


def no_canary(sandbox: Sandbox) -> None:
    assert list(sandbox.root.rglob("canary")) == []


def tree(root: Path) -> set[bytes]:
    return {os.path.join(where, name) for where, directories, files in os.walk(os.fsencode(root)) for name in (*directories, *files)}


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_words_in_the_shell(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, kind: str) -> None:
    """S, F8, H16: nothing is activated, nothing runs, at most one plain line is said; the shell goes on."""
    a_machine(sandbox)
    session = terminal(sandbox.home, environ={"ROOST_AUTO_CREATE": "0"})
    for number, (label, word) in enumerate(contents(kind).items()):
        project = a_project(sandbox, f"p{number}", kind, word)
        shown = session.run(f"cd {project}")
        assert session.prefix == "", label
        assert PLAIN.fullmatch(shown), (label, shown)
        assert shown.startswith("roost: "), (label, shown)
        assert shown.count("\n") == 1, (label, shown)
        assert session.run("") == "", label
    assert session.active is None
    no_canary(sandbox)
    session.run(f"cd {sandbox.project('good', '3.12.1', 'shop')}")
    assert session.prefix == "(shop) "


def test_hostile_words_are_not_made(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """S, H12: with creation on, no hostile word reaches the program."""
    a_machine(sandbox)
    calls, program = sandbox.root / "calls", sandbox.root / "stand-in"
    program.write_text(f"#!/bin/sh\necho called >>'{calls}'\n")
    program.chmod(0o755)
    session = terminal(sandbox.home, after=every_shell.assign("_roost_cli", program))
    for kind in KINDS:
        for number, word in enumerate(contents(kind).values()):
            session.run(f"cd {a_project(sandbox, f'{kind}{number}', kind, word)}")
    no_canary(sandbox)
    assert set(calls.read_text().splitlines()) == {"called"}


# The whole program, many times in one process: a start costs more than a look.
DRIVER = """
import json, os, sys, tempfile
from roost.__main__ import main
answers = []
for directory, words in json.load(open(sys.argv[1])):
    os.chdir(directory)
    os.environ["PWD"], sys.argv = directory, ["roost", *words]
    with tempfile.TemporaryFile() as said:
        saved = os.dup(1), os.dup(2)
        os.dup2(said.fileno(), 1), os.dup2(said.fileno(), 2)
        try:
            code = main()
        except SystemExit as end:
            code = end.code
        sys.stdout.flush(), sys.stderr.flush()
        os.dup2(saved[0], 1), os.dup2(saved[1], 2)
        os.close(saved[0]), os.close(saved[1])
        said.seek(0)
        answers.append([code, said.read().decode("utf-8", "surrogateescape")])
print(json.dumps(answers))
"""


def roost_in(sandbox: Sandbox, directories: Sequence[Path], *words: str) -> list[tuple[int, str]]:
    """Exit code and words of `roost` in each directory; nothing that steers the terminal, nothing made."""
    before = tree(sandbox.versions)
    orders = sandbox.root / "orders"
    orders.write_text(json.dumps([[str(directory), words] for directory in directories]))
    done = sandbox.run([sys.executable, "-c", DRIVER, orders])
    assert done.returncode == 0, done.stderr
    answers = [(int(code), str(said)) for code, said in json.loads(done.stdout)]
    assert len(answers) == len(directories)
    for directory, (_, said) in zip(directories, answers, strict=True):
        assert said, directory
        assert not STEERING.search(said), (directory, said)
        assert "Traceback" not in said, (directory, said)
    assert tree(sandbox.versions) == before
    no_canary(sandbox)
    return answers


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("kind", KINDS)
def test_hostile_words_in_the_command(sandbox: Sandbox, kind: str, words: tuple[str, ...]) -> None:
    """S, F8: `status` and `up` refuse with an exit code and plain words, and change nothing."""
    a_machine(sandbox)
    projects = {label: a_project(sandbox, f"p{number}", kind, word) for number, (label, word) in enumerate(contents(kind).items())}
    for label, (code, said) in zip(projects, roost_in(sandbox, list(projects.values()), *words), strict=True):
        assert code == 4, (label, said)
        assert len(said) < 2000, label


def test_a_start_of_its_own(sandbox: Sandbox) -> None:
    """The laboratory itself: a process for each command answers the same."""
    a_machine(sandbox)
    for words in COMMANDS:
        project = a_project(sandbox, "project", "name", CONTENTS["title"])
        done = sandbox.roost(*words, cwd=project)
        assert [(done.returncode, done.stdout + done.stderr)] == roost_in(sandbox, [project], *words)


def strange_files(sandbox: Sandbox) -> dict[str, Path]:
    """Projects whose file is no file, or somebody else's."""
    secret = sandbox.root / "secret"
    secret.write_text("TOP-SECRET: password\n")
    found = {}
    for kind, name in KINDS.items():
        for what in ("fifo", "directory", "socket", "zero", "tty", "null", "dangling", "loop", "link to a fifo", "secret"):
            project = sandbox.project(f"{kind}-{what.replace(' ', '-')}", "3.12.1", "shop")
            file = project / name
            file.unlink()
            match what:
                case "fifo":
                    os.mkfifo(file)
                case "directory":
                    file.mkdir()
                case "socket":
                    with socket.socket(socket.AF_UNIX) as server:
                        here = os.open(project, os.O_RDONLY)
                        try:
                            server.bind(f"/proc/self/fd/{here}/{name}" if os.path.exists("/proc/self/fd") else str(file)[:100])
                        finally:
                            os.close(here)
                case "zero" | "tty" | "null":
                    file.symlink_to(f"/dev/{what}")
                case "dangling":
                    file.symlink_to("/not/there")
                case "loop":
                    file.symlink_to(name)
                case "link to a fifo":
                    os.mkfifo(project / "pipe")
                    file.symlink_to("pipe")
                case "secret":
                    file.symlink_to(secret)
            found[f"{kind} {what}"] = project
    return found


def test_strange_files_in_the_shell(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """S, F1: passed over, or refused without showing what is in it; `cd` comes back."""
    sandbox.fake_env("3.12.1", "shop")
    session = terminal(sandbox.home, environ={"ROOST_AUTO_CREATE": "0"})
    for label, project in strange_files(sandbox).items():
        shown = session.run(f"cd {project}")
        assert session.prefix == "", label
        assert PLAIN.fullmatch(shown), (label, shown)
        assert shown.count("\n") <= 1, (label, shown)
        assert "SECRET" not in shown
        # No env file is no project: nothing to say.
        assert bool(shown) == (label.startswith("version") or label == "name secret"), (label, shown)
    assert session.active is None


def test_a_lone_link_to_a_secret(sandbox: Sandbox) -> None:
    """S, F15: a link in a clone that names an env, as far as its letters go."""
    (sandbox.root / "secret").write_text("hunter2\n")
    project = sandbox.project("clone", None, None)
    (project / ".python-version").symlink_to("../secret")
    for words in COMMANDS:
        done = sandbox.roost(*words, cwd=project)
        assert done.returncode == 3
        assert "names an env, as pyenv-virtualenv does" in done.stdout + done.stderr
        assert "hunter2" not in done.stdout + done.stderr


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_strange_files_in_the_command(sandbox: Sandbox, words: tuple[str, ...]) -> None:
    """S, F1."""
    sandbox.fake_env("3.12.1", "shop")
    projects = strange_files(sandbox)
    for label, (code, said) in zip(projects, roost_in(sandbox, list(projects.values()), *words), strict=True):
        assert code == (4 if label.startswith("version") or label == "name secret" else 3), (label, said)
        assert "SECRET" not in said
        assert "password" not in said


def test_an_alias_that_leads_out(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """S, F13: `versions/shop` must be an env of a version, whatever its own pyvenv.cfg says."""
    good = sandbox.fake_env("3.12.1", "good")
    (sandbox.versions / "good").symlink_to(good)
    session = terminal(sandbox.home)
    projects = []
    for number, tail in enumerate(("", "/3.12.1", "/../../evil0", "/$(touch canary)")):
        evil = sandbox.root / f"evil{number}"
        looks_like_an_env(evil)
        (evil / "pyvenv.cfg").write_text(f"home = {sandbox.versions}{tail}/bin\n")
        (sandbox.versions / f"shop{number}").symlink_to(evil)
        for word in (f"shop{number}", f"shop{number}/envs/shop", f"3.12.1/envs/shop{number}", f"3.12.1/envs/../../shop{number}"):
            project = sandbox.project(f"p{number}{len(word)}", word, None)
            projects.append(project)
            assert session.run(f"cd {project}") == ""
            assert session.active is None, word
            assert session.run(f"roost activate {word}").startswith("roost: ")
            assert session.active is None, word
    assert {code for code, _ in roost_in(sandbox, projects, "status")} == {3}
    sandbox.fake_env("3.12.1", "twin")
    (sandbox.versions / "twin").symlink_to(sandbox.root / "evil0")
    session.run(f"cd {sandbox.project('twin', 'twin', None)}")
    assert session.active is None, "an env of the same name is another directory"
    no_canary(sandbox)
    session.run(f"cd {sandbox.project('good', 'good', None)}")
    assert session.active == str(good)


DIRECTORIES = [
    "\x1b]0;pwned\x07",
    "\x1b[31m",
    "new\nline",
    "ends\n",
    "tab\tcr\r",
    "$(touch canary)",
    "`touch canary`",
    "; touch canary",
    "& touch canary &",
    "$((a[$(touch canary)]))",
    "x[$(touch canary)]",
    "${(e):-$(touch canary)}",
    "%n%s%d",
    "%(?.a.b)",
    "a:b",
    ":",
    "-rf",
    "--",
    "~",
    "*",
    "[a-z]",
    "?",
    "{a,b}",
    "a b",
    " ",
    "'",
    '"',
    "\\",
    "\\n",
    "#x",
    "!!",
    "=ls",
    "^x",
    "(N)",
    "\u202e",
    "\u200b",
    "é",
    os.fsdecode(b"\xff\xfe"),
    os.fsdecode(b"\x9b31m"),
    "d" * 200,
]


def test_hostile_directories_in_the_shell(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """S: a project in one works as anywhere, and what is said about it is plain."""
    env = sandbox.fake_env("3.12.1", "shop")
    environ = {"ROOST_AUTO_CREATE": "0"}
    for number, name in enumerate(DIRECTORIES):
        for kind, version, word in (("GOOD", "3.12.1", "shop"), ("BAD", "3.12.1", "../x"), ("OLD", "3.99", "shop"), ("NONE", "3.12.1", "none")):
            environ[f"{kind}{number}"] = str(sandbox.project(f"{kind}/{name}/in/{name}", version, word))
    session = terminal(sandbox.home, environ=environ)
    for number, name in enumerate(DIRECTORIES):
        assert session.run(f'cd -- "$GOOD{number}"') == "", name
        assert session.prefix == "(shop) ", name
        assert session.run('test "$PWD" -ef . && echo "$VIRTUAL_ENV"') == f"{env}\n"
        for kind in ("BAD", "OLD", "NONE"):
            shown = session.run(f'cd -- "${kind}{number}"')
            assert session.prefix == "", name
            assert shown.startswith("roost: "), (name, shown)
            assert shown.count("\n") == 1, (name, shown)
            # A letter of the path is shown as it is; whatever could steer the terminal is escaped.
            assert all(line.isprintable() for line in shown.split("\n")), (name, shown)
            assert session.run("") == "", name
    session.run("cd ~")
    assert session.env("PATH") == sandbox.path
    no_canary(sandbox)


@pytest.mark.parametrize(
    ("words", "version", "name", "expected"), [("status", "3.99", "shop", 5), ("status", "3.12.1", "../x", 4), ("up", "3.12.1", "../x", 4)]
)
def test_hostile_directories_in_the_command(sandbox: Sandbox, words: str, version: str, name: str, expected: int) -> None:
    """S: `status` and `up` say nothing that steers the terminal."""
    sandbox.fake_env("3.12.1", "shop")
    projects = [sandbox.project(f"p/{directory}", version, name) for directory in DIRECTORIES]
    for directory, (code, said) in zip(DIRECTORIES, roost_in(sandbox, projects, words), strict=True):
        assert code == expected, (directory, said)


ROOTS = [
    "pyenv",
    "./pyenv",
    "../shop/pyenv",
    "~/pyenv",
    "$HOME/pyenv",
    "/tmp:/pyenv",
    ":{root}/pyenv",
    "{root}/py\nenv",
    "{root}/py\x1b]0;pwned\x07env",
    "$(touch canary)",
]


@pytest.mark.parametrize("root", range(len(ROOTS)))
def test_hostile_pyenv_root(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, root: int) -> None:
    """S: one that is no absolute path, or that PATH cannot hold, selects nothing; a repository may ship what it points to."""
    value = ROOTS[root].format(root=sandbox.root)
    project = sandbox.project("shop", "3.12.1", "shop")
    (sandbox.root / "a").mkdir()
    for base in (project, sandbox.home, sandbox.root / "a"):
        for shipped in ("pyenv", "~/pyenv", "$HOME/pyenv", "$(touch canary)", ":"):
            looks_like_an_env(base / shipped / "versions/3.12.1")
            (base / shipped / "versions/3.12.1/pyvenv.cfg").unlink()
            looks_like_an_env(base / shipped / "versions/3.12.1/envs/shop")
    if value.startswith(str(sandbox.root)):
        looks_like_an_env(Path(value) / "versions/3.12.1/envs/shop")
        (Path(value) / "versions/3.12.1/bin").mkdir(exist_ok=True)
        (Path(value) / "versions/3.12.1/bin/python").symlink_to("/bin/sh")
    sandbox.extra["PYENV_ROOT"] = value
    session = terminal(sandbox.home)
    shown = session.run(f"cd {project}")
    assert session.active is None
    assert PLAIN.fullmatch(shown), shown
    assert shown.startswith("roost: "), shown
    assert session.run("") == ""
    no_canary(sandbox)


# A relative XDG_DATA_HOME is left out of account, as its specification has it.
@pytest.mark.parametrize("variable", ["ROOST_HOME", "XDG_DATA_HOME", "HOME"])
@pytest.mark.parametrize("root", ["{root}/da:ta", "{root}/da\nta"], ids=ascii)
def test_hostile_data_directory(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, root: str, variable: str) -> None:
    """S: the same for roost's own store."""
    value = root.format(root=sandbox.root)
    project = sandbox.project("shop", "system", "shop")
    below = {"ROOST_HOME": "", "XDG_DATA_HOME": "roost", "HOME": ".local/share/roost"}[variable]
    looks_like_an_env(Path(value) / below / "versions/3.12.1/envs/shop")
    session = terminal(sandbox.home)
    for name in {"ROOST_HOME", "XDG_DATA_HOME"} - {variable}:
        session.run(f"set -e {name}" if every_shell.kind == "fish" else f"unset {name}")
    quoted = quote(value, every_shell.kind).replace("\n", "'\\n'" if every_shell.kind == "fish" else "'$'\\n''")
    session.run(f"set -gx {variable} {quoted}" if every_shell.kind == "fish" else f"export {variable}={quoted}")
    session.run(f"cd {project}")
    assert session.active is None
    assert session.prefix == ""


@pytest.mark.parametrize("root", range(len(ROOTS)))
def test_hostile_pyenv_root_of_the_command(sandbox: Sandbox, root: int) -> None:
    """S: refused by name."""
    project = sandbox.project("shop", "3.12.1", "shop")
    sandbox.extra["PYENV_ROOT"] = ROOTS[root].format(root=sandbox.root)
    [(code, said)] = roost_in(sandbox, [project], *COMMANDS[root % 2])
    assert code == 2
    assert "PYENV_ROOT" in said


@pytest.mark.parametrize("name", ["with blank", "$(touch canary)", "`touch canary`", "quo'te\"s", "%n", "*", "[a]", "{a,b}", "back\\slash", "é"])
def test_odd_but_good_pyenv_root(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, name: str) -> None:
    """S: its name is data wherever it goes: PATH, VIRTUAL_ENV, globs."""
    sandbox.pyenv_root.rename(sandbox.root / name)
    sandbox.pyenv_root = sandbox.root / name
    sandbox.versions = sandbox.pyenv_root / "versions"
    env = sandbox.fake_env("3.12.1", "shop")
    session = terminal(sandbox.project("shop", "3.12", "shop"))
    assert session.active == str(env)
    assert session.run("command -v python") == f"{env}/bin/python\n"
    session.run("cd ~")
    assert session.env("PATH") == sandbox.path
    no_canary(sandbox)


TRAPS = ["id", "rm", "python", "python3", "roost", "pyenv", "ls", "cat", "mv", "uname", "env", "sh", "bash", "git", "stat", "readlink", "touch", "sed"]


def set_traps(directory: Path, canary: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name in TRAPS:
        (directory / name).write_text(f"#!/bin/sh\necho \"$0\" >>'{canary}'\n")
        (directory / name).chmod(0o755)


def visit(session: ShellSession, *places: Path) -> None:
    for place in places:
        session.run(f"cd {place}")
        session.run("")


def test_traps_on_path(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """S: an empty or relative PATH entry brings commands of the project in front; the hook runs none, nor a `roost` of that kind."""
    env = sandbox.fake_env("3.12.1", "shop")
    canary = sandbox.root / "sprung"
    good, none = sandbox.project("good", "3.12.1", "shop"), sandbox.project("none", "3.12.1", "none")
    bad, old = sandbox.project("bad", "3.12.1", "../x"), sandbox.project("old", "3.99", "shop")
    for directory in (good, none, bad, old, sandbox.home):
        set_traps(directory, canary)
        set_traps(directory / "bin", canary)
    (env / "bin" / "roost").write_text(f"#!/bin/sh\necho env >>'{canary}'\n")
    (env / "bin" / "roost").chmod(0o755)
    set_traps(sandbox.pyenv_root / "shims", canary)
    path = f":.:bin:./bin:{sandbox.pyenv_root}/shims:/usr/bin:/bin:"
    session = terminal(
        sandbox.home, after=every_shell.assign("_roost_cli", "''") + "; " + every_shell.assign("_roost_here", "/not/there"), environ={"PATH": path}
    )
    before = session.env("PATH")
    assert before == path or every_shell.kind == "fish"  # which writes an empty field as a dot
    visit(session, good, none, bad, old, none, good, sandbox.home)
    assert session.env("PATH") == before
    visit(session, good)
    assert session.status("roost status") == 127, "nor one of the env itself"
    visit(session, sandbox.home)
    assert session.run("roost status").startswith("roost: ")
    assert session.status("roost status") == 127
    assert not canary.exists(), canary.read_text()
    assert session.run("id") == ""
    assert canary.read_text(), "the traps do work"


def test_a_hook_that_was_sourced_by_a_relative_path(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """S: the program beside it is looked for where it was, not below the directory that the shell is in by then."""
    sandbox.fake_interpreter("3.12.1")
    source = sandbox.home / "roost" / "shell"
    shutil.copytree(hook_file(every_shell.kind).parent, source)
    canary = sandbox.root / "sprung"
    clone = sandbox.project("clone/deep", "3.12.1", "none")
    (clone / "shell").mkdir()
    set_traps(clone.parent / "bin", canary)
    session = terminal(sandbox.home, load="none", environ={"PATH": "/usr/bin:/bin"})
    session.run(f"cd {source.parent}")
    session.run(f". shell/roost.{every_shell.kind}")
    session.run("cd ~")
    assert "is not on PATH" in session.run(f"cd {clone}")
    assert not canary.exists(), canary.read_text()


@pytest.mark.parametrize("words", [("status",), ("up", "--no-interpreter")])
def test_traps_on_path_of_the_command(sandbox: Sandbox, words: tuple[str, ...]) -> None:
    """S: nor does the program look commands up there."""
    sandbox.fake_env("3.12.1", "shop")
    canary = sandbox.root / "sprung"
    for version, name in (("3.12.1", "shop"), ("system", "none"), ("3.99", "none"), ("3.12.1", "../x")):
        project = sandbox.project(f"p-{version}-{len(name)}", version, name)
        set_traps(project, canary)
        set_traps(project / "bin", canary)
        sandbox.roost(*words, "--dry-run" if words[0] == "up" else "--json", cwd=project, PATH=":.:bin:/usr/bin:/bin:")
        assert not canary.exists(), canary.read_text()
