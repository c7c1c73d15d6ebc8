"""``roost kernel`` with real envs, real ipykernel and a real Jupyter; J numbers are its acceptance cases."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pexpect
import pytest

from tests.support.kernels import KernelMachine
from tests.support.look import document, only_line, photograph
from tests.support.needs import program
from tests.support.sandbox import BIN, ROOST, Sandbox, real_versions


@pytest.fixture
def machine(sandbox: Sandbox) -> KernelMachine:
    return KernelMachine(sandbox)


@pytest.fixture
def churn(machine: KernelMachine, newest: str) -> Path:
    """An env without pip and without ipykernel."""
    return machine.env(newest, "churn")


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


# --- add ---


def test_a_kernel_of_the_env(machine: KernelMachine, churn: Path, newest: str) -> None:
    """J1, J2: what is in kernel.json; ipykernel and pip are in the env; twice changes nothing."""
    done = machine.added("churn")
    assert done.stdout == ""
    spec = machine.spec("churn")
    assert spec["argv"][0] == f"{churn}/bin/python"
    assert spec["argv"][-2:] == ["-f", "{connection_file}"]
    assert spec["display_name"] == f"churn (Python {_minor(newest)})"
    assert spec["env"] == {
        "VIRTUAL_ENV": str(churn),
        "PATH": f"{churn}/bin:${{PATH}}:/usr/bin:/bin:/usr/sbin:/sbin",
        "PYENV_VERSION": f"{newest}/envs/churn",
    }
    assert "interpreter" not in spec["metadata"]
    mark = spec["metadata"]["roost"]
    assert mark == {"schema": 1, "env": str(churn), "project": None, "python": newest, "ipykernel": mark["ipykernel"]}
    installing, added, *registered = done.stderr.splitlines()
    assert installing == f"roost: installing ipykernel into {churn} with uv"
    said = re.fullmatch(rf"roost: added pip [0-9.]+, ipykernel {re.escape(mark['ipykernel'])} and ([0-9]+) packages that they need", added)
    assert said
    assert int(said[1]) > 15
    assert len(registered) == 2
    assert (churn / "bin" / "pip").exists()
    assert os.listdir(machine.data) == ["kernels"]
    before = photograph(machine.data)
    again = machine.added("churn")
    assert only_line(again) == f"roost: nothing to do: kernel churn is registered ({machine.directory}/churn)"
    assert photograph(machine.data) == before


def test_verbose_names_every_package(machine: KernelMachine, churn: Path) -> None:
    """C: and shows what the installer says."""
    done = machine.added("churn", "-v", "--no-pip")
    lines = done.stderr.splitlines()
    assert any(line.startswith("roost: Resolved ") for line in lines)
    (added,) = [line for line in lines if line.startswith("roost: added ")]
    names = {package.split()[0] for package in added.removeprefix("roost: added ").split(", ")}
    assert names >= {"ipykernel", "jupyter-client", "pyzmq", "traitlets"}
    shutil.rmtree(next(churn.glob("lib/python*/site-packages/ipykernel")))
    for part in churn.glob("lib/python*/site-packages/ipykernel*"):
        part.unlink() if part.is_file() else shutil.rmtree(part)
    again = machine.added("churn", "--no-pip")
    assert f"roost: added ipykernel {machine.spec('churn')['metadata']['roost']['ipykernel']}" in again.stderr.splitlines()


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_on_a_terminal_a_line_moves(machine: KernelMachine, churn: Path, installer: str) -> None:
    """C: what the installer is at and for how long, then what roost is at; gone in the end."""
    environ = {**machine.sandbox.environ, "PWD": str(machine.sandbox.root)}
    words = ["kernel", "add", "churn", "--check", "--installer", installer]
    terminal = pexpect.spawn(str(ROOST), words, cwd=str(machine.sandbox.root), env=environ, encoding="utf-8", codec_errors="backslashreplace", timeout=300)
    shown = terminal.read()
    terminal.close()
    assert terminal.exitstatus == 0, shown
    # Which of the installer's lines are there when the next picture is drawn, its speed decides.
    of_installer = "(Resolved|Prepared|Installed) " if installer == "uv" else " *(Collecting|Downloading|Installing|Successfully) ?"
    for line in (of_installer, "writing the kernel churn", "starting the kernel churn"):
        assert re.search(rf"\d s  {line}", shown), shown
    assert len(set(re.findall(r"(.)\x1b\[0m \d+ s  starting the kernel", shown))) > 1, shown
    assert re.search(r"roost: added pip [0-9.]+, ipykernel [0-9.]+ and [0-9]+ packages that they need\r\n", shown), shown


def test_a_result_goes_where_it_is_sent(machine: KernelMachine, churn: Path) -> None:
    """C: the line that moves is the terminal's, and what is on stdout the file's."""
    machine.added("churn")
    for words, part in (("check churn", "churn: ok"), ("add churn --dry-run", '"language": "python"')):
        line = f"{ROOST} kernel {words} >result.txt"
        terminal = pexpect.spawn("/bin/sh", ["-c", line], cwd=str(machine.sandbox.root), env=machine.sandbox.environ, encoding="utf-8", timeout=100)
        shown = terminal.read()
        terminal.close()
        assert terminal.exitstatus == 0, shown
        assert re.search(r"\d s  (starting|writing) the kernel churn", shown), shown
        assert part not in shown
        assert part in (machine.sandbox.root / "result.txt").read_text()


def test_a_notebook_is_in_the_env(machine: KernelMachine, churn: Path) -> None:
    """J3-J5: from a Jupyter that knows nothing of the env, `!pip`, `!python`, `%pip` and imports are the env's."""
    machine.added("churn")
    listed = machine.sandbox.run([BIN / "jupyter", "kernelspec", "list"], PATH="/usr/bin:/bin")
    assert "churn" in listed.stdout
    code = """!command -v pip python
import os, subprocess, sys
print(sys.prefix, os.environ['VIRTUAL_ENV'])
print(subprocess.check_output(['pip', '--version'], text=True))"""
    lines = machine.run_in("churn", code).split("\n")
    assert lines[:3] == [f"{churn}/bin/pip", f"{churn}/bin/python", f"{churn} {churn}"]
    assert str(churn) in lines[3]
    where = machine.run_in("churn", "!pip install -q --disable-pip-version-check toolz\nimport toolz; print(toolz.__file__)\n%pip --version")
    assert where.startswith(f"{churn}/lib/")


