"""What doctor says of what it was shown; of a Mac, of Homebrew and of Rosetta too, which no test machine need have (W)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from roost.machine import architectures, build_tools, env_records, git, hooks, installation, rc_files, startup_files, systems
from roost.rules import env_findings, findings, machine_findings, shell_findings, startup
from roost.rules.env_findings import EnvSeen
from roost.rules.errors import UsageError
from roost.rules.findings import Area, Finding, Level
from roost.rules.kernelspec import Kernel, KernelState
from roost.rules.machine_findings import Mixture, Pyenv
from roost.rules.model import Env, EnvState
from roost.rules.shell_findings import Hook, Loading, RcFile, SearchPath
from roost.rules.startup import Line
from roost.rules.system_packages import HEADERS, LIBRARIES, System

_MAC = System("darwin", "brew")
_BARE_MAC = System("darwin", None)
_DEBIAN = System("linux", "apt-get")
_RC = Path("/home/me/.zshrc")


def _only(found: Iterator[Finding]) -> Finding:
    (finding,) = found
    return finding


def _lines(text: str, file: Path = _RC) -> list[Line]:
    return [Line(file, number, line) for number, line in enumerate(text.split("\n"), 1)]


# --- machine ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "system", "code", "command"),
    [
        (Pyenv(Path("/p"), "directory", None, False), _MAC, "pyenv-missing", "brew install pyenv"),
        (Pyenv(Path("/p"), "", None, False), _DEBIAN, "pyenv-missing", "git clone https://github.com/pyenv/pyenv /p"),
        (Pyenv(Path("/p"), "directory", None, False), _DEBIAN, "pyenv-missing", ""),  # git would not clone into it
        (Pyenv(Path("/p"), "directory", Path("/a b/pyenv"), False), _DEBIAN, "pyenv-not-on-path", "export PATH='/a b':\"$PATH\""),
        (Pyenv(Path("/p"), "other", None, False, named=True), _DEBIAN, "pyenv-root-invalid", "unset PYENV_ROOT"),
        (Pyenv(Path("/p"), "other", None, False), _DEBIAN, "pyenv-root-invalid", "mv /p /p.old"),
        (Pyenv(Path("/p"), "directory", Path("/b/pyenv"), True, lock=61), _DEBIAN, "pyenv-lock", "rm /p/shims/.pyenv-shim"),
    ],
)
def test_pyenv(seen: Pyenv, system: System, code: str, command: str) -> None:
    """W4."""
    finding = _only(machine_findings.pyenv(seen, system, "zsh"))
    assert (finding.code, finding.command) == (code, command)
    assert finding.command or finding.advice


def test_a_pyenv_at_work() -> None:
    """W4: a lock of a few seconds is somebody's."""
    assert list(machine_findings.pyenv(Pyenv(Path("/p"), "directory", Path("/b/pyenv"), True, lock=3), _DEBIAN, "zsh")) == []


def test_xcode_and_homebrew() -> None:
    """W4: the tools by Xcode's own command, the libraries by Homebrew's, each once."""
    tools, packages = machine_findings.build_prerequisites([], ["ssl", "lzma"], _MAC, compiler=True, tools=True)
    assert (tools.code, tools.command, tools.level) == ("command-line-tools", "xcode-select --install", Level.NOTICE)
    assert (packages.code, packages.command) == ("build-prerequisites", "brew install openssl@3 xz")
    bare = _only(machine_findings.build_prerequisites([], ["ssl"], _BARE_MAC, compiler=True, tools=False))
    assert (bare.command, bare.advice) == ("", "install Homebrew (https://brew.sh), then type: brew install openssl@3")


def test_packages_of_linux() -> None:
    """W4: in one command, no name twice."""
    finding = _only(machine_findings.build_prerequisites(["make", "xz"], ["ssl"], System("linux", "dnf"), compiler=False, tools=False))
    assert finding.command == "sudo dnf install gcc make xz openssl-devel"
    assert list(machine_findings.build_prerequisites([], [], _DEBIAN, compiler=True, tools=False)) == []
    assert _only(machine_findings.build_prerequisites(["make"], [], System("linux", None), compiler=True, tools=False)).advice == "install make"


