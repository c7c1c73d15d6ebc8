"""``roost run`` and ``roost which``: a command in the project's env, without a shell hook (X)."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from tests.support.look import assert_works, only_line, photograph
from tests.support.needs import program
from tests.support.processes import Watch
from tests.support.sandbox import ROOST, Sandbox

_VERSION = "3.12.1"


@pytest.fixture
def prefix(sandbox: Sandbox) -> Path:
    """The env of the project in shop/. Its Python is a shell script that says which one it is."""
    (sandbox.fake_interpreter(_VERSION) / "bin" / "python").write_text('#!/bin/sh\necho "$0 $*"\n')
    sandbox.project("shop", _VERSION, "shop-venv")
    return sandbox.fake_env(_VERSION, "shop-venv")


@pytest.fixture
def project(sandbox: Sandbox, prefix: Path) -> Path:
    return sandbox.root / "shop"


def _script(path: Path, text: str, mode: int = 0o755) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def _environment(sandbox: Sandbox, cwd: Path, given: dict[str, str]) -> dict[str, str]:
    """What a command that ``roost run`` starts has in its environment, if roost is started with just this one."""
    printed = subprocess.run([ROOST, "run", "env", "-0"], cwd=cwd, env=given, capture_output=True, check=True)
    assert printed.stderr == b""
    pairs = (os.fsdecode(pair).partition("=") for pair in printed.stdout.split(b"\0") if pair)
    return {name: value for name, _, value in pairs}


# --- the environment ---


def test_in_the_empty_environment_of_cron(sandbox: Sandbox, project: Path, prefix: Path) -> None:
    """X1: what is set is the env, and nothing else: not the LC_CTYPE either that Python sets for itself in the C locale."""
    given = {"HOME": str(sandbox.home), "PYENV_ROOT": str(sandbox.pyenv_root), "ROOST_HOME": str(sandbox.data)}
    ours = {"VIRTUAL_ENV": str(prefix), "VIRTUAL_ENV_PROMPT": "shop-venv", "PATH": f"{prefix}/bin:{os.defpath}"}
    assert _environment(sandbox, project, given) == {**given, **ours}
    for own in ({"LC_CTYPE": "C.UTF-8"}, {"LC_ALL": "C", "LC_CTYPE": "C.UTF-8"}):
        assert _environment(sandbox, project, {**given, **own}) == {**given, **ours, **own}


def test_inside_the_active_env_of_another_project(sandbox: Sandbox, project: Path, prefix: Path) -> None:
    """X1, H2: that env's own entry goes, ours is first and there once; what the hook and pyenv say to each other is not said."""
    other = sandbox.fake_env("3.11.7", "blog-venv")
    given = {
        **sandbox.environ,
        "PATH": f"{other}/bin:/first::{prefix}/bin:{other}/bin/:/first:{sandbox.path}:{prefix}/bin",
        "VIRTUAL_ENV": str(other),
        "VIRTUAL_ENV_PROMPT": "blog-venv",
        "UV_PROJECT_ENVIRONMENT": str(other),
        "PYTHONPATH": "/some/where",
        "CONDA_PREFIX": "/conda",
    }
    ours = {
        "VIRTUAL_ENV": str(prefix),
        "VIRTUAL_ENV_PROMPT": "shop-venv",
        "UV_PROJECT_ENVIRONMENT": str(prefix),
        "PATH": f"{prefix}/bin:/first::/first:{sandbox.path}",
    }
    gone = {"ROOST_ENV": str(other), "ROOST_HOOK": "zsh", "PYTHONHOME": "", "__PYVENV_LAUNCHER__": "", "PYENV_VIRTUAL_ENV": str(other)}
    by_pyenv = {"PYENV_VERSION": "blog-venv", "PYENV_ACTIVATE_SHELL": "1"}
    assert _environment(sandbox, project, {**given, **gone, **by_pyenv}) == {**given, **ours}
    assert _environment(sandbox, project, {**given, "PYENV_VERSION": "3.11.7"}) == {**given, **ours, "PYENV_VERSION": "3.11.7"}