def test_a_shell_whose_start_puts_shims_first(machine: KernelMachine, churn: Path, newest: str) -> None:
    """jupyter.md 3.2: zsh reads ~/.zshenv even for `!cmd`; pyenv's shim is led back to the env, and `check` accepts it."""
    machine.sandbox.with_pyenv()
    other = machine.sandbox.install(next(version for version in real_versions() if version != newest))
    machine.added("churn")
    shims = machine.sandbox.pyenv_root / "shims"
    machine.sandbox.run(["pyenv", "rehash"])
    (machine.sandbox.home / ".zshenv").write_text(f"export PATH={shims}:{machine.sandbox.pyenv_root}/bin:$PATH\n")
    shell = {"SHELL": program("zsh"), "PYENV_VERSION": other.name}
    code = "!command -v python; python -c 'import sys; print(sys.prefix)'"
    assert machine.run_in("churn", code, **shell).split() == [f"{shims}/python", str(churn)]
    assert machine.kernel("check", "churn", cwd=None, **shell).returncode == 0
    spec = machine.spec("churn")
    del spec["env"]["PYENV_VERSION"]
    (machine.directory / "churn" / "kernel.json").write_text(json.dumps(spec))
    done = machine.kernel("check", "churn", cwd=None, **shell)
    assert (done.returncode, f"!python is {shims}/python, not the env's" in only_line(done)) == (8, True), "the shim leads elsewhere"


@pytest.mark.parametrize("name", ["..", ".", "../x y", "x\n", "", ".hidden", "-x", "a/b", "é", "python3", "Python3.12", "a" * 65])
def test_a_name_that_must_not_be(machine: KernelMachine, churn: Path, name: str) -> None:
    """J7, J8: exit 2 before anything is touched; with `..`, plain `ipykernel install` empties Jupyter's directory."""
    machine.foreign("handmade", "python")
    (machine.data / "nbsignatures.db").write_text("signed")
    before = photograph(machine.data, churn)
    done = machine.kernel("add", "churn", f"--name={name}")
    assert done.returncode == 2
    assert "is not a kernel name: use only a-z" in only_line(done)
    assert photograph(machine.data, churn) == before


@pytest.mark.parametrize(("env", "kernel"), [("python3", "proj-python3"), ("My_Proj", "my_proj")])
def test_a_name_from_the_env(machine: KernelMachine, newest: str, env: str, kernel: str) -> None:
    """J9, J10: lower-case, and never one that Jupyter or VS Code takes for the default."""
    machine.env(newest, env)
    machine.added(env)
    assert os.listdir(machine.directory) == [kernel]
    assert machine.kernel("check", kernel.upper()).returncode == 0
    assert machine.kernel("remove", kernel.upper()).returncode == 0
    assert machine.kernel("remove", kernel).returncode == 3