def test_rosetta() -> None:
    """W6."""
    shell = _only(machine_findings.rosetta(Mixture(True, Path("/usr/local/bin/brew"), ())))
    assert (shell.code, shell.command, shell.level) == ("rosetta-shell", "exec arch -arm64 $SHELL", Level.PROBLEM)
    brew = _only(machine_findings.rosetta(Mixture(False, Path("/usr/local/bin/brew"), ())))
    assert (brew.code, brew.file) == ("rosetta-brew", "/usr/local/bin/brew")
    python = _only(machine_findings.rosetta(Mixture(False, None, (("3.12.1", Path("/p")),))))
    assert (python.code, python.command, python.level) == ("rosetta-interpreter", "pyenv install --force 3.12.1", Level.NOTICE)
    assert list(machine_findings.rosetta(Mixture(False, None, ()))) == []


def _program(path: Path, head: bytes) -> Path:
    path.write_bytes(head + bytes(100))
    return path


def test_the_kind_of_a_program(tmp_path: Path) -> None:
    """W6: as Apple's linker writes it; a script, a file of Linux and one that is cut off are none."""
    intel, arm = 0x01000007, 0x0100000C
    both = struct.pack(">II", 0xCAFEBABE, 2) + struct.pack(">5I", intel, 3, 0, 0, 0) + struct.pack(">5I", arm, 0, 0, 0, 0)
    kinds = {
        struct.pack("<II", 0xFEEDFACF, intel): {"x86_64"},
        struct.pack("<II", 0xFEEDFACF, arm): {"arm64"},
        both: {"x86_64", "arm64"},
        struct.pack(">II", 0xCAFEBABE, 0xFFFFFFFF): set(),  # a class of Java's begins like this
        b"\x7fELF": set(),
        b"#!/bin/sh\n": set(),
    }
    for head, kind in kinds.items():
        assert architectures.of_program(_program(tmp_path / "program", head)) == kind
    (tmp_path / "short").write_bytes(b"\xcf\xfa")
    assert architectures.of_program(tmp_path / "short") == frozenset()
    assert architectures.of_program(tmp_path / "gone") == frozenset()


def _stand_in(directory: Path, name: str, script: str) -> dict[str, str]:
    directory.mkdir(exist_ok=True)
    (directory / name).write_text(f"#!/bin/sh\n{script}\n")
    (directory / name).chmod(0o755)
    return {"PATH": f"{directory}:/usr/bin:/bin"}


def test_which_processor_this_mac_has(tmp_path: Path) -> None:
    """W6: sysctl knows; an older one has no such name, and Linux no such program."""
    assert architectures.is_apple_silicon(_stand_in(tmp_path / "new", "sysctl", '[ "$*" = "-n hw.optional.arm64" ] && echo 1'))
    assert not architectures.is_apple_silicon(_stand_in(tmp_path / "intel", "sysctl", "echo 0"))
    assert not architectures.is_apple_silicon(_stand_in(tmp_path / "old", "sysctl", "echo unknown oid >&2; exit 1"))
    assert not architectures.is_apple_silicon({"PATH": str(tmp_path)})


def test_xcodes_tools(tmp_path: Path) -> None:
    """W4: xcode-select says where they are; after an upgrade of macOS it may name a directory that is gone."""
    assert not systems.lacks_command_line_tools(_stand_in(tmp_path / "a", "xcode-select", f"echo {tmp_path}"))
    assert systems.lacks_command_line_tools(_stand_in(tmp_path / "b", "xcode-select", f"echo {tmp_path}/gone"))
    assert systems.lacks_command_line_tools(_stand_in(tmp_path / "c", "xcode-select", "exit 2"))


def test_libraries_by_their_headers(tmp_path: Path) -> None:
    """W4: in any of the places where a compiler looks."""
    for module in ("ssl", "zlib"):
        header = tmp_path / HEADERS[module]
        header.parent.mkdir(exist_ok=True)
        header.touch()
    missing = build_tools.missing_libraries(_DEBIAN, "/usr/bin", [tmp_path / "none", tmp_path])
    assert missing == ["sqlite3", "bz2", "lzma", "readline", "ctypes"]
    assert tmp_path in build_tools.include_directories({"CPATH": f"{tmp_path}:."})
    assert set(HEADERS) == set(LIBRARIES) - {"tkinter"}


