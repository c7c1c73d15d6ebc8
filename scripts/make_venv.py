"""Makes a venv, also with a Python whose distribution keeps pip apart, as Debian does until python3-venv is installed.

Needs nothing but the standard library. There pip comes as its own wheel, which Python can run as it is.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import urllib.request
import venv

_PIP = "https://files.pythonhosted.org/packages/07/25/ee8c38ae72d66b844ce8eb9711ba905dba21ca1a8a0c960057c41cd23337/pip-26.3-py3-none-any.whl"
_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"


def main(target: str) -> None:
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        venv.create(target, clear=True, symlinks=True)
        _install_pip(os.path.join(target, "bin", "python"))
    else:
        venv.create(target, clear=True, symlinks=True, with_pip=True)


def _install_pip(python: str) -> None:
    print("this Python has no ensurepip: downloading pip", flush=True)
    try:
        with urllib.request.urlopen(_PIP, timeout=60) as answer:
            wheel = answer.read()
    except OSError as error:
        sys.exit(f"pip could not be downloaded ({error}); on Debian and Ubuntu, type: sudo apt-get install python3-venv")
    if hashlib.sha256(wheel).hexdigest() != _SHA256:
        sys.exit(f"what came from {_PIP} is not that file; on Debian and Ubuntu, type: sudo apt-get install python3-venv")
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, os.path.basename(_PIP))
        with open(path, "wb") as file:
            file.write(wheel)
        subprocess.run([python, os.path.join(path, "pip"), "install", "--quiet", "--no-index", path], check=True)


if __name__ == "__main__":
    main(sys.argv[1])