def test_an_env_that_is_not_there(machine: KernelMachine) -> None:
    """J11."""
    done = machine.kernel("add", "nosuch")
    assert done.returncode == 3
    assert "there is no env 'nosuch'" in only_line(done)
    assert not machine.data.exists()


def test_who_holds_a_name_keeps_it(machine: KernelMachine, churn: Path, second: str) -> None:
    """J12, J13: foreign kernels want --force, those of another project --replace; nothing is installed for a refusal."""
    fraud = machine.env(second, "fraud")
    handmade = machine.foreign("handmade", "/bin/true")
    (handmade / "notes.txt").write_text("mine")
    before = photograph(machine.data, churn, fraud)
    done = machine.kernel("add", "churn", "--name", "handmade")
    assert done.returncode == 8
    assert "there is a kernel 'handmade' that roost did not make" in only_line(done)
    assert photograph(machine.data, churn, fraud) == before
    machine.added("churn")
    done = machine.kernel("add", "fraud", "--name", "churn")
    assert done.returncode == 8
    assert f"kernel 'churn' belongs to {churn} " in only_line(done)
    assert only_line(done).endswith("; type: roost kernel add --replace, or give it another --name")
    assert not list(fraud.glob("lib/*/site-packages/ipykernel"))
    machine.added("fraud", "--name", "churn", "--replace")
    assert machine.spec("churn")["argv"][0] == f"{fraud}/bin/python"
    machine.added("churn", "--name", "handmade", "--force")
    assert sorted(os.listdir(machine.directory)) == ["churn", "handmade"]
    assert not (handmade / "notes.txt").exists()


def test_a_directory_that_is_no_kernel_is_somebodys_too(machine: KernelMachine, churn: Path) -> None:
    """jupyter.md 6.2: what lies at the name is not thrown away."""
    (machine.directory / "churn").mkdir(parents=True)
    (machine.directory / "churn" / "draft.txt").write_text("mine")
    done = machine.kernel("add", "churn")
    assert done.returncode == 8
    assert (machine.directory / "churn" / "draft.txt").read_text() == "mine"


def test_a_link_in_the_place_of_a_kernel(machine: KernelMachine, churn: Path) -> None:
    """jupyter.md 6.2: the link goes, what it leads to stays."""
    elsewhere = machine.foreign("real", "/bin/true")
    (machine.directory / "churn").symlink_to(elsewhere)
    before = photograph(elsewhere)
    assert machine.kernel("add", "churn").returncode == 8
    machine.added("churn", "--force")
    assert not (machine.directory / "churn").is_symlink()
    assert photograph(elsewhere) == before
    (machine.directory / "link").symlink_to(elsewhere)
    assert machine.kernel("remove", "link", "--force").returncode == 0
    assert photograph(elsewhere) == before


def test_display_names(machine: KernelMachine, churn: Path, newest: str, second: str) -> None:
    """J14, jupyter.md 6.2: namesakes are told apart by their folder; a name that was asked for stays, with a warning."""
    taken = machine.foreign("other", "/bin/true") / "kernel.json"
    taken.write_text(json.dumps({"argv": ["/bin/true"], "display_name": f"shop (Python {_minor(newest)})"}))
    project = machine.sandbox.project("acme/shop", newest, "shop")
    assert machine.sandbox.roost("up", "--kernel", cwd=project).returncode == 0
    assert machine.spec("shop")["display_name"] == f"shop - acme (Python {_minor(newest)})"
    assert machine.spec("shop")["metadata"]["roost"]["project"] == str(project)
    machine.env(second, "fraud")
    done = machine.added("fraud", "--display-name", f"shop (Python {_minor(newest)})")
    assert "another kernel is called" in done.stderr


def test_without_installing(machine: KernelMachine, second: str) -> None:
    """J15: --no-install refuses and writes nothing; then the version is in the display name."""
    env = machine.env(second, "legacy")
    before = photograph(env)
    done = machine.kernel("add", "legacy", "--no-install")
    assert done.returncode == 8
    assert f"ipykernel is not installed in {env} (Python {second})" in only_line(done)
    assert not machine.data.exists()
    assert photograph(env) == before
    machine.added("legacy")
    assert machine.spec("legacy")["display_name"] == f"legacy (Python {_minor(second)})"


def test_a_dry_run(machine: KernelMachine, churn: Path, newest: str) -> None:
    """J16: prints the kernel.json, writes nothing."""
    before = photograph(churn)
    dry = machine.kernel("add", "churn", "--dry-run")
    assert dry.returncode == 0
    assert "would be installed first" in dry.stderr
    (row,) = document(machine.kernel("add", "churn", "--dry-run", "--json"))["kernels"]
    assert (row["owner"], row["env"], row["spec"]) == ("roost", str(churn), None)
    assert photograph(churn) == before
    assert not machine.data.exists()
    machine.added("churn")
    dry = machine.kernel("add", "churn", "--name", "churn2", "--dry-run")
    assert dry.returncode == 0
    assert json.loads(dry.stdout)["env"]["PYENV_VERSION"] == f"{newest}/envs/churn"
    assert os.listdir(machine.directory) == ["churn"]