def test_libraries_of_homebrew(tmp_path: Path) -> None:
    """W4: by the directories of its packages."""
    path = _stand_in(tmp_path / "bin", "brew", "exit 1")["PATH"]
    for name in ("openssl@3", "sqlite", "zlib", "bzip2", "xz", "readline"):
        (tmp_path / "opt" / name).mkdir(parents=True)
    assert build_tools.missing_libraries(_MAC, path, []) == ["ctypes"]
    assert build_tools.missing_libraries(_BARE_MAC, "/usr/bin", []) == []


def test_modules() -> None:
    """W4: the packages, and then the build; where no manager is known, in words."""
    finding = _only(machine_findings.modules("3.12.1", Path("/p"), ["ssl", "lzma"], _MAC))
    assert finding.command == "brew install openssl@3 xz && pyenv install --force 3.12.1"
    bare = _only(machine_findings.modules("3.12.1", Path("/p"), ["ssl"], System("linux", None)))
    assert (bare.command, bare.advice) == ("", "install OpenSSL, then type: pyenv install --force 3.12.1")
    assert list(machine_findings.modules("3.12.1", Path("/p"), [], _MAC)) == []


# --- shell ------------------------------------------------------------------------------------------------------

_LINE = Line(_RC, 3, ". /r/roost.zsh")
_BOTH = frozenset({"login", "non-login"})
_WELL = Hook("zsh", True, True, ("non-login", "login"), (Loading(_LINE, _BOTH, "ours", True),))


@pytest.mark.parametrize(
    ("seen", "codes", "command"),
    [
        (_WELL, [], ""),
        (_WELL._replace(loadings=()), [], ""),  # a plugin manager's
        (_WELL._replace(loadings=(), loaded=False), ["hook-missing"], "roost setup zsh"),
        (_WELL._replace(loaded=False), ["hook-not-here"], "exec zsh"),
        (_WELL._replace(loaded=False, called=False), [], ""),
        (_WELL._replace(loaded=False, stops=("line 1 of x",)), ["hook-not-reached"], ""),
        (_WELL._replace(loadings=(Loading(_LINE, _BOTH, "gone", True),), loaded=False), ["hook-gone"], "roost setup zsh"),
        (_WELL._replace(loadings=(Loading(_LINE, _BOTH, "other", True),)), ["hook-other"], "roost setup zsh"),
        (
            _WELL._replace(loadings=(Loading(_LINE, _BOTH, "other"),)),
            ["hook-other"],
            "sed -i.bak '3s/^/: # /' /home/me/.zshrc && roost setup zsh",
        ),
        (_WELL._replace(loadings=(Loading(_LINE, frozenset({"login"}), "ours"),)), ["hook-skipped"], "roost setup zsh"),
        (_WELL._replace(loadings=(Loading(_LINE, frozenset({"login"}), "ours"),), loaded=False), ["hook-skipped"], "roost setup zsh"),
        (
            _WELL._replace(shell="bash", login_file=False, loadings=(Loading(_LINE, frozenset({"non-login"}), "ours"),)),
            ["hook-skipped"],
            "echo '. ~/.bashrc' >> ~/.bash_profile",
        ),
        (
            _WELL._replace(loadings=(*_WELL.loadings, Loading(_LINE._replace(number=9), _BOTH, "ours"))),
            ["hook-twice"],
            "sed -i.bak '9s/^/: # /' /home/me/.zshrc",
        ),
        (_WELL._replace(disabled=True), ["hook-disabled"], "unset ROOST_DISABLE"),
    ],
)
def test_the_hook(seen: Hook, codes: list[str], command: str) -> None:
    """W2."""
    found = list(shell_findings.hook(seen))
    assert [each.code for each in found] == codes
    assert "".join(each.command for each in found) == command
    assert all(each.command or each.advice for each in found)


def test_where_nobody_asked() -> None:
    """W2: in cron, $SHELL alone says which shell it would be: a note."""
    assert _only(shell_findings.hook(_WELL._replace(loadings=(), loaded=False, called=False))).level is Level.NOTICE


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (". /r/share/roost/roost.zsh", ["/r/share/roost/roost.zsh"]),
        ("  [ -r '/a b/roost.bash' ] && . '/a b/roost.bash'", ["/a b/roost.bash"]),
        ("    builtin source /r/roost.fish", ["/r/roost.fish"]),
        ('eval "$(roost hook zsh)"', [""]),
        ("roost hook fish | source", [""]),
        ("source ~/src/roost/shell/roost.plugin.zsh # mine", ["~/src/roost/shell/roost.plugin.zsh"]),
        ("# . /r/roost.zsh", []),
        ('eval "$(~/.local/bin/roost hook zsh 2>/dev/null)"', [""]),
        ("[ -s ~/.cache/roost.zsh ] || roost hook zsh >~/.cache/roost.zsh", []),
        (": # . /r/roost.zsh", []),
        ("cp /r/roost.zsh /tmp", []),
        (". /r/rooster.zsh", []),
        ("if [ -r /r/roost.zsh ]; then", []),
    ],
)
def test_what_loads_the_hook(text: str, words: list[str]) -> None:
    """W2."""
    assert [word for _, word in startup.loads_of_hook(_lines(text))] == words


