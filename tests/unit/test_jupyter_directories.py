"""Where the user's kernels are, held against jupyter_core's own answer (jupyter.md 1.4)."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest

from roost.machine.jupyter import data_directory, search_directories, unseen_by

# What jupyter_core says for each environment in turn, on a system of that name.
_ASK = """\
import json, os, sys
platform, environs = sys.argv[1], json.loads(sys.argv[2])
sys.platform = platform
answers = []
for environ in environs:
    os.environ.clear()
    os.environ.update(environ)
    for name in [name for name in sys.modules if name.partition(".")[0] in {"jupyter_core", "platformdirs"}]:
        del sys.modules[name]
    from jupyter_core import paths
    answers.append([paths.jupyter_data_dir(), paths.jupyter_path("kernels")])
print(json.dumps(answers))
"""
_CHOICES = {
    "JUPYTER_DATA_DIR": [None, "", "/d/a b"],
    "JUPYTER_PLATFORM_DIRS": [None, "", "1", "true", "0", "no", "OFF", "0.0", "False", "n"],
    "XDG_DATA_HOME": [None, "", "/x"],
    "JUPYTER_PATH": [None, "/one:/two/"],
}


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_as_jupyter_core_says(tmp_path: Path, platform: str) -> None:
    home = tmp_path.resolve()
    environs = [
        {"HOME": str(home)} | {name: value for name, value in zip(_CHOICES, values, strict=True) if value is not None}
        for values in itertools.product(*_CHOICES.values())
    ]
    done = subprocess.run([sys.executable, "-c", _ASK, platform, json.dumps(environs)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    own = {f"{sys.prefix}/share/jupyter/kernels", str(home / ".local" / "share" / "jupyter" / "kernels"), str(home / "Library" / "Python")}
    for environ, (data, path) in zip(environs, json.loads(done.stdout), strict=True):
        assert data_directory(environ, platform) == Path(data), environ
        before, after = search_directories(environ, Path(data), platform)
        ours = [*before, Path(data) / "kernels", *after]
        # The places of the Jupyter that was asked, and of its user's site, are its own.
        theirs = [Path(entry) for entry in path if entry not in own or entry == f"{data}/kernels"]
        assert [entry for entry in ours if entry in theirs] == ours, environ


def test_editors_that_look_elsewhere() -> None:
    """jupyter.md 1.4, traps 2 and 3: said on macOS, where it is so."""
    assert unseen_by({"JUPYTER_PLATFORM_DIRS": "1"}, "darwin") == ["VS Code", "Zed"]
    assert unseen_by({"JUPYTER_DATA_DIR": "/d"}, "darwin") == ["Zed"]
    assert unseen_by({}, "darwin") == unseen_by({"JUPYTER_PLATFORM_DIRS": "1"}, "linux") == []