def test_packages_stay_at_their_versions(machine: KernelMachine, churn: Path) -> None:
    """C: ipykernel comes in a version that fits; where none does, exit 8, and --allow-changes."""
    uv: list[str | Path] = [BIN / "uv", "pip", "install", "--quiet", "--python", churn / "bin" / "python"]
    assert machine.sandbox.run([*uv, "traitlets==5.9.0", "packaging==23.0"]).returncode == 0
    machine.added("churn")
    frozen = machine.sandbox.run([BIN / "uv", "pip", "freeze", "--python", churn / "bin" / "python"]).stdout.split()
    assert {"traitlets==5.9.0", "packaging==23.0"} <= set(frozen)
    assert machine.kernel("check", "churn").returncode == 0


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_nothing_fits(machine: KernelMachine, churn: Path, installer: str) -> None:
    """jupyter.md 6.2: the conflict is shown, and the env is as it was."""
    uv: list[str | Path] = [BIN / "uv", "pip", "install", "--quiet", "--python", churn / "bin" / "python"]
    assert machine.sandbox.run([*uv, "traitlets==4.0.0", "pip"]).returncode == 0
    before = machine.sandbox.run([BIN / "uv", "pip", "freeze", "--python", churn / "bin" / "python"]).stdout
    done = machine.kernel("add", "churn", "--installer", installer)
    assert done.returncode == 8
    assert done.stderr.splitlines()[-1] == (
        f"roost: no ipykernel fits traitlets==4.0.0 in {churn}; type: roost kernel add --allow-changes, which may change those versions"
    )
    assert machine.sandbox.run([BIN / "uv", "pip", "freeze", "--python", churn / "bin" / "python"]).stdout == before
    assert not machine.data.exists()
    machine.added("churn", "--allow-changes", "--installer", installer)


def test_the_envs_own_pip_where_there_is_no_uv(sandbox: Sandbox, newest: str) -> None:
    """jupyter.md 6.2: pip comes from ensurepip, ipykernel through it; PIP_USER and PIP_TARGET of the user lead nothing astray."""
    machine = KernelMachine(sandbox, uv=False)
    churn = machine.env(newest, "churn")
    target = sandbox.root / "target"
    done = machine.added("churn", PIP_USER="1", PIP_TARGET=str(target))
    assert "with pip" in done.stderr
    assert not target.exists()
    assert list(churn.glob("lib/*/site-packages/ipykernel_launcher.py"))
    assert machine.kernel("check").returncode == 0
    missing = machine.kernel("add", "churn", "--name", "other", "--installer", "uv")
    assert missing.returncode == 0, "ipykernel is there: nobody is needed to install it"


def test_an_env_that_keeps_no_pip(machine: KernelMachine, churn: Path) -> None:
    """C: without pip, `!pip` is another env's; roost says so, and the check finds it."""
    done = machine.added("churn", "--no-pip")
    assert f"{churn} has no pip: in a notebook, !pip would be some other environment's pip" in done.stderr
    outcome = machine.outcome("check", "churn")
    assert outcome["churn"][0] == 8
    assert "!pip is" in outcome["churn"][1]
    assert machine.kernel("check", "churn").stderr.endswith("; type: roost kernel add\n")


def test_pip_that_may_neither_be_there_nor_come(machine: KernelMachine, churn: Path) -> None:
    """jupyter.md 6.2: --no-pip holds although the env's pip is to install ipykernel."""
    before = photograph(churn / "bin", *churn.glob("lib/*/site-packages"))
    done = machine.kernel("add", "churn", "--no-pip", "--installer", "pip")
    assert done.returncode == 8
    assert done.stderr.splitlines()[-1].endswith("run it without --no-pip, or install uv")
    assert photograph(churn / "bin", *churn.glob("lib/*/site-packages")) == before
    assert not machine.data.exists()


def test_an_env_that_sees_its_interpreters_pip(machine: KernelMachine, newest: str) -> None:
    """field-notes 8.1, 8.7: with --system-site-packages `%pip` works without a pip of its own, `!pip` does not."""
    prefix = machine.env(newest, "seeing")
    cfg = prefix / "pyvenv.cfg"
    cfg.write_text(cfg.read_text().replace("include-system-site-packages = false", "include-system-site-packages = true"))
    assert machine.sandbox.run([prefix / "bin" / "python", "-c", "import pip"]).returncode == 0
    machine.added("seeing")
    assert machine.outcome("check", "seeing") == {"seeing": (0, "ok")}