@pytest.mark.parametrize(
    "text",
    [
        "if true; then",
        "fi",
        "  then echo",
        "else",
        "foo() {",
        "}",
        "a && \\",
        "a &&",
        "&& b",
        "| b",
        "for x in a b",
        "case $x in",
        "function f",
        "if true",
    ],
)
def test_a_line_that_cannot_go_by_itself(text: str) -> None:
    """W3: what is left would be no program; then there are words and no command."""
    assert startup.taken_out(Line(_RC, 1, text)) == ""


@pytest.mark.parametrize("text", ['eval "$(x)"', "if a; then b; fi", "a && b", "if a; b; end", "export A=1 # then"])
def test_a_line_that_can(text: str) -> None:
    """W3."""
    assert startup.taken_out(Line(Path("/a b/.zshrc"), 7, text)) == "sed -i.bak '7s/^/: # /' '/a b/.zshrc'"


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("cd() {\n  pyenv versions\n}\nx() {\n  y\n}", "1,3s/^/# /"),
        ("cd()\n{\n  pyenv versions\n}", "1,4s/^/# /"),
        ("if true; then\n  cd() {\n    pyenv versions\n  }\nfi\nx() {\n}", "2,4s/^/# /"),
        ('cd() { builtin cd "$@" && . venv/bin/activate; }\nx() {\n  y\n}', "1s/^/: # /"),
        ("function cd; builtin cd $argv; pyenv versions; end", "1s/^/: # /"),
        ("cd() {\n  builtin cd $1\n  pyenv versions", ""),  # its file is cut off
        ("  cd() {\n    pyenv versions\nx\n}", ""),
    ],
)
def test_a_cd_of_ones_own(text: str, script: str) -> None:
    """W3: from its beginning to its end, and nothing beside it; where the end cannot be told, in words."""
    (found,) = startup.activators(_lines(text))
    assert found.command == (f"sed -i.bak '{script}' /home/me/.zshrc" if script else "")


@pytest.mark.parametrize("text", ["cd() {\n  builtin cd $1\n}\nx() {\n  pyenv versions\n}", "cdp() {\n  pyenv versions\n}", "xcd() { pyenv versions; }"])
def test_a_cd_that_does_no_harm(text: str) -> None:
    """W3."""
    assert startup.activators(_lines(text)) == []


@pytest.mark.parametrize(
    ("text", "is_set"),
    [
        ("export PYTHONPATH=/x", True),
        ("export A=1 PYTHONPATH=/x", True),
        ("export PYTHONPATH", False),
        ("export PYTHONPATH=", False),
        ("export PYTHONPATH=''", False),
        ("PYTHONPATH=/x make", False),
        ("set -gx PYTHONPATH /x", True),
        ("set -e PYTHONPATH", False),
        ("typeset -x PYTHONPATH=/x", True),
        ("export MYPYTHONPATH=/x", False),
        ("export PYTHONPATHS=/x", False),
        ("# export PYTHONPATH=/x", False),
    ],
)
def test_a_line_that_sets_a_variable(text: str, is_set: bool) -> None:
    """W3."""
    assert bool(startup.settings_of("PYTHONPATH", _lines(text))) is is_set


def test_the_place_of_a_sourced_file() -> None:
    """W2: only what can be told without the shell."""
    environ = {"HOME": "/h", "ZDOTDIR": "/z"}
    named = {
        "~/x": Path("/h/x"),
        "$HOME/x": Path("/h/x"),
        "${HOME}/x": Path("/h/x"),
        "$ZDOTDIR/x": Path("/z/x"),
        "/x": Path("/x"),
        "x": None,
        "$ZSH/x": None,
        "/`id`/x": None,
        "${ZDOTDIR:-$HOME}/x": None,
        "~other/x": None,
    }
    assert {word: startup_files.expanded(word, environ) for word in named} == named


