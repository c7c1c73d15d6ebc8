"""The hook beside a ``roost upgrade`` that is at work: an env without its packages is not turned on (U2, V3)."""

from __future__ import annotations

from pathlib import Path

from tests.support.sandbox import Sandbox
from tests.support.shells import OpenTerminal, Shell
from tests.support.upgrades import NEW, OLD, UpgradeMachine, small_index
from tests.support.wheels import halting_tree


def test_a_prefix_that_means_the_new_version_too(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, tmp_path: Path) -> None:
    """With `3` in the file the newest version that has the env decides, and the new one has it only when the packages are there."""
    with small_index(tmp_path / "index") as index:
        machine = UpgradeMachine(sandbox, index)
        machine.up()
        tree = halting_tree(sandbox.root / "tree", "slow", "1.0")
        machine.put(tree.source)
        machine.file.write_text("3\n")
        tree.halt()
        process = sandbox.start("upgrade", "3.12", cwd=machine.project)
        tree.builder()
        assert (machine.env(NEW) / "bin" / "python").exists(), "there is something that could be turned on"
        session = terminal(machine.project)
        assert session.active == str(machine.env(OLD))
        session.run("cd ~")
        session.run(f"cd {machine.project}")
        assert session.active == str(machine.env(OLD))
        tree.go_on()
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 0, output + errors
        session.run("cd ~")
        session.run(f"cd {machine.project}")
        assert session.active == str(machine.env(NEW))
        assert session.run("python -c 'import slow; print(slow.version)'").strip() == "1.0"