def test_half_a_pip(machine: KernelMachine, churn: Path) -> None:
    """What a killed installation left is no pip."""
    half = next(churn.glob("lib/*/site-packages")) / "pip"
    half.mkdir()
    (half / "__init__.py").touch()
    machine.added("churn")
    assert machine.outcome("check", "churn") == {"churn": (0, "ok")}


def test_ours_beside_a_foreign_one_in_other_letters(machine: KernelMachine, churn: Path) -> None:
    """jupyter.md 1.2: the exact name is meant first, so ours is refreshed; without ours, the other one holds the name."""
    machine.added("churn")
    if (machine.directory / "CHURN").exists():
        return  # a disk on which there can be one of them
    other = machine.foreign("CHURN", "/bin/true")
    before = photograph(other)
    machine.added("churn", "--env", "A=b")
    assert machine.spec("churn")["env"]["A"] == "b"
    assert machine.kernel("remove", "churn").returncode == 0
    assert machine.kernel("add", "churn").returncode == 8
    assert photograph(other) == before
    machine.added("churn", "--force")
    assert os.listdir(machine.directory) == ["churn"]


def test_variables_stay(machine: KernelMachine, churn: Path) -> None:
    """jupyter.md 6.2: --env and --isolated are in kernel.json, and a later `add` keeps what was asked for."""
    machine.added("churn", "--env", "MODEL=big", "--env", "EMPTY=", "--isolated", "--display-name", "Churn, big")
    wanted = machine.spec("churn")
    assert {"MODEL": "big", "EMPTY": "", "PYTHONPATH": "", "PYTHONSTARTUP": ""}.items() <= wanted["env"].items()
    assert "nothing to do" in machine.added("churn").stderr
    assert machine.spec("churn") == wanted
    done = machine.kernel("add", "churn", "--env", "1=x")
    assert (done.returncode, "NAME=VALUE" in only_line(done)) == (2, True)


def test_a_place_that_cannot_be_written(machine: KernelMachine, churn: Path) -> None:
    """J30: exit 8; the env is fine."""
    machine.data.mkdir()
    machine.directory.write_text("a file")
    done = machine.kernel("add", "churn")
    assert done.returncode == 8
    assert f"cannot write {machine.directory}" in done.stderr.splitlines()[-1]
    assert machine.directory.read_text() == "a file"
    assert os.listdir(machine.data) == ["kernels"]


def test_two_envs_of_one_name(machine: KernelMachine, churn: Path, newest: str, second: str) -> None:
    """J33: named together; by version both are registered, and told apart."""
    machine.env(second, "churn")
    done = machine.kernel("add", "churn")
    assert done.returncode == 2
    assert f"{second}/envs/churn, {newest}/envs/churn" in only_line(done)
    machine.added(f"{newest}/envs/churn")
    machine.added(f"{second}/envs/churn")
    assert sorted(os.listdir(machine.directory)) == ["churn", f"churn-{second}"]
    assert machine.kernel("remove", f"churn-{second}").returncode == 0
    machine.added(f"{second}/envs/churn", "--replace")
    assert os.listdir(machine.directory) == ["churn"]
    assert machine.spec("churn")["metadata"]["roost"]["python"] == second


@pytest.mark.parametrize("root", ["py env é", "py $HOME"])
def test_a_root_with_a_blank_and_an_accent(machine: KernelMachine, newest: str, root: str) -> None:
    """J35; a dollar sign is none of a variable, and said to be one that VS Code may not take."""
    machine.sandbox.pyenv_root = machine.sandbox.root / root
    machine.sandbox.versions = machine.sandbox.pyenv_root / "versions"
    machine.sandbox.versions.mkdir(parents=True)
    env = machine.env(newest, "churn")
    done = machine.added("churn")
    assert ("there is a $ in" in done.stderr) is ("$" in root)
    assert machine.kernel("check").returncode == 0
    lines = machine.run_in("churn", "!pip -V\nimport os; print(os.environ['VIRTUAL_ENV'])").splitlines()
    assert str(env) in lines[0]
    assert lines[1] == str(env)


@pytest.mark.parametrize("version", [version for version in real_versions() if tuple(map(int, version.split(".")[:2])) >= (3, 8)])
def test_every_python(machine: KernelMachine, version: str) -> None:
    """J34: 3.8 and newer; the older ones are in the slow part."""
    machine.env(version, "old")
    machine.added("old")
    assert machine.outcome("check", "old") == {"old": (0, "ok")}