def test_files_that_source_each_other(tmp_path: Path) -> None:
    """W2: each is read once; a FIFO, a directory and one that is not there are passed over."""
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text(f". {two}\n. {tmp_path}\n. {tmp_path / 'gone'}\necho 1\n")
    two.write_text(f". {one}\necho 2\n")
    texts = [line.text for line in startup_files.read([one], {"HOME": "/h"})]
    assert [text for text in texts if text.startswith("echo")] == ["echo 2", "echo 1"]


def test_which_lines_are_the_blocks(tmp_path: Path) -> None:
    """W2."""
    rc = tmp_path / "rc"
    rc.write_text("one\ntwo\n")
    rc_files.apply(rc_files.insertion(rc, b"inside\n"))
    lines = rc.read_text().split("\n")
    inside = [number for number in range(1, len(lines) + 1) if rc_files.is_in_block(rc, number)]
    assert [lines[number - 1] for number in inside] == [rc_files.FIRST, lines[inside[1] - 1], "inside", rc_files.LAST]


def test_the_same_hook(tmp_path: Path) -> None:
    """W2: by its letters, the core's too."""
    ours = hooks.hook_file("bash")
    for name in ("roost.bash", "core.sh"):
        (tmp_path / name).write_bytes((ours.parent / name).read_bytes())
    assert hooks.is_ours(tmp_path / "roost.bash", "bash")
    (tmp_path / "core.sh").write_text("older")
    assert not hooks.is_ours(tmp_path / "roost.bash", "bash")
    (tmp_path / "roost.bash").write_text(hooks.hook_text("bash"))
    assert hooks.is_ours(tmp_path / "roost.bash", "bash")


@pytest.mark.parametrize(
    ("seen", "code", "command"),
    [
        (RcFile(_RC, False, dangling="/gone"), "rc-dangling", "rm /home/me/.zshrc"),
        (RcFile(_RC, False), "rc-unreadable", "chmod u+r /home/me/.zshrc"),
        (RcFile(_RC, True, locked=Path("/s")), "rc-locked", "chmod u+wx /s"),
        (RcFile(_RC, True, locked=Path("/s"), own=False), "rc-locked", ""),
    ],
)
def test_an_rc_file(seen: RcFile, code: str, command: str) -> None:
    """W2."""
    finding = _only(shell_findings.rc_file(seen))
    assert (finding.code, finding.command) == (code, command)
    assert finding.command or finding.advice


def test_path_order() -> None:
    """W3: in fish's words too."""
    env, shims = Path("/v/3.12.1/envs/shop"), Path("/p/shims")
    shown = _only(shell_findings.search_path(SearchPath(env, True, (shims,), False), shims, "fish"))
    assert shown.command == "set -gx PATH /v/3.12.1/envs/shop/bin $PATH"
    other = _only(shell_findings.search_path(SearchPath(env, True, (Path("/usr/local/bin"),), True), shims, "zsh"))
    assert other.message.startswith("/usr/local/bin comes before the active env")
    assert list(shell_findings.search_path(SearchPath(env, True, (), True), shims, "zsh")) == []


# --- envs -------------------------------------------------------------------------------------------------------


def _seen(state: EnvState = EnvState.READY, version: str = "3.12.1", **more: object) -> EnvSeen:
    seen = EnvSeen(Env("shop", Path(f"/v/{version}/envs/shop"), state, version), True, version=version)
    return seen._replace(**more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seen", "code", "command"),
    [
        (_seen(EnvState.BROKEN, users=(Path("/a b"),)), "env-broken", "roost up --recreate '/a b'"),
        (_seen(EnvState.BROKEN), "env-broken", "roost remove /v/3.12.1/envs/shop"),
        (_seen(EnvState.INCOMPLETE), "env-incomplete", "roost prune --yes"),
        (_seen(EnvState.INCOMPLETE, by_roost=False), "env-incomplete", "roost remove --force /v/3.12.1/envs/shop"),
        (_seen(EnvState.INCOMPLETE, users=(Path("/p"),)), "env-incomplete", "roost up /p"),
        (_seen(recorded=Path("/old")), "env-moved", "roost remove /v/3.12.1/envs/shop"),
        (_seen(home=Path("/usr/bin"), users=(Path("/p"),)), "env-other-interpreter", "roost up --recreate /p"),
    ],
)
def test_an_env(seen: EnvSeen, code: str, command: str) -> None:
    """W5."""
    finding = _only(env_findings.env(seen))
    assert (finding.code, finding.command, finding.area) == (code, command, Area.ENVS)


