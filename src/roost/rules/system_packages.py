"""What a build of Python needs from the system: the packages' names, and the commands that install them (V5, B1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

# The programs that install packages, and how they are told to.
MANAGERS: Final = {
    "brew": "brew install",
    "apt-get": "apt-get install",
    "dnf": "dnf install",
    "pacman": "pacman -S",
    "zypper": "zypper install",
    "apk": "apk add",
}


class System(NamedTuple):
    """A machine: ``sys.platform``, the manager that installs its packages, and whether it is root who installs."""

    platform: str
    manager: str | None
    root: bool = False


class Package(NamedTuple):
    """Something that a build needs, and its name for each of MANAGERS, in their order."""

    title: str
    names: tuple[str, str, str, str, str, str]


# By the module of Python that is built from it. On Linux these are the packages with the headers.
LIBRARIES: Final = {
    "ssl": Package("OpenSSL", ("openssl@3", "libssl-dev", "openssl-devel", "openssl", "libopenssl-devel", "openssl-dev")),
    "sqlite3": Package("SQLite", ("sqlite", "libsqlite3-dev", "sqlite-devel", "sqlite", "sqlite3-devel", "sqlite-dev")),
    "zlib": Package("zlib", ("zlib", "zlib1g-dev", "zlib-devel", "zlib", "zlib-devel", "zlib-dev")),
    "bz2": Package("the bzip2 library", ("bzip2", "libbz2-dev", "bzip2-devel", "bzip2", "libbz2-devel", "bzip2-dev")),
    "lzma": Package("the xz library (lzma)", ("xz", "liblzma-dev", "xz-devel", "xz", "xz-devel", "xz-dev")),
    "readline": Package("GNU readline", ("readline", "libreadline-dev", "readline-devel", "readline", "readline-devel", "readline-dev")),
    "ctypes": Package("libffi", ("libffi", "libffi-dev", "libffi-devel", "libffi", "libffi-devel", "libffi-dev")),
    # Python 3.13 and older do not work with Homebrew's tcl-tk, which is Tcl 9.
    "tkinter": Package("Tk", ("tcl-tk@8", "tk-dev", "tk-devel", "tk", "tk-devel", "tk-dev")),
}
# The header that shows that such a library can be built against.
HEADERS: Final = {
    "ssl": "openssl/ssl.h",
    "sqlite3": "sqlite3.h",
    "zlib": "zlib.h",
    "bz2": "bzlib.h",
    "lzma": "lzma.h",
    "readline": "readline/readline.h",
    "ctypes": "ffi.h",
}
COMPILER: Final = Package("a C compiler", ("gcc", "build-essential", "gcc make", "base-devel", "gcc make", "build-base"))
PYENV: Final = Package("pyenv", ("pyenv",) * 6)
CERTIFICATES: Final = Package("the system's CA certificates", ("ca-certificates",) * 6)
TOOLS: Final = {
    "make": Package("make", ("make",) * 6),
    "patch": Package("patch", ("gpatch", "patch", "patch", "patch", "patch", "patch")),
    "tar": Package("tar", ("gnu-tar", "tar", "tar", "tar", "tar", "tar")),
    "xz": Package("xz", ("xz", "xz-utils", "xz", "xz", "xz", "xz")),
    "bzip2": Package("bzip2", ("bzip2",) * 6),
    "git": Package("git", ("git",) * 6),
    "curl": Package("curl", ("curl",) * 6),
}


def how_to_install(package: Package, system: System) -> tuple[str, str]:
    """The command that installs ``package`` on ``system``, and advice in place of it where no manager is known."""
    return how_to_install_all([package], system)


def how_to_install_all(packages: Sequence[Package], system: System) -> tuple[str, str]:
    """The same for several at once."""
    if system.manager is None and system.platform == "darwin":
        return "", f"install Homebrew (https://brew.sh), then type: brew install {_names(packages, 'brew')}"
    if system.manager is None:
        return "", f"install {', '.join(package.title for package in packages)}"
    sudo = "" if system.root or system.manager == "brew" else "sudo "
    return f"{sudo}{MANAGERS[system.manager]} {_names(packages, system.manager)}", ""


def _names(packages: Sequence[Package], manager: str) -> str:
    words = " ".join(package.names[list(MANAGERS).index(manager)] for package in packages).split()
    return " ".join(dict.fromkeys(words))