def test_one_document(machine: KernelMachine, churn: Path) -> None:
    """C: --json, with --check too; a kernel that fails it is in the same document."""
    (row,) = document(machine.added("churn", "--check", "--json"))["kernels"]
    assert row["check"] == {"name": "churn", "code": 0, "message": "ok", "hint": "", "command": "", "advice": "", "seconds": row["check"]["seconds"]}
    assert row["check"]["seconds"] > 0
    assert os.listdir(machine.data) == ["kernels"], "its connection file lies elsewhere"
    (machine.sandbox.root / "zmq.py").write_text("raise ImportError('shadowed')\n")
    shadow = {"PYTHONPATH": str(machine.sandbox.root)}
    done = machine.kernel("add", "churn", "--check", "--json", cwd=None, **shadow)
    assert (done.returncode, document(done)["kernels"][0]["check"]["code"]) == (8, 8)
    assert done.stderr == ""
    assert document(machine.kernel("add", "churn", "--no-check", "--json"))["kernels"][0]["check"] is None
    assert machine.kernel("add", "churn", "--check", cwd=None, **shadow).stderr.splitlines()[-1].startswith("roost: churn: it did not start: ")


def test_another_data_directory(machine: KernelMachine, churn: Path) -> None:
    """jupyter.md 6.1: --data-dir, also as one types it."""
    machine.added("churn", "--data-dir", "other")
    other = machine.sandbox.root / "other" / "kernels"
    assert os.listdir(other) == ["churn"]
    assert not machine.data.exists()
    assert [row["path"] for row in document(machine.kernel("list", "--data-dir", "other", "--json"))["kernels"]] == [str(other / "churn")]
    assert machine.outcome("check", "--data-dir", "other") == {"churn": (0, "ok")}
    assert machine.kernel("prune", "--data-dir", "other").returncode == 0
    assert machine.kernel("remove", "churn", "--data-dir", "other").returncode == 0
    assert os.listdir(other) == []


def test_all_envs(machine: KernelMachine, churn: Path, second: str) -> None:
    """jupyter.md 5: --all registers every env; one that fails does not keep the others from it."""
    machine.env(second, "fraud")
    machine.added("churn")
    done = machine.kernel("add", "--all", "--no-install", "--json")
    assert done.returncode == 8
    rows = document(done)["kernels"]
    assert sorted("error" in row for row in rows) == [False, True]
    assert machine.kernel("add", "--all").returncode == 0
    assert sorted(os.listdir(machine.directory)) == ["churn", "fraud"]


# --- list, check, remove, prune ---


@pytest.mark.parametrize("words", [["list"], ["check"]], ids=" ".join)
def test_where_there_is_no_kernel(machine: KernelMachine, words: list[str]) -> None:
    """No output at all would leave it open whether anything was looked at."""
    done = machine.kernel(*words)
    assert (done.returncode, only_line(done)) == (0, "roost: no kernels; type: roost kernel add")


def test_listing(machine: KernelMachine, churn: Path) -> None:
    """J18, J26: foreign ones with --all; a kernel.json that is none is a row."""
    machine.foreign("handmade", "python", "-m", "thing")
    machine.added("churn")
    assert "handmade" not in machine.kernel("list").stdout
    rows = document(machine.kernel("list", "--all", "--json"))["kernels"]
    assert [(row["name"], row["owner"], row["state"]) for row in rows] == [("churn", "roost", "ok"), ("handmade", "foreign", "ok")]
    for broken in ('{"argv": [', "{}", '{"argv": []}', "[]", '{"argv": [1]}'):
        (machine.directory / "handmade" / "kernel.json").write_text(broken)
        done = machine.kernel("list", "--all")
        assert done.returncode == 0
        assert [line.split()[2] for line in done.stdout.splitlines()[1:]] == ["ok", "broken"]


def test_what_jupyter_passes_over(machine: KernelMachine, churn: Path) -> None:
    """jupyter.md 6.2, 6.3: a kernel of the same name in JUPYTER_PATH comes first; roost says so."""
    extra = machine.sandbox.root / "extra"
    (extra / "kernels" / "churn").mkdir(parents=True)
    (extra / "kernels" / "churn" / "kernel.json").write_text('{"argv": ["true"], "display_name": "first"}')
    done = machine.added("churn", JUPYTER_PATH=str(extra))
    assert f"{extra}/kernels/churn comes before it" in done.stderr
    rows = document(machine.kernel("list", "--all", "--json", JUPYTER_PATH=str(extra)))["kernels"]
    assert [(row["display_name"] == "first", row["shadowed"]) for row in rows] == [(True, False), (False, True)]


