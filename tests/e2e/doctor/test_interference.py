"""What works against the hook: other activators, variables, PATH (W3)."""

from __future__ import annotations

import pytest

from roost.machine import hooks, rc_files
from tests.support.checkup import codes_after, corrected, look, stand_in
from tests.support.sandbox import REPOSITORY, Sandbox
from tests.support.shells import OpenTerminal, Shell

_CD_FUNCTION = (REPOSITORY / "benchmarks" / "cd_function.sh").read_text()
_ACTIVATORS = {
    "virtualenv-init": ("bash", 'eval "$(pyenv virtualenv-init -)"\n', "pyenv virtualenv-init"),
    "virtualenv-init on one line": (
        "zsh",
        'if which pyenv-virtualenv-init > /dev/null; then eval "$(pyenv virtualenv-init -)"; fi\n',
        "pyenv virtualenv-init",
    ),
    "virtualenv-init in a block": (
        "zsh",
        'if command -v pyenv >/dev/null; then\n  eval "$(pyenv virtualenv-init - zsh)"  # slow\nfi\n',
        "pyenv virtualenv-init",
    ),
    "virtualenv-init in fish": ("fish", "status is-interactive; and pyenv virtualenv-init - | source\n", "pyenv virtualenv-init"),
    "autoswitch by antigen": ("zsh", "antigen() { :; }\nantigen bundle MichaelAquilina/zsh-autoswitch-virtualenv\n", "zsh-autoswitch-virtualenv"),
    "autoswitch in a list": ("zsh", "plugins=(git autoswitch_virtualenv docker)\n", "zsh-autoswitch-virtualenv"),
    "autoswitch in a long list": ("zsh", "plugins=(\n  git\n  autoswitch_virtualenv\n)\n", "zsh-autoswitch-virtualenv"),
    "autoenv": ("bash", "[ -r ~/.autoenv/activate.sh ] && source ~/.autoenv/activate.sh\n", "autoenv"),
    "oh-my-zsh": ("zsh", "export PYTHON_AUTO_VRUN=true\n", "python plugin"),
    "a pasted cd function": ("bash", _CD_FUNCTION, "a function cd that activates envs"),
    "a pasted cd function in zsh": ("zsh", _CD_FUNCTION, "a function cd that activates envs"),
    "an alias": ("bash", 'go() { builtin cd "$@"; pyenv versions; }\nalias cd=go\n', "an alias cd that activates envs"),
    "cd in fish": ("fish", "function cd\n  builtin cd $argv; and pyenv versions\nend\n", "a function cd that activates envs"),
}