def test_a_virtual_env_that_is_none_keeps_its_programs(sandbox: Sandbox, project: Path, prefix: Path) -> None:
    """H3: container images set VIRTUAL_ENV=/usr/local for uv. ROOST_UV is for `roost run` too (H18)."""
    given = {**sandbox.environ, "VIRTUAL_ENV": "/usr/local", "ROOST_UV": "1"}
    seen = _environment(sandbox, project, given)
    assert seen["PATH"] == f"{prefix}/bin:{sandbox.path}"
    assert seen["UV_PROJECT_ENVIRONMENT"] == str(prefix)


def test_pythonpath_is_for_the_command(sandbox: Sandbox, project: Path) -> None:
    """V8: it decides nothing of what roost imports, and the command has it."""
    for name in ("typer", "platformdirs", "roost", "pathlib"):
        _script(sandbox.root / "lib" / f"{name}.py", "raise SystemExit('not me')\n")
    done = sandbox.roost("run", "sh", "-c", "echo $PYTHONPATH", cwd=project, PYTHONPATH=str(sandbox.root / "lib"))
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{sandbox.root / 'lib'}\n", "")


# --- CMD in roost's place ---


def test_exit_codes_are_the_commands(sandbox: Sandbox, project: Path) -> None:
    """X1: those that mean something to roost too."""
    for code in (0, 1, 2, 3, 5, 10, 42, 126, 127, 128, 130, 137, 255):
        done = sandbox.roost("run", "sh", "-c", f"exit {code}", cwd=project)
        assert (done.returncode, done.stderr) == (code, "")


def test_it_is_the_same_process(sandbox: Sandbox, project: Path) -> None:
    """X1: in the caller's process group and session, with the files that the caller left open."""
    reading, writing = os.pipe()
    tell = f"import os; os.write({writing}, b'through'); print(os.getpid(), os.getpgid(0), os.getsid(0))"
    words = [str(ROOST), "run", sys.executable, "-c", tell]
    process = subprocess.Popen(words, cwd=project, env=sandbox.environ, stdout=subprocess.PIPE, text=True, pass_fds=[writing])
    output, _ = process.communicate(timeout=60)
    os.close(writing)
    with open(reading, encoding="ascii") as pipe:
        assert pipe.read() == "through"
    assert list(map(int, output.split())) == [process.pid, os.getpgid(0), os.getsid(0)]