def test_stale_kernels_go(machine: KernelMachine, churn: Path, second: str) -> None:
    """J19-J21: prune shows, then removes what is ours and stale, and nothing else."""
    fraud = machine.env(second, "fraud")
    for name in ("churn", "fraud"):
        machine.added(name)
    machine.foreign("absent", "/nowhere-at-all/python", "-m", "thing")
    machine.foreign("relative", "python", "-m", "thing")
    broken = machine.foreign("broken", "x") / "kernel.json"
    broken.write_text("{")
    machine.foreign("no-program", str(broken))
    shutil.rmtree(fraud)
    stale = machine.kernel("list", "--stale")
    assert stale.returncode == 10
    assert "the interpreter is gone" in stale.stdout
    done = machine.kernel("check", "fraud")
    assert (done.returncode, only_line(done).rpartition("; ")[2]) == (10, "type: roost kernel prune --yes")
    assert machine.outcome("check", "absent", "broken", "relative") == {
        "absent": (10, "stale: the interpreter is gone: /nowhere-at-all/python"),
        "broken": (10, "broken: kernel.json cannot be read: it is not JSON"),
        "relative": (8, "foreign: roost starts only its own kernels"),
    }
    before = photograph(machine.data)
    shown = machine.kernel("prune")
    assert (shown.returncode, shown.stdout.split(":")[:2]) == (0, ["fraud", " would remove"])
    assert photograph(machine.data) == before
    assert machine.kernel("prune", "--yes").returncode == 0
    assert sorted(os.listdir(machine.directory)) == ["absent", "broken", "churn", "no-program", "relative"]
    assert machine.kernel("prune", "--foreign", "--yes").returncode == 0
    assert sorted(os.listdir(machine.directory)) == ["broken", "churn", "no-program", "relative"]
    assert machine.kernel("list", "--stale").returncode == 0


def test_a_volume_that_is_not_mounted(machine: KernelMachine, churn: Path) -> None:
    """jupyter.md 6.5: with the whole PYENV_ROOT gone, its kernels stay."""
    machine.added("churn")
    machine.sandbox.pyenv_root.rename(machine.sandbox.root / "unplugged")
    done = machine.kernel("prune", "--yes")
    assert done.returncode == 0
    assert "kept: " in done.stdout
    assert os.listdir(machine.directory) == ["churn"]
    (machine.sandbox.root / "unplugged").rename(machine.sandbox.pyenv_root)
    version = churn.parents[1]
    shutil.rmtree(version)
    version.symlink_to("/nowhere-at-all/volume")
    assert f"kept: {version} is not there" in machine.kernel("prune", "--yes").stdout
    version.unlink()
    assert machine.kernel("prune", "--yes").stdout.startswith("churn: removed: ")


def test_an_env_that_changed_below_its_kernel(machine: KernelMachine, churn: Path, second: str) -> None:
    """J22, J23, J25: ipykernel taken out; a dependency gone, which only a start shows; a link that dangles."""
    uninstall: list[str | Path] = [BIN / "uv", "pip", "uninstall", "--quiet", "--python", churn / "bin" / "python", "ipykernel"]
    machine.added("churn")
    assert machine.sandbox.run(uninstall).returncode == 0
    assert machine.outcome("check", "churn")["churn"] == (10, f"stale: ipykernel is not installed in {churn} (Python {churn.parents[1].name})")
    assert only_line(machine.kernel("check", "churn")).endswith("; type: roost kernel add churn")
    machine.added("churn")
    assert machine.kernel("check", "churn").returncode == 0
    shutil.rmtree(next(churn.glob("lib/*/site-packages/zmq")))
    assert machine.kernel("check", "--static", "churn").returncode == 0
    code, message = machine.outcome("check", "churn")["churn"]
    assert code == 8
    assert "zmq" in message
    refused = machine.kernel("add", "churn")
    assert refused.returncode == 8
    assert "zmq" in refused.stderr
    command = machine.kernel("check", "churn").stderr.rpartition("; type: ")[2]
    assert machine.sandbox.run([*command.split()[:-1], "--quiet", "ipykernel"], timeout=300).returncode == 0, command
    assert machine.kernel("check", "churn").returncode == 0
    (churn / "bin" / "python").unlink()
    (churn / "bin" / "python").symlink_to("/nope/python3.11")
    stale = machine.kernel("list", "--stale")
    assert stale.returncode == 10
    assert "is a broken link" in stale.stdout
    (churn / "bin" / "python").unlink()
    (churn / "bin" / "python").symlink_to(machine.sandbox.install(second) / "bin" / f"python{_minor(second)}")
    assert f"and its python is {_minor(second)} now" in machine.kernel("list", "--stale").stdout