@pytest.mark.parametrize("name", _ACTIVATORS)
def test_a_second_activator(machine: Sandbox, name: str) -> None:
    """W3: which line it is; the command takes it out, keeps the file beside it, and leaves one that the shell can read."""
    shell, text, what = _ACTIVATORS[name]
    rc = machine.home / {"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}[shell]
    rc.parent.mkdir(parents=True, exist_ok=True)
    rc.write_text(f"# mine\n{text}echo mine\n")
    rc_files.apply(rc_files.insertion(rc, hooks.block(shell)))
    before = rc.read_bytes()
    finding = corrected(machine, "second-activator", ROOST_HOOK=shell, SHELL=f"/bin/{shell}")
    assert what in finding["message"]
    assert finding["file"] == str(rc)
    assert rc.with_name(f"{rc.name}.bak").read_bytes() == before
    assert machine.run([shell, "-n", rc]).returncode == 0
    assert "mine" in machine.run([shell, rc]).stdout


def test_a_second_activator_behind_a_link_and_a_source_line(machine: Sandbox) -> None:
    """W3: in a file that the rc file sources, which is a link into a repository of dotfiles; the link stays."""
    dotfiles = machine.root / "dotfiles"
    dotfiles.mkdir()
    (dotfiles / "python.sh").write_text('eval "$(pyenv virtualenv-init -)"\n')
    (machine.home / ".python.sh").symlink_to(dotfiles / "python.sh")
    with (machine.home / ".bashrc").open("a") as file:
        file.write('[ -f "$HOME/.python.sh" ] && . "$HOME/.python.sh"\n')
    assert corrected(machine, "second-activator")["file"] == str(dotfiles / "python.sh")
    assert (machine.home / ".python.sh").is_symlink()


@pytest.mark.parametrize(
    "text",
    [
        '# eval "$(pyenv virtualenv-init -)"\n',
        "alias cdp='cd ~/projects'\n",
        'cd() { builtin cd "$@" && ls; }\n',
        "alias py='pyenv versions'\n",
        'eval "$(direnv hook bash)"\n',
        'eval "$(pyenv init -)"\n',
        ". ~/.bashrc\n",  # itself
    ],
)
def test_what_is_no_second_activator(machine: Sandbox, text: str) -> None:
    """W3."""
    with (machine.home / ".bashrc").open("a") as file:
        file.write(text)
    assert "second-activator" not in look(machine)


def test_an_activator_that_only_this_shell_knows_of(machine: Sandbox) -> None:
    """W3: pyenv-virtualenv's own variable tells it; a file that the rc file names in its own way is not found."""
    found = look(machine, PYENV_VIRTUALENV_INIT="1")
    assert "pyenv virtualenv-init was started" in found["second-activator-here"]["message"]
    assert found["second-activator-here"]["level"] == "notice"


def test_an_activator_that_no_file_shows(sandbox: Sandbox, every_shell: Shell, terminal: OpenTerminal) -> None:
    """W3: in a file that the rc file finds by itself; out of that file, as doctor advises, it is gone from a new terminal."""
    sandbox.with_pyenv()
    hidden, fish = sandbox.home / "rc.d" / "pyenv", every_shell.kind == "fish"
    hidden.parent.mkdir()
    hidden.write_text("pyenv virtualenv-init - fish | source\n" if fish else f'eval "$(pyenv virtualenv-init - {every_shell.kind})"\n')
    (sandbox.home / ".bash_profile").write_text(". ~/.bashrc\n")
    every_file = "for file in ~/rc.d/*; source $file; end" if fish else "for file in ~/rc.d/*; do . $file; done"
    shown = " ".join(terminal(sandbox.home, before=every_file).run("roost doctor").split())
    assert "PYENV_VIRTUALENV_INIT is set: pyenv virtualenv-init was started in this shell" in shown
    assert "-> remove it from your start-up files, and open a new terminal " in shown
    hidden.write_text("")
    assert "shell: nothing to report" in terminal(sandbox.home, before=every_file).run("roost doctor")


def test_direnv_in_the_project(machine: Sandbox) -> None:
    """W3: found only where there is a direnv; its line goes."""
    project = machine.project("shop", "3.12.1", "shop-venv")
    (project / "src").mkdir()
    (project / ".envrc").write_text("export A=1\nlayout python3\n")
    stand_in(machine, "direnv", "")
    finding = corrected(machine, "second-activator", cwd=project / "src")
    assert finding["area"] == "project"
    assert (project / ".envrc").read_text() == "export A=1\n: # layout python3\n"
    assert "direnv allow" not in str(finding)  # the rest may be a stranger's


@pytest.mark.parametrize(
    ("name", "value", "level"),
    [("PIP_USER", "1", "problem"), ("PIP_TARGET", "/x", "problem"), ("PYTHONPATH", "/x", "notice"), ("PIP_REQUIRE_VIRTUALENV", "true", "notice")],
)
def test_a_variable(machine: Sandbox, name: str, value: str, level: str) -> None:
    """W3: in this shell alone, and set by an rc file."""
    assert corrected(machine, "variable-set", None, level, **{name: value})["command"] == f"unset {name}"
    with (machine.home / ".bashrc").open("a") as file:
        file.write(f"export {name}={value}\n")
    finding = corrected(machine, "variable-set", None, level, **{name: value})
    assert finding["file"] == str(machine.home / ".bashrc")
    fish = look(machine, None, ROOST_HOOK="fish", **{name: value})["variable-set"]
    assert fish["command"] == f"set -e {name}"


def test_pythonhome(machine: Sandbox) -> None:
    """W3: the hook's function keeps it from roost, so it is read out of the rc file."""
    with (machine.home / ".bashrc").open("a") as file:
        file.write("export PYTHONHOME=/usr/lib/python3\n")
    assert "PYTHONHOME is set by line" in corrected(machine, "variable-set", PYTHONHOME="")["message"]


@pytest.mark.parametrize("value", ["0", "false", "no", ""])
def test_a_variable_that_is_off(machine: Sandbox, value: str) -> None:
    """W3: to pip, these are no."""
    assert "variable-set" not in look(machine, PIP_USER=value, PIP_REQUIRE_VIRTUALENV=value)


@pytest.mark.parametrize("loaded", [True, False])
def test_shims_before_the_env(machine: Sandbox, loaded: bool) -> None:
    """W3: which directory it is; another one that has no Python does not matter."""
    env = machine.fake_env("3.12.1", "shop")
    shims = machine.pyenv_root / "shims"
    shims.mkdir()
    (shims / "python").write_text("#!/bin/sh\n")
    (shims / "python").chmod(0o755)
    empty = machine.root / "empty"
    empty.mkdir()
    path = f"{empty}:{shims}:{env / 'bin'}:{machine.path}"
    found = look(machine, PATH=path, VIRTUAL_ENV=str(env), ROOST_HOOK="bash" if loaded else "")
    assert "pyenv's shims come before the active env" in found["path-order"]["message"]
    assert found["path-order"]["file"] == str(shims)
    if loaded:
        assert found["path-order"]["command"] == "roost activate"
    else:
        assert "path-order" not in codes_after(machine, found["path-order"], PATH=path, VIRTUAL_ENV=str(env))
    assert "path-order" not in look(machine, PATH=f"{empty}:{env / 'bin'}:{shims}:{machine.path}", VIRTUAL_ENV=str(env))


def test_shims_before_the_env_in_a_shell(sandbox: Sandbox, every_shell: Shell, terminal: OpenTerminal, newest: str) -> None:
    """W3, H8: in one line, before the hook's next turn; `roost activate` puts it right."""
    sandbox.fake_env("3.12.1", "shop")
    project = sandbox.project("shop", "3.12.1", "shop")
    shims = sandbox.pyenv_root / "shims"
    shims.mkdir()
    (shims / "python3").symlink_to("/bin/sh")
    session = terminal(project)
    first = f"set -gx PATH {shims} $PATH" if every_shell.kind == "fish" else f"PATH={shims}:$PATH"
    assert "pyenv's shims come before the active env" in session.run(f"{first}; roost doctor")
    assert "pyenv's shims" not in session.run(f"{first}; roost activate; roost doctor")


def test_an_env_that_is_gone_is_active(machine: Sandbox) -> None:
    """W3."""
    corrected(machine, "virtual-env-gone", VIRTUAL_ENV=str(machine.root / "gone"))