def test_standard_input_is_the_commands(sandbox: Sandbox, project: Path) -> None:
    """X1: every byte, none of them read by roost."""
    data = bytes(range(256)) * 1000
    done = subprocess.run([ROOST, "run", "cat"], cwd=project, env=sandbox.environ, input=data, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (data, b"")


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", ["INT", "TERM", "HUP", "PIPE", "XFSZ", "QUIT", "USR1"])
def test_signals_do_what_they_do_without_roost(sandbox: Sandbox, project: Path, name: str) -> None:
    """X1: neither roost's handlers nor what Python ignores for itself; what the caller ignores, as nohup does, stays ignored."""
    strike = ["run", "sh", "-c", f"kill -{name} $$; echo alive"]
    done = sandbox.roost(*strike, cwd=project)
    assert (-done.returncode, done.stdout, done.stderr) == (signal.Signals[f"SIG{name}"], "", "")
    if name not in {"PIPE", "XFSZ"}:  # Python forgets what those were
        done = sandbox.run(["sh", "-c", f"trap '' {name}; exec {shlex.join([str(ROOST), *strike])}"], cwd=project)
        assert (done.returncode, done.stdout, done.stderr) == (0, "alive\n", "")


def test_from_a_makefile(sandbox: Sandbox, project: Path, prefix: Path) -> None:
    """X1: make sees the command's exit code, and a reader that goes away ends it quietly."""
    (project / "Makefile").write_text(f".SILENT:\ntest:\n\t{ROOST} run python -q --json\n\t{ROOST} run yes | head -n 1\n\t{ROOST} run sh -c 'exit 3'\n")
    done = sandbox.run(["make", "-C", project, "--no-print-directory", "test"])
    assert done.returncode == 2
    assert done.stdout == f"{prefix}/bin/python -q --json\ny\n"
    assert len(done.stderr.splitlines()) == 1
    assert "Error 3" in done.stderr


# --- on a terminal ---


def _spawn(sandbox: Sandbox, project: Path, script: str) -> pexpect.spawn[str]:
    return pexpect.spawn(str(ROOST), ["run", "sh", "-c", script], cwd=str(project), env={**sandbox.environ, "PWD": str(project)}, encoding="utf-8", timeout=60)


@pytest.mark.parametrize(("name", "send"), [("INT", "\x03"), ("TERM", None), ("HUP", None)])
def test_the_command_handles_its_signals(sandbox: Sandbox, project: Path, name: str, send: str | None) -> None:
    """X1: keys and signals reach it alone, and roost says nothing about them."""
    terminal = _spawn(sandbox, project, f"trap 'echo caught; exit 7' {name}; test -t 0 && test -t 1 && test -t 2 && echo ready; while :; do sleep 0.1; done")
    terminal.expect_exact("ready\r\n")
    if send:
        terminal.send(send)
    else:
        os.kill(int(terminal.pid or 0), signal.Signals[f"SIG{name}"])
    assert terminal.read().replace("^C", "") == "caught\r\n"
    terminal.close()
    assert terminal.exitstatus == 7


def test_ctrl_c_ends_a_command_that_does_not_handle_it(sandbox: Sandbox, project: Path) -> None:
    """X1: by the signal itself, so that a calling script stops too."""
    terminal = _spawn(sandbox, project, "echo ready; exec sleep 60")
    terminal.expect_exact("ready\r\n")
    terminal.sendintr()
    assert terminal.read() in {"", "^C"}
    terminal.close()
    assert terminal.signalstatus == signal.SIGINT


# --- which file CMD is ---


def test_the_words_of_the_command_are_its_own(sandbox: Sandbox, project: Path, prefix: Path) -> None:
    """X1: the first word that is no option ends roost's own."""
    words = ["-q", "--json", "-C", "x", "--env", "y", "--", "--help", ""]
    for own in ([], ["--"], ["-C", "."], ["--env", "shop-venv", "--"]):
        done = sandbox.roost("run", *own, "python", *words, cwd=project)
        assert (done.returncode, done.stdout, done.stderr) == (0, f"{prefix}/bin/python {' '.join(words)}\n", "")


def _assert_both(sandbox: Sandbox, project: Path, name: str, file: Path, path: str = "/bin") -> None:
    """`run` starts what `which` prints."""
    which = sandbox.roost("which", name, cwd=project, PATH=path)
    assert (which.returncode, which.stdout, which.stderr) == (0, f"{file}\n", "")
    done = sandbox.roost("run", name, "a", cwd=project, PATH=path)
    assert (done.returncode, done.stderr) == (0, "")
    assert os.path.normpath(project / done.stdout.removesuffix(" a\n")) == str(file)


def test_where_a_command_is_found(sandbox: Sandbox, project: Path, prefix: Path) -> None:
    """X1, X3: in the env, then on PATH. A project's `python` does not come before the env's, whatever PATH says."""
    text = '#!/bin/sh\necho "$0 $*"\n'
    tools = sandbox.root / "tools"
    for file in (project / "python", project / "own", tools / "tool", tools / "plain", project / "bin" / "it"):
        _script(file, text)
    (prefix / "bin" / "tool").mkdir()  # a directory is no command
    _script(prefix / "bin" / "plain", text, 0o644)
    _script(prefix / "bin" / "black", text)
    path = f".::{tools}:{sandbox.path}"
    _assert_both(sandbox, project, "python", prefix / "bin" / "python", path)
    _assert_both(sandbox, project, "black", prefix / "bin" / "black", path)
    _assert_both(sandbox, project, "tool", tools / "tool", path)
    _assert_both(sandbox, project, "plain", tools / "plain", path)
    _assert_both(sandbox, project, "own", project / "own", path)
    _assert_both(sandbox, project, "./python", project / "python")
    _assert_both(sandbox, project, "bin/it", project / "bin" / "it")
    assert sandbox.roost("which", cwd=project).stdout == f"{prefix}/bin/python\n"


def test_a_script_without_a_first_line_is_the_shells(sandbox: Sandbox, project: Path, prefix: Path) -> None:
    """X1: as POSIX has it for execvp, and env, nice and make do it."""
    _script(prefix / "bin" / "old", 'echo "$0 $*"\n')
    assert sandbox.roost("run", "old", "a b", cwd=project).stdout == f"{prefix}/bin/old a b\n"


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("nothing", 127, "there is no command 'nothing' in "),
        ("./nothing", 127, "there is no command './nothing'; "),
        ("", 127, "there is no command '' in "),
        ("a directory", 127, "there is no command 'a directory' in "),
        ("./a directory", 126, "./a directory is a directory; "),
        ("data", 126, "/bin/data is not executable; type: chmod +x "),
        ("./data", 126, "./data is not executable; type: chmod +x ./data"),
    ],
)
def test_a_command_that_is_none(sandbox: Sandbox, project: Path, prefix: Path, name: str, code: int, says: str) -> None:
    """X1, X3: one line, and nothing on stdout."""
    for directory in (prefix / "bin", project):
        (directory / "a directory").mkdir()
        (directory / "data").write_text("")
    for command in ("run", "which"):
        done = sandbox.roost(command, name, cwd=project)
        assert done.returncode == code
        assert says in only_line(done)