def test_an_env_that_no_project_asks_for() -> None:
    """W5: where roost made it, its project is known and has another env by now, which `roost up --recreate` would replace."""
    assert _only(env_findings.env(_seen(EnvState.BROKEN))).advice == ""
    assert "roost up --recreate" in _only(env_findings.env(_seen(EnvState.BROKEN, by_roost=False))).advice


@pytest.mark.parametrize(
    ("directory", "python", "is_wrong"),
    [
        ("3.12.1", "3.12.1", False),
        ("3.12.1", "3.12.10", True),
        ("3.12", "3.12.9", False),
        ("3.12.1", "3.12", False),
        ("3.12-dev", "3.12.0", False),
        ("3.13.0t", "3.13.0", False),
        ("pypy3.10-7.3.15", "3.10.13", False),
        ("miniconda3-latest", "3.11.5", False),
        ("3.11.2", "3.12.2", True),
        ("3.11.2", "", False),
        ("", "3.12.1", False),
    ],
)
def test_the_version_of_an_env(directory: str, python: str, is_wrong: bool) -> None:
    """W5: its directory's name, as far as that is a number."""
    assert bool(list(env_findings.env(_seen(version=directory)._replace(version=python)))) is is_wrong


def test_an_env_that_somebody_is_making() -> None:
    """W5."""
    assert list(env_findings.env(_seen(EnvState.INCOMPLETE, held=True))) == []


def test_several_links_to_one_python(tmp_path: Path) -> None:
    """W5: as Homebrew's; a Python of another place is another one, although its letters are the same."""
    cellar, opt, store, env = tmp_path / "Cellar" / "3.12.9", tmp_path / "opt", tmp_path / "versions" / "3.12", tmp_path / "env"
    frameworks = cellar / "Frameworks" / "bin"
    for directory in (frameworks, cellar / "bin", env / "bin", tmp_path / "else" / "bin", store.parent):
        directory.mkdir(parents=True)
    (frameworks / "python").touch()
    (cellar / "bin" / "python").symlink_to(frameworks / "python")
    opt.symlink_to(cellar)
    store.symlink_to(cellar / "Frameworks")
    (env / "bin" / "python").symlink_to(opt / "bin" / "python")
    (env / "pyvenv.cfg").write_text(f"home = {opt / 'bin'}\n")
    assert env_records.made_from_elsewhere(env, store) is None
    (tmp_path / "else" / "bin" / "python").touch()
    (env / "bin" / "python").unlink()
    (env / "bin" / "python").symlink_to(tmp_path / "else" / "bin" / "python")
    (env / "pyvenv.cfg").write_text(f"home = {tmp_path / 'else' / 'bin'}\n")
    assert env_records.made_from_elsewhere(env, store) == tmp_path / "else" / "bin"
    (env / "pyvenv.cfg").write_text("home = /gone/bin\n")
    assert env_records.made_from_elsewhere(env, store) is None  # that it is broken says more


_RECORDS: dict[str, tuple[str, Callable[[str], str]]] = {
    "virtualenv's": ("activate", lambda path: f"VIRTUAL_ENV='{path}'\n"),
    "virtualenv's, plain": ("activate", lambda path: f"    VIRTUAL_ENV={path}\n"),
    "venv's": ("activate", lambda path: f'    export VIRTUAL_ENV="{path}"\n'),
    "pip": ("pip", lambda path: f"#!{path}/bin/python3.12\n"),
    "pip, of a long path": ("pip", lambda path: f"#!/bin/sh\n'''exec' '{path}/bin/python' \"$0\" \"$@\"\n' '''\n"),
}


@pytest.mark.parametrize("name", _RECORDS)
def test_what_an_env_has_written_down(tmp_path: Path, name: str) -> None:
    """W5: of another place, and of this one."""
    file, text = _RECORDS[name]
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / file).write_text(text("/else where" if "'" in text("") or '"' in text("") else "/elsewhere"))
    assert str(env_records.recorded_elsewhere(tmp_path)) in {"/else where", "/elsewhere"}
    (tmp_path / "bin" / file).write_text(text(str(tmp_path)))
    assert env_records.recorded_elsewhere(tmp_path) is None


