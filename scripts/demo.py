"""`make demo`: two projects as in examples/GitHub, and what a user sees on entering them.

Works below demo/ only: a HOME, a PYENV_ROOT with copies of the machine's interpreters (none where
there is no pyenv: then the envs come from the python3 on PATH), and the projects.
"""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
DEMO = REPOSITORY / "demo"
HOME = DEMO / "home"
PROMPT = b"\x1b]133;A\x07"  # the mark that many terminals know for "here is a prompt"; nothing is drawn


def main() -> int:
    shell = shutil.which("zsh") or shutil.which("bash")
    if shell is None:
        sys.exit("the demo needs zsh or bash")
    name = Path(shell).name
    if DEMO.exists():
        shutil.rmtree(DEMO)
    HOME.mkdir(parents=True)
    versions, environ = prepare_python()
    projects = [make_project(project, version) for project, version in zip(("project_a", "project_b"), versions, strict=True)]
    mark = r"\[\e]133;A\a\]" if name == "bash" else "%{\x1b]133;A\x07%}"
    rc = "" if name == "bash" else "unsetopt zle prompt_sp\n"
    (HOME / f".{name}rc").write_text(f"{rc}PS1='{mark}$ '\n", encoding="utf-8")
    subprocess.run([REPOSITORY / ".venv/bin/roost", "setup", name], env=environ, check=True)
    print(f"\nA new {name} in {DEMO / 'GitHub'}:\n", flush=True)
    words = ["cd project_a", "python -V", "cd ../project_b", "python -V", "cd ..", "echo ${VIRTUAL_ENV:-no env is active}"]
    if "PYENV_ROOT" in environ and shutil.which("pyenv", path=environ["PATH"]):
        words.append("pyenv versions")
    seen = session([shell, "-i"], environ, DEMO / "GitHub", [*words, "exit"])
    return verify(seen, versions, projects)


def prepare_python() -> tuple[list[str], dict[str, str]]:
    """The versions for the two projects, and the environment of the demo's user."""
    real = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    environ = {name: os.environ[name] for name in ("TERM", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    environ |= {"HOME": str(HOME), "SHELL": "/bin/sh", "ROOST_HOME": str(HOME / "data")}
    path = [field for field in os.environ.get("PATH", os.defpath).split(":") if field.startswith("/") and not field.startswith(str(real))]
    active = os.environ.get("VIRTUAL_ENV")
    path = [field for field in path if not active or not field.startswith(active)]
    root = DEMO / "pyenv"
    found = installed(real / "versions")
    if found:
        # What the demo's projects ask for, where the machine has it.
        chosen = [next((name for name in reversed(found) if name.startswith(f"{wish}.")), None) for wish in ("3.9", "3.8")]
        versions = [name or found[-1 - position] if len(found) > 1 else found[0] for position, name in enumerate(chosen)]
        for version in sorted(set(versions)):
            print(f"copying Python {version} into demo/", flush=True)
            copy_tree(real / "versions" / version, root / "versions" / version)
        for part in ("bin", "libexec", "plugins", "pyenv.d"):
            if (real / part).is_dir():
                shutil.copytree(real / part, root / part, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        environ["PYENV_ROOT"] = str(root)
        path.insert(0, str(root / "bin"))
    else:
        print("no pyenv here: the envs come from the python3 on PATH", flush=True)
        python = shutil.which("python3", path=":".join(path))
        if python is None:
            sys.exit("the demo needs a pyenv with an interpreter, or a python3 on PATH")
        version = subprocess.run([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True, check=True).stdout.strip()
        versions = [version, "system"]
        environ["PYENV_ROOT"] = str(root)
        path = [field for field in path if not (Path(field) / "pyenv").exists()]
    environ["PATH"] = ":".join(path)
    return versions, environ


def installed(store: Path) -> list[str]:
    """CPython releases that roost makes envs for, oldest first."""
    names = [path.name for path in store.glob("3.*.*") if (path / "bin" / "python").exists() and re.fullmatch(r"3\.\d+\.\d+", path.name)]
    releases = sorted(tuple(map(int, name.split("."))) for name in names)
    return [".".join(map(str, release)) for release in releases if release >= (3, 6, 0)]


def copy_tree(source: Path, target: Path) -> None:
    """By hard links where the file system allows it."""

    def link(one: str, other: str) -> None:
        try:
            os.link(one, other, follow_symlinks=False)
        except OSError:
            shutil.copy2(one, other, follow_symlinks=False)

    shutil.copytree(source, target, symlinks=True, copy_function=link, ignore=shutil.ignore_patterns("__pycache__", "envs", "test"))


def make_project(name: str, version: str) -> Path:
    """A copy of the example, its version set to one that is here."""
    project = DEMO / "GitHub" / name
    shutil.copytree(REPOSITORY / "examples" / "GitHub" / name, project)
    (project / ".python-version").write_text(f"{version}\n", encoding="ascii")
    return project


def session(command: list[str], environ: dict[str, str], cwd: Path, lines: list[str]) -> str:
    """Types ``lines`` into the shell, one at each prompt, and shows what the user would see."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(cwd)
        os.execve(command[0], command, {**environ, "PWD": str(cwd)})
    seen, prompts, waiting = b"", 0, list(lines)
    while True:
        ready, _, _ = select.select([terminal], [], [], 120)
        try:
            part = os.read(terminal, 65536) if ready else b""
        except OSError:  # Linux says so when the shell has gone
            part = b""
        if not part:
            break
        seen += part
        sys.stdout.buffer.write(part.replace(PROMPT, b""))
        sys.stdout.buffer.flush()
        if seen.count(PROMPT) > prompts and waiting:
            prompts = seen.count(PROMPT)
            os.write(terminal, waiting.pop(0).encode() + b"\n")
    os.close(terminal)
    os.waitpid(pid, 0)
    return seen.decode(errors="replace")


def verify(seen: str, versions: list[str], projects: list[Path]) -> int:
    """A demo that did not show the main job has failed."""
    wanted = ["(project-a-venv)", "(project-b-venv)", "no env is active"]
    wanted += [f"Python {version}" for version in versions if version != "system"]
    missing = [text for text in wanted if text not in seen]
    if missing:
        print(f"\nthe demo failed: it did not show {', '.join(missing)}", file=sys.stderr)
        return 1
    print(f"\nThat is all. The projects are in {projects[0].parent}; `make clean` removes the demo.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