def test_a_command_that_cannot_be_started(sandbox: Sandbox, project: Path, prefix: Path) -> None:
    """X1: 126, with the reason."""
    script = _script(prefix / "bin" / "moved", "#!/no/such/python\n")
    done = sandbox.roost("run", "moved", cwd=project)
    assert done.returncode == 126
    assert only_line(done).startswith(f"roost: {script} cannot be started: the interpreter that its first line names does not exist")


# --- which env ---


def test_in_another_directory(sandbox: Sandbox, project: Path, prefix: Path) -> None:
    """X1: -C goes there first, and its project is the one that counts."""
    (project / "src").mkdir()
    link = sandbox.root / "link"
    link.symlink_to(project)
    for where, path in (("shop/src", project / "src"), (project, project), ("home/../shop", project), ("link/src", link / "src")):
        done = sandbox.roost("run", "-C", where, "sh", "-c", 'echo "$PWD $VIRTUAL_ENV"; pwd -P')
        assert (done.returncode, done.stdout) == (0, f"{path} {prefix}\n{path.resolve()}\n"), done.stderr
    done = sandbox.roost("run", "-C", "nowhere", "true")
    assert done.returncode == 2
    assert "there is no directory" in only_line(done)


def test_another_env(sandbox: Sandbox, project: Path, prefix: Path) -> None:
    """X1, C: ENV as everywhere; the working directory stays."""
    for word in ("shop-venv", f"{_VERSION}/envs/shop-venv", str(prefix), "shop"):
        done = sandbox.roost("run", "--env", word, "sh", "-c", 'echo "$VIRTUAL_ENV"; pwd')
        assert (done.returncode, done.stdout) == (0, f"{prefix}\n{sandbox.root}\n"), done.stderr
    assert sandbox.roost("run", "--env", "shop-vemv", "true").returncode == 3