@pytest.mark.parametrize("text", ["", 'VIRTUAL_ENV="$CURRENT_ENV"\n', "#!/usr/bin/env python3\n", "\0" * 50, "VIRTUAL_ENV='/a\0b'\n"])
def test_what_says_nothing_of_a_place(tmp_path: Path, text: str) -> None:
    """W5: a relocatable env, and whatever else may lie there, raises nothing."""
    (tmp_path / "bin").mkdir()
    for file in ("pip", "activate"):
        (tmp_path / "bin" / file).write_text(text)
    found = env_records.recorded_elsewhere(tmp_path)
    assert found is None or "\0" in str(found)


@pytest.mark.parametrize(
    ("project", "taken", "name"),
    [
        ("/w/zoo", ["shop"], "zoo"),
        ("/w/shop", ["shop"], "shop-2"),
        ("/w/shop", ["shop", "shop-2"], "shop-3"),
        ("/w/é ü", ["shop"], "project-env"),
        ("/w/3.12", ["3-12-env"], "3-12-env-2"),
        (f"/w/{'x' * 64}", ["x" * 64], f"{'x' * 62}-2"),
    ],
)
def test_a_name_of_its_own(project: str, taken: list[str], name: str) -> None:
    """W5, F7: the one that `roost init` would give it; if an env has that, with a number."""
    file = Path(project) / ".python-virtualenv"
    finding = _only(env_findings.shared(Env("shop", Path("/e"), EnvState.READY, "3.12.1"), [Path("/a"), Path(project)], [file], taken))
    assert finding.command.startswith(f"echo {name} > ")


def test_kernels() -> None:
    """W5: somebody else's is only a note."""
    broken = Kernel("x", Path("/k/x"), "", "", None, KernelState.BROKEN, "it is not JSON")
    finding = env_findings.kernel(broken, "roost kernel remove --force x", "", None)
    assert (finding.code, finding.level, finding.message) == ("kernel-broken", Level.NOTICE, "the kernel x is broken: it is not JSON")


@pytest.mark.parametrize(
    ("mark", "command"),
    [
        ("pipx_metadata.json", "pipx uninstall pyenv-roost"),
        ("uv-receipt.toml", "uv tool uninstall pyenv-roost"),
        ("", "'{prefix}/bin/python' -m pip uninstall pyenv-roost"),
        (None, ""),
    ],
)
def test_what_uninstalls_another_roost(tmp_path: Path, mark: str | None, command: str) -> None:
    """W2: by what lies in its env, through the link on PATH; somebody's script may be anything."""
    prefix = tmp_path / "an env"
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "roost").touch()
    for name in {"pyvenv.cfg", mark} - {""} if mark is not None else ():
        (prefix / name).touch()
    (tmp_path / "roost").symlink_to(prefix / "bin" / "roost")
    assert installation.removal_of(tmp_path / "roost") == command.format(prefix=prefix)


# --- project ----------------------------------------------------------------------------------------------------


def test_git_files_without_git(tmp_path: Path) -> None:
    """W5: a repository, one of its worktrees, and what only looks like one."""
    main, tree = tmp_path / "main", tmp_path / "tree"
    own = main / ".git" / "worktrees" / "tree"
    own.mkdir(parents=True)
    (own / "commondir").write_text("../..\n")
    (tree / "src").mkdir(parents=True)
    (tree / ".git").write_text(f"gitdir: {own}\n")
    found = git.worktree_of(tree / "src")
    assert found == git.Worktree(tree, main / ".git")
    assert git.worktree_of(main) == git.Worktree(main, main / ".git")
    (tree / ".git").write_bytes(b"\0\xff")
    git.worktree_of(tree)
    assert git.worktree_of(Path("/")) is None


def test_a_check_that_failed() -> None:
    """W1: one that roost foresaw keeps its words."""
    foreseen = findings.check_failed(Area.SHELL, "the hook", UsageError("x", "no zsh", command="do this", file="/f"))
    assert (foreseen.message, foreseen.command, foreseen.file, foreseen.level) == ("the hook: no zsh", "do this", "/f", Level.NOTICE)
    other = findings.check_failed(Area.SHELL, "the hook", KeyError("x"))
    assert other.message == "the hook could not be checked: KeyError: 'x'"
