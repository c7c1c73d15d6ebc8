"""Kernels of old Pythons, and the whole way in a browser (jupyter.md, cases 34 and 36)."""

from __future__ import annotations

import contextlib
import importlib
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.kernels import KernelMachine
from tests.support.sandbox import BIN, REPOSITORY, Sandbox, newest_release

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.mark.parametrize("minor", ["3.6", "3.7"])
def test_an_old_python(sandbox: Sandbox, minor: str) -> None:
    """J34, E2: made by roost; ipykernel through the env's pip, for uv knows no such Python."""
    machine = KernelMachine(sandbox)
    version = newest_release(minor)
    sandbox.install(version)
    project = sandbox.project("legacy", version, "legacy")
    done = sandbox.roost("up", "--kernel", cwd=project, timeout=600)
    assert done.returncode == 0, done.stderr
    assert "with pip" in done.stderr
    assert machine.outcome("check") == {"legacy": (0, "ok")}
    assert machine.run_in("legacy", "!command -v pip").strip() == f"{sandbox.env(version, 'legacy')}/bin/pip"


def test_python_2_7(sandbox: Sandbox) -> None:
    """J34, E2: an env that pyenv-virtualenv made is as good as ours."""
    machine = KernelMachine(sandbox)
    version = newest_release("2.7")
    sandbox.with_pyenv()
    sandbox.install(version)
    made = sandbox.run([sandbox.pyenv_root / "bin" / "pyenv", "virtualenv", version, "old"], timeout=300)
    assert made.returncode == 0, made.stderr
    prefix = sandbox.env(version, "old")
    done = machine.kernel("add", f"{version}/envs/old")
    assert done.returncode == 0, done.stderr
    assert machine.spec("old")["argv"][0] == f"{prefix}/bin/python"
    assert machine.outcome("check") == {"old": (0, "ok")}


def test_in_a_browser(sandbox: Sandbox, newest: str) -> None:
    """J36: JupyterLab's launcher shows the kernel, and `!which pip` in a notebook is the env's."""
    machine = KernelMachine(sandbox)
    sandbox.install(newest)
    project = sandbox.project("churn", newest, "churn")
    assert sandbox.roost("up", "--kernel", cwd=project, timeout=600).returncode == 0
    title = f"churn (Python {'.'.join(newest.split('.')[:2])})"
    with _lab(machine, project) as url, _page() as page:
        page.goto(url)
        page.locator(f'.jp-LauncherCard[data-category="Notebook"][title="{title}"]').click(timeout=60_000)
        page.get_by_text(f"{title} | Idle").wait_for(timeout=60_000)
        page.locator(".jp-Notebook .cm-content").first.click(timeout=60_000)
        page.keyboard.type("!which pip")
        page.keyboard.press("Shift+Enter")
        output = page.locator(".jp-OutputArea-output").first
        output.wait_for(timeout=60_000)
        assert output.inner_text().strip() == f"{sandbox.env(newest, 'churn')}/bin/pip"
        page.get_by_text(f"{title} | Idle").wait_for(timeout=60_000)
        (REPOSITORY / ".cache").mkdir(exist_ok=True)
        page.screenshot(path=str(REPOSITORY / ".cache" / "jupyterlab.png"))


@contextlib.contextmanager
def _lab(machine: KernelMachine, directory: Path) -> Iterator[str]:
    """A JupyterLab on loopback, as one would start it from anywhere; ended by its own id."""
    runtime = machine.sandbox.root / "runtime"
    # Else it asks over the picture whether it may fetch news.
    settings = machine.sandbox.home / ".jupyter" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
    words: list[str | Path] = [BIN / "jupyter-lab", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", "--IdentityProvider.token="]
    words.append(f"--ServerApp.root_dir={directory}")
    environ = {**machine.sandbox.environ, "JUPYTER_RUNTIME_DIR": str(runtime), "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(words, env=environ, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as server:
        try:
            end = time.monotonic() + 60
            while not (found := list(runtime.glob("jpserver-*.json"))):
                assert server.poll() is None, "JupyterLab did not start"
                assert time.monotonic() < end, "JupyterLab did not come up"
                time.sleep(0.2)
            yield f"http://127.0.0.1:{json.loads(found[0].read_text())['port']}/lab"
        finally:
            server.terminate()
            server.communicate(timeout=30)


@contextlib.contextmanager
def _page() -> Iterator[Any]:
    browser = next((path for name in ("chromium", "google-chrome", "chromium-browser") if (path := shutil.which(name))), None)
    assert browser, "this test needs Chromium"
    # Not imported at the top: only `make test-slow` installs it.
    playwright = importlib.import_module("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        try:
            yield chromium.new_page(viewport={"width": 1100, "height": 760})
        finally:
            chromium.close()