def test_a_kernel_that_starts_another_env(machine: KernelMachine, churn: Path, newest: str) -> None:
    """jupyter.md 6.6: where it runs is asked, not read."""
    other = machine.env(newest, "other")
    machine.added("churn")
    machine.added("other")
    spec = machine.spec("churn")
    spec["argv"][0] = f"{other}/bin/python"
    (machine.directory / "churn" / "kernel.json").write_text(json.dumps(spec))
    assert machine.outcome("check", "churn") == {"churn": (8, f"it runs in {other}, not in {churn}")}


def test_what_the_server_has_set(machine: KernelMachine, churn: Path) -> None:
    """jupyter.md 3.3, 6.6: the check names the variable that kills a kernel; --isolated cures PYTHONPATH."""
    machine.added("churn")
    shadow = machine.sandbox.root / "shadow"
    shadow.mkdir()
    (shadow / "zmq.py").write_text("raise ImportError('shadowed')\n")
    done = machine.kernel("check", "churn", PYTHONPATH=str(shadow))
    assert done.returncode == 8
    assert only_line(done).endswith("; type: roost kernel add --isolated, PYTHONPATH is the cause")
    machine.added("churn", "--isolated")
    assert machine.kernel("check", "churn", PYTHONPATH=str(shadow)).returncode == 0


def test_a_jupyter_that_does_not_see_it(machine: KernelMachine, churn: Path) -> None:
    """jupyter.md 6.6: --jupyter asks each one on PATH."""
    machine.added("churn")
    tools = machine.sandbox.root / "lab"
    tools.mkdir()
    (tools / "jupyter").symlink_to(BIN / "jupyter")
    blind = machine.sandbox.root / "blind"
    blind.mkdir()
    (blind / "jupyter").write_text("#!/bin/sh\necho '{\"kernelspecs\": {}}'\n")
    (blind / "jupyter").chmod(0o755)
    done = machine.kernel("check", "CHURN", "--static", "--jupyter", PATH=f"{tools}:{blind}:{machine.sandbox.path}")
    assert (done.returncode, done.stdout) == (0, f"churn: ok, not seen by {blind}/jupyter\n")


def test_removal(machine: KernelMachine, churn: Path) -> None:
    """J27: any letters, nothing outside the kernels directory, foreign ones with --force alone."""
    machine.added("churn")
    machine.foreign("handmade", "python")
    (machine.data / "data").mkdir()
    before = photograph(machine.data)
    for words, code in ((("handmade",), 8), (("../data",), 3), (("..",), 3), ((".",), 3), (("nosuch",), 3), (("nosuch", "handmade"), 3)):
        done = machine.kernel("remove", *words)
        assert done.returncode == code, done.stderr
    assert machine.kernel("remove", "nosuch", "--missing-ok").returncode == 0
    assert photograph(machine.data) == before
    done = machine.kernel("remove", "CHURN", "nosuch", "--uninstall-ipykernel", "--json")
    assert done.returncode == 3
    assert [(row["code"], row["message"]) for row in document(done)["kernels"]] == [
        (0, f"removed, and ipykernel from {churn}"),
        (3, "there is no such kernel"),
    ]
    assert not list(churn.glob("lib/*/site-packages/ipykernel_launcher.py"))
    assert machine.kernel("remove", "handmade", "--force").returncode == 0
    assert os.listdir(machine.directory) == []


def test_an_executed_notebook(machine: KernelMachine, churn: Path) -> None:
    """J32: `jupyter execute`, through nbclient."""
    machine.added("churn")
    notebook = machine.sandbox.root / "a.ipynb"
    cell: dict[str, object] = {"cell_type": "code", "id": "one", "source": "!command -v pip", "metadata": {}, "outputs": [], "execution_count": None}
    notebook.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    done = machine.sandbox.run([BIN / "jupyter", "execute", "--inplace", "--kernel_name=churn", notebook], PATH="/usr/bin:/bin")
    assert done.returncode == 0, done.stderr
    (output,) = json.loads(notebook.read_text())["cells"][0]["outputs"]
    assert "".join(output["text"]).strip() == f"{churn}/bin/pip"


def test_a_kernel_not_written_by_roost(machine: KernelMachine, churn: Path) -> None:
    """jupyter.md 3.2: with --startup a plain kernelspec has the env's pip too."""
    machine.added("churn", "--startup")
    plain = machine.foreign("plain", f"{churn}/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}")
    assert plain.is_dir()
    lines = machine.run_in("plain", "!command -v pip\nimport os; print(os.environ['VIRTUAL_ENV'])").split()
    assert lines == [f"{churn}/bin/pip", str(churn)]