def test_a_missing_env_is_made(sandbox: Sandbox, newest: str) -> None:
    """X1: as the hook makes it, with its words on stderr; the command's own output is alone on stdout."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    before = photograph(sandbox.root)
    held = sandbox.roost("run", "python", "-V", cwd=project, ROOST_AUTO_CREATE="0")
    assert held.returncode == 6
    assert only_line(held).endswith("; type: roost up")
    assert photograph(sandbox.root) == before
    done = sandbox.roost("run", "python", "-c", "import sys; print(sys.prefix)", cwd=project)
    assert (done.returncode, done.stdout) == (0, f"{sandbox.env(newest, 'shop-venv')}\n")
    assert done.stderr == f"roost: making the env shop-venv with Python {newest}\n"
    assert_works(sandbox.env(newest, "shop-venv"))


@pytest.mark.parametrize(("files", "code"), [((None, None), 3), ((None, "shop"), 4), ((">=3", "shop"), 4), (("3.13.990", "shop"), 5)], ids=str)
def test_no_env_to_run_in(sandbox: Sandbox, files: tuple[str | None, str | None], code: int) -> None:
    """X1: one line in words, whatever CMD is asked to print; no interpreter is installed."""
    sandbox.with_pyenv()
    project = sandbox.project("shop", *files)
    done = sandbox.roost("run", "pytest", "--json", cwd=project)
    assert done.returncode == code
    only_line(done)
    assert list(sandbox.versions.iterdir()) == []


def test_a_broken_env_is_not_replaced(sandbox: Sandbox, project: Path, prefix: Path) -> None:
    """X1, E3: it may hold work."""
    (sandbox.versions / _VERSION / "bin" / "python").rename(sandbox.versions / _VERSION / "bin" / "python3.12")
    (prefix / "bin" / "python").unlink()
    (prefix / "bin" / "python").symlink_to("nowhere")
    (sandbox.versions / _VERSION / "bin" / "python3.12").rename(sandbox.versions / _VERSION / "bin" / "python")
    done = sandbox.roost("run", "true", cwd=project)
    assert done.returncode == 6
    assert only_line(done).endswith("; type: roost up --recreate")


# --- what it costs ---


def test_no_other_process_is_started(sandbox: Sandbox, project: Path) -> None:
    """X2: one program takes the place of the other."""
    program("strace")
    watch = Watch(sandbox.root / "watch")
    environ = {**sandbox.environ, **watch.environ}
    subprocess.run([*watch.wrapper, sys.executable, "-m", "pyenv_roost", "run", "/bin/true"], cwd=project, env=environ, check=True, timeout=120)
    started = [line.split(maxsplit=1)[1] for line in watch.started() if line.rstrip().endswith("= 0")]
    assert [line.partition(",")[0] for line in started if line.startswith("execve")] == [f'execve("{sys.executable}"', 'execve("/bin/true"']
    assert len(started) == 2


@pytest.mark.unmeasured
@pytest.mark.parametrize("line", ["run sh", "run -C . sh", "run --env shop-venv sh", "which sh", "which"])
def test_typer_is_not_imported(sandbox: Sandbox, project: Path, line: str) -> None:
    """X2: it, dataclasses and subprocess take longer than everything else."""
    ask = (
        "import os, sys\nfrom roost.__main__ import main\nos.execve = lambda *words: sys.exit(0)\ntry:\n    main()\nfinally:\n"
        "    print({'typer', 'click', 'rich', 'dataclasses', 'subprocess', 'virtualenv', 'filelock'} & set(sys.modules), file=sys.stderr)"
    )
    done = sandbox.run([sys.executable, "-c", ask, *line.split()], cwd=project)
    assert (done.returncode, done.stderr) == (0, "set()\n")


def test_completion_leaves_the_words_of_the_command_to_the_shell(sandbox: Sandbox, prefix: Path) -> None:
    """H17: files; until CMD, roost has its own options."""
    offered = {
        ("",): "",
        ("py",): "",
        ("-",): "--env\n--help\n-C\n",
        ("-C", ""): "",
        ("--env", "shop"): "",
        ("--env", ""): f"{_VERSION}/envs/shop-venv\n",
        ("--env", "x", "pytest", "-"): "",
        ("pytest", "--env", ""): "",
        ("pytest", "-"): "",
        ("--", "-"): "",
    }
    for words, printed in offered.items():
        assert (words, sandbox.roost("complete", "run", *words).stdout) == (words, printed)


def test_help_and_mistakes_are_roosts(sandbox: Sandbox, project: Path) -> None:
    """C: before CMD."""
    assert "Usage: roost run [OPTIONS] " in sandbox.roost("run", "--help", cwd=project).stdout
    for words in ((), ("--",), ("--nonsense", "true"), ("-C",)):
        done = sandbox.roost("run", *words, cwd=project)
        assert done.returncode == 2
        assert only_line(done).endswith("; type: roost run --help")
