"""Logs of failed builds, each to one cause and what helps (B1).

The decisive lines stand as the tools print them; what is around them is shortened. Those of Linux come
from builds with a part of the system taken away, those of macOS from what pyenv's users reported.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from roost.machine.files import read_end
from roost.rules.build_failures import RULES, BuildFailure, Rule, diagnose, help_for
from roost.rules.system_packages import COMPILER, LIBRARIES, MANAGERS, TOOLS, Package, System, how_to_install

MAC = System("darwin", "brew")
DEBIAN = System("linux", "apt-get")
FEDORA = System("linux", "dnf")
ARCH = System("linux", "pacman")
SUSE = System("linux", "zypper")
ALPINE = System("linux", "apk", root=True)
UPDATE = "git -C /home/ada/.pyenv pull"


@dataclasses.dataclass(frozen=True)
class Case:
    """A log on a system, and what is to be said of it."""

    name: str
    system: System
    log: str
    slug: str
    command: str


def _failed(tail: str, where: str = "Debian 12") -> str:
    """What python-build prints at the end: the last lines of its log a second time."""
    return f"{tail}\n\nBUILD FAILED ({where} using python-build 2.6.30)\n\nResults logged to /tmp/python-build.1.log\n\nLast 10 log lines:\n{tail}\n"


_CONFIGURE = """\
Downloading Python-3.12.1.tar.xz...
-> https://www.python.org/ftp/python/3.12.1/Python-3.12.1.tar.xz
Installing Python-3.12.1...
checking build system type... x86_64-pc-linux-gnu
checking for pkg-config... no
checking MACHDEP... "linux"
"""
_CONFIGURE_MAC = """\
python-build: use openssl@3 from homebrew
Installing Python-3.12.1...
python-build: use readline from homebrew
python-build: use zlib from xcode sdk
checking build system type... aarch64-apple-darwin23.1.0
checking MACHDEP... "darwin"
"""
# An optional module that is missing stops no build: the lines of Debian's bzip2 and of Tk before other causes.
_OPTIONAL = """\
Modules/_tkinter.c:71:
/Library/Developer/CommandLineTools/SDKs/MacOSX.sdk/usr/include/tk.h:78:11: fatal error: 'X11/Xlib.h' file not found
1 error generated.
Failed to build these modules:
_tkinter
"""
_SKIPPED = """\
Traceback (most recent call last):
  File "<string>", line 1, in <module>
  File "/home/ada/.pyenv/versions/3.11.2/lib/python3.11/bz2.py", line 17, in <module>
    from _bz2 import BZ2Compressor, BZ2Decompressor
ModuleNotFoundError: No module named '_bz2'
WARNING: The Python bz2 extension was not compiled. Missing the bzip2 lib?
"""
_NO_SSL = """\
Traceback (most recent call last):
  File "<string>", line 1, in <module>
  File "/home/ada/.pyenv/versions/3.11.2/lib/python3.11/ssl.py", line 100, in <module>
    import _ssl             # if we can't import it, let the error propagate
ModuleNotFoundError: No module named '_ssl'
ERROR: The Python ssl extension was not compiled. Missing the OpenSSL lib?

Please consult to the Wiki page to fix the problem.
https://github.com/pyenv/pyenv/wiki/Common-build-problems
"""
_INSTALLING = "".join(f"/usr/bin/install -c -m 644 ./Lib/test/test_{n}.py /home/ada/.pyenv/versions/3.11.2/lib/python3.11/test\n" for n in range(400))

CASES = [
    Case(
        "no compiler on Debian",
        DEBIAN,
        _failed(
            _CONFIGURE + "checking for gcc... no\nchecking for cc... no\nchecking for cl.exe... no\n"
            "configure: error: in `/tmp/python-build.1/Python-3.12.1':\n"
            "configure: error: no acceptable C compiler found in $PATH\nSee `config.log' for more details"
        ),
        "no-compiler",
        "sudo apt-get install build-essential",
    ),
    Case(
        "no compiler on Alpine, as root",
        ALPINE,
        _failed(_CONFIGURE + "checking for gcc... no\nconfigure: error: no acceptable C compiler found in $PATH"),
        "no-compiler",
        "apk add build-base",
    ),
    Case(
        "macOS was updated, the tools are gone",  # the reason stands behind what configure says
        MAC,
        _failed(
            _CONFIGURE_MAC + "checking for gcc... clang\nchecking whether the C compiler works... no\n"
            "configure: error: C compiler cannot create executables\nSee `config.log' for more details\n"
            "xcrun: error: invalid active developer path (/Library/Developer/CommandLineTools), missing xcrun at: "
            "/Library/Developer/CommandLineTools/usr/bin/xcrun",
            "OS X 14.1",
        ),
        "no-compiler",
        "xcode-select --install",
    ),
    Case(
        "a new Mac without the tools",
        MAC,
        _failed("xcode-select: note: No developer tools were found, requesting install.", "OS X 15.1"),
        "no-compiler",
        "xcode-select --install",
    ),
    Case(
        "the license of Xcode",
        MAC,
        _failed(
            _CONFIGURE_MAC + "checking whether the C compiler works... no\nconfigure: error: C compiler cannot create executables\n\n"
            "You have not agreed to the Xcode license agreements, please run 'sudo xcodebuild -license' from within a Terminal window "
            "to review and agree to the Xcode license agreements."
        ),
        "xcode-license",
        "sudo xcodebuild -license accept",
    ),
    Case(
        "a compiler of another system on macOS",
        MAC,
        _failed(
            _CONFIGURE_MAC + "checking for gcc... /usr/local/bin/gcc-11\nchecking whether the C compiler works... no\n"
            "configure: error: in `/var/folders/w_/T/python-build.1/Python-3.9.11':\nconfigure: error: C compiler cannot create executables\n"
            "See `config.log' for more details\nmake: *** No targets specified and no makefile found.  Stop.",
            "OS X 12.2.1",
        ),
        "broken-compiler",
        "sudo rm -rf /Library/Developer/CommandLineTools && xcode-select --install",
    ),
    Case(
        "a cross compiler on Linux",
        FEDORA,
        _failed(
            _CONFIGURE + "checking for gcc... /opt/bin/aarch64-linux-gnu-gcc\nchecking whether the C compiler works... yes\n"
            "checking whether we are cross compiling... configure: error: in `/tmp/python-build.1/Python-3.8.5':\n"
            "configure: error: cannot run C compiled programs.\nIf you meant to cross compile, use `--host'."
        ),
        "broken-compiler",
        "sudo dnf install gcc make",
    ),
    Case(
        "no SDK: headers",
        MAC,
        _failed(
            _CONFIGURE_MAC + "./Include/Python.h:20:10: \x1b[0;1;31mfatal error: \x1b[0m\x1b[1m'stdio.h' file not found\x1b[0m\n"
            "#include <stdio.h>\n         ^~~~~~~~~\n1 error generated.\nmake: *** [Programs/python.o] Error 1"
        ),
        "no-sdk",
        "sudo rm -rf /Library/Developer/CommandLineTools && xcode-select --install",
    ),
    Case(
        "no SDK: libSystem",
        MAC,
        _failed(_CONFIGURE_MAC + "ld: library not found for -lSystem\nclang: error: linker command failed with exit code 1 (use -v to see invocation)"),
        "no-sdk",
        "sudo rm -rf /Library/Developer/CommandLineTools && xcode-select --install",
    ),
    Case(
        "no SDK: libSystem, in the words of the new linker",
        MAC,
        _failed(_CONFIGURE_MAC + "ld: library 'System' not found\nconfigure: error: C compiler cannot create executables"),
        "no-sdk",
        "sudo rm -rf /Library/Developer/CommandLineTools && xcode-select --install",
    ),
    Case(
        "gcc without the C library's headers",
        ALPINE,
        _failed(
            _CONFIGURE
            + "./Include/Python.h:20:10: fatal error: stdio.h: No such file or directory\ncompilation terminated.\nmake: *** [Makefile:1: a.o] Error 1"
        ),
        "no-sdk",
        "apk add build-base",
    ),
    Case("OpenSSL on Debian", DEBIAN, _failed(_INSTALLING + _SKIPPED + _NO_SSL), "ssl", "sudo apt-get install libssl-dev"),
    Case("OpenSSL on macOS", MAC, _failed(_CONFIGURE_MAC + _OPTIONAL + _INSTALLING + _NO_SSL), "ssl", "brew install openssl@3"),
    Case(
        "OpenSSL too old",
        FEDORA,
        _failed(
            "Following modules built successfully but were removed because they could not be imported:\n_hashlib  _ssl\n\n"
            "Could not build the ssl module!\nPython requires a OpenSSL 1.1.1 or newer\n\n" + _INSTALLING + _NO_SSL
        ),
        "ssl",
        "sudo dnf install openssl-devel",
    ),
    Case(
        "OpenSSL, where pip is installed first",
        SUSE,
        _failed("Ignoring ensurepip failure: pip 9.0.1 requires SSL/TLS\nERROR: The Python ssl extension was not compiled. Missing the OpenSSL lib?"),
        "ssl",
        "sudo zypper install libopenssl-devel",
    ),
    Case(
        "zlib on Debian",
        DEBIAN,
        _failed(
            _INSTALLING + '  File "/tmp/python-build.1/Python-3.7.1/Lib/ensurepip/__init__.py", line 27, in _run_pip\n    import pip._internal\n'
            "zipimport.ZipImportError: can't decompress data; zlib not available\n"
            "Makefile:1122: recipe for target 'install' failed\nmake: *** [install] Error 1"
        ),
        "zlib",
        "sudo apt-get install zlib1g-dev",
    ),
    Case(
        "zlib on macOS, an old Python",
        MAC,
        _failed("Installing Python-2.7.7...\nERROR: The Python zlib extension was not compiled. Missing the zlib?"),
        "zlib",
        "brew install zlib",
    ),
    Case(
        "zlib, which binascii was built with",
        FEDORA,
        _failed(
            "/tmp/python-build.1/Python-3.11.2/Modules/binascii.c:66:12: fatal error: zlib.h: No such file or directory\n"
            + _INSTALLING
            + "    import binascii\n"
            "ModuleNotFoundError: No module named 'binascii'\nmake: *** [Makefile:1878: install] Error 1"
        ),
        "zlib",
        "sudo dnf install zlib-devel",
    ),
    Case(
        "libffi",
        ARCH,
        _failed(
            _INSTALLING
            + '  File "/tmp/python-build.1/Python-3.7.4/Lib/ctypes/__init__.py", line 7, in <module>\n    from _ctypes import Union, Structure, Array\n'
            "ModuleNotFoundError: No module named '_ctypes'\nmake: *** [Makefile:1132: install] Error 1"
        ),
        "ctypes",
        "sudo pacman -S libffi",
    ),
    Case(
        "readline, in an old pyenv",
        DEBIAN,
        _failed(
            'Traceback (most recent call last):\n  File "<string>", line 4, in <module>\n'
            "ImportError: The Python readline extension was not compiled. Missing the GNU readline lib?"
        ),
        "readline",
        "sudo apt-get install libreadline-dev",
    ),
    Case(
        "readline, updated by Homebrew under a half-made build",
        MAC,
        _failed(
            "./python.exe -E -S -m sysconfig --generate-posix-vars ;\ndyld: Library not loaded: /usr/local/opt/readline/lib/libreadline.7.dylib\n"
            "  Referenced from: /private/var/folders/T/python-build.1/Python-3.6.8/./python.exe\n  Reason: image not found\n"
            "generate-posix-vars failed\nmake: *** [pybuilddir.txt] Error 1"
        ),
        "readline",
        "brew install readline",
    ),
    Case(
        "sqlite",
        SUSE,
        _failed(
            "./Modules/_sqlite/connection.c:25:10: fatal error: sqlite3.h: No such file or directory\n"
            "compilation terminated.\nmake: *** [Makefile:3139: Modules/_sqlite/connection.o] Error 1"
        ),
        "sqlite3",
        "sudo zypper install sqlite3-devel",
    ),
    Case(
        "bzip2",
        DEBIAN,
        _failed(
            "/usr/bin/ld: cannot find -lbz2: No such file or directory\n"
            "collect2: error: ld returned 1 exit status\nmake: *** [Makefile:3043: Modules/_bz2.so] Error 1"
        ),
        "bz2",
        "sudo apt-get install libbz2-dev",
    ),
    Case(
        "lzma on macOS",
        MAC,
        _failed(
            "ld: library 'lzma' not found\nclang: error: linker command failed with exit code 1 (use -v to see invocation)\n"
            "make: *** [Modules/_lzma.so] Error 1"
        ),
        "lzma",
        "brew install xz",
    ),
    Case(
        "Tcl 9",
        MAC,
        _failed(
            "./Modules/_tkinter.c:1145:10: error: incompatible pointer types passing 'int *' to parameter of type 'Tcl_Size *'\n"
            "3 errors generated.\nmake: *** [Modules/_tkinter.o] Error 1\nmake: *** Waiting for unfinished jobs...."
        ),
        "tkinter",
        "brew install tcl-tk@8",
    ),
    Case(
        "Tk without X11's headers",
        FEDORA,
        _failed(
            "/usr/include/tk.h:99:13: fatal error: X11/Xlib.h: No such file or directory\n"
            "compilation terminated.\nmake: *** [Makefile:1: Modules/_tkinter.o] Error 1"
        ),
        "tkinter",
        "sudo dnf install tk-devel",
    ),
    Case(
        "/tmp is full while the sources are unpacked",
        DEBIAN,
        _failed(
            "tar: Python-3.11.2/Lib/test/decimaltestdata/shift.decTest: Cannot write: No space left on device\n"
            "line 311: pushd: write error: No space left on device"
        ),
        "disk-full",
        "export TMPDIR=$HOME/tmp",
    ),
    Case(
        "a full disk while something is compiled",
        MAC,
        _failed(
            "fatal error: error in backend: IO failure on output stream: No space left on device\n"
            "clang: error: clang frontend command failed\nmake: *** [Modules/x.o] Error 1"
        ),
        "disk-full",
        "export TMPDIR=$HOME/tmp",
    ),
    Case(
        "noexec",
        DEBIAN,
        "python-build: TMPDIR=/tmp cannot hold executables (partition possibly mounted with `noexec`)\n",
        "temporary-directory",
        "export TMPDIR=$HOME/tmp",
    ),
    Case(
        "noexec, in an old pyenv",
        DEBIAN,
        _failed("/home/ada/.pyenv/plugins/python-build/bin/python-build: line 373: ./configure: Permission denied"),
        "temporary-directory",
        "export TMPDIR=$HOME/tmp",
    ),
    Case(
        "a TMPDIR that is not there",
        MAC,
        "python-build: TMPDIR=/Volumes/away is set to a non-accessible location\n",
        "temporary-directory",
        "export TMPDIR=$HOME/tmp",
    ),
    Case(
        "no network",
        DEBIAN,
        _failed("Downloading Python-3.12.1.tar.gz...\ncurl: (6) Could not resolve host: www.python.org\nerror: failed to download Python-3.12.1.tar.gz"),
        "network",
        "curl -I https://www.python.org",
    ),
    Case(
        "the connection is refused",
        FEDORA,
        _failed("curl: (7) Failed to connect to 127.0.0.1 port 9 after 0 ms: Couldn't connect to server\nerror: failed to download Python-3.12.1.tar.gz"),
        "network",
        "curl -I https://www.python.org",
    ),
    Case(
        "wget without network",
        ALPINE,
        _failed("wget: unable to resolve host address 'www.python.org'\nerror: failed to download Python-3.12.1.tar.gz"),
        "network",
        "curl -I https://www.python.org",
    ),
    Case(
        "the server is broken",
        DEBIAN,
        _failed("curl: (22) The requested URL returned error: 503\nerror: failed to download Python-3.8.18.tar.xz"),
        "network",
        "curl -I https://www.python.org",
    ),
    Case(
        "a proxy",
        MAC,
        _failed("curl: (56) Received HTTP code 407 from proxy after CONNECT\nerror: failed to download Python-3.12.1.tar.xz"),
        "proxy",
        "",
    ),
    Case(
        "a certificate on Linux",
        DEBIAN,
        _failed("curl: (60) SSL certificate problem: unable to get local issuer certificate\nMore details here: https://curl.haxx.se/docs/sslcerts.html"),
        "certificate",
        "sudo apt-get install ca-certificates",
    ),
    Case(
        "a certificate on macOS",
        MAC,
        _failed("curl: (60) SSL certificate problem: certificate has expired\nerror: failed to download Python-3.10.6.tar.xz"),
        "certificate",
        "brew install ca-certificates",
    ),
    Case(
        "a file that has moved",
        MAC,
        _failed("curl: (22) The requested URL returned error: 404\nerror: failed to download pypy3.6-v7.3.0-osx64.tar.bz2"),
        "not-on-the-server",
        UPDATE,
    ),
    Case(
        "checksum",
        DEBIAN,
        _failed("checksum mismatch: Python-3.9.20.tar.gz (file is corrupt)\nexpected 9f2d5962c2583e67ef75924cd56d0c1a, got 1e71f006222666e0a39f5a47be822141"),
        "checksum",
        UPDATE,
    ),
    Case(
        "a version that pyenv does not know",
        DEBIAN,
        "python-build: definition not found: 3.99.1\n\nSee all available versions with `pyenv install --list'.\n"
        "\nIf the version you need is missing, try upgrading pyenv:\n",
        "unknown-version",
        UPDATE,
    ),
    Case(
        "an Intel library on Apple silicon",
        MAC,
        _failed(
            "ld: warning: ignoring file /usr/local/lib/libintl.dylib, building for macOS-arm64 but attempting to link with file built for macOS-x86_64\n"
            'Undefined symbols for architecture arm64:\n  "_libintl_textdomain", referenced from:\n'
            "      _PyIntl_textdomain in libpython3.9.a(_localemodule.o)\n"
            "ld: symbol(s) not found for architecture arm64\nclang: error: linker command failed with exit code 1\nmake: *** [python.exe] Error 1"
        ),
        "architecture",
        "",
    ),
    Case(
        "Rosetta",
        MAC,
        _failed(
            "ld: symbol(s) not found for architecture x86_64\nclang: error: linker command failed with exit code 1\nmake: *** [Programs/_testembed] Error 1"
        ),
        "architecture",
        "",
    ),
    Case(
        "a program for another processor",
        MAC,
        _failed("/bin/sh: /usr/local/bin/clang: Bad CPU type in executable\nmake: *** [Programs/python.o] Error 126"),
        "architecture",
        "",
    ),
    Case(
        "a 32-bit library on Linux",
        DEBIAN,
        _failed(
            "/usr/bin/ld: skipping incompatible /opt/lib/libm.so when searching for -lm\n"
            "collect2: error: ld returned 1 exit status\nmake: *** [Makefile:9: python] Error 1"
        ),
        "architecture",
        "",
    ),
    Case(
        "GNU's ar on macOS",
        MAC,
        _failed(
            "ld: warning: ignoring file libpython3.7m.a, file was built for archive which is not the architecture being linked (x86_64): libpython3.7m.a\n"
            "Undefined symbols for architecture x86_64:\nld: symbol(s) not found for architecture x86_64\nmake: *** [python.exe] Error 1"
        ),
        "foreign-archiver",
        "brew unlink binutils",
    ),
    Case(
        "GNU's ar and the new linker",
        MAC,
        _failed(
            "ld: archive member '/' not a mach-o file in '/private/var/T/Python-3.12.1/Modules/_hacl/libHacl_Hash_SHA2.a'\nmake: *** [Modules/_sha2.so] Error 1"
        ),
        "foreign-archiver",
        "brew unlink binutils",
    ),
    Case(
        "an old release on Apple silicon",
        MAC,
        _failed(
            "checking whether pthread_key_t is compatible with int... no\nconfigure: error: Unexpected output of 'arch' on OSX\n"
            "make: *** No targets specified and no makefile found.  Stop.",
            "OS X 14.1.2",
        ),
        "old-release",
        "pyenv install --list",
    ),
    Case(
        "an old release and a new Xcode",
        MAC,
        _failed(
            "./Modules/posixmodule.c:8409:15: error: implicit declaration of function 'sendfile' is invalid in C99 [-Werror,-Wimplicit-function-declaration]\n"
            "        ret = sendfile(in, out, offset, &sbytes, &sf, flags);\n1 error generated.\nmake: *** [Modules/posixmodule.o] Error 1\n"
            "make: *** Waiting for unfinished jobs....",
            "OS X 11.1",
        ),
        "old-release",
        "pyenv install --list",
    ),
    Case(
        "no make",
        DEBIAN,
        # The two streams of python-build run into each other.
        "configure: creating Makefile\n\nBUILD FAILED/root/.pyenv/plugins/python-build/bin/python-build: line 931: make: command not found\n"
        " (Debian 12 using python-build 2.6.30)\n",
        "no-make",
        "sudo apt-get install make",
    ),
    Case("no make on macOS", MAC, _failed("python-build: line 931: make: command not found"), "no-make", "xcode-select --install"),
    Case(
        "no patch",
        FEDORA,
        _failed("/home/ada/.pyenv/plugins/python-build/bin/python-build: line 1464: patch: command not found"),
        "no-patch",
        "sudo dnf install patch",
    ),
    Case(
        "no tar",
        SUSE,
        _failed("python-build: line 531: tar: command not found\nline 311: pushd: Python-3.11.2: No such file or directory"),
        "no-tar",
        "sudo zypper install tar",
    ),
    Case(
        "no xz",
        DEBIAN,
        _failed("tar (child): xz: Cannot exec: No such file or directory\ntar: Error is not recoverable: exiting now"),
        "no-xz",
        "sudo apt-get install xz-utils",
    ),
    Case(
        "no bzip2, for a PyPy",
        ALPINE,
        _failed("tar (child): bzip2: Cannot exec: No such file or directory\ntar: Child returned status 2"),
        "no-bzip2",
        "apk add bzip2",
    ),
    Case("nothing that downloads", ARCH, _failed("error: please install `aria2c`, `curl`, or `wget` and try again"), "no-curl", "sudo pacman -S curl"),
    Case("no git for a -dev version", ALPINE, _failed("error: please install `git` and try again"), "no-git", "apk add git"),
    Case(
        "another user's file",
        MAC,
        _failed("running build_ext\nerror: [Errno 13] Permission denied: '/tmp/_osx_support.38637'\nmake: *** [sharedmods] Error 1"),
        "permission",
        "",
    ),
    Case(
        "a prefix of root's",
        DEBIAN,
        _failed("mkdir: cannot create directory '/home/ada/.pyenv/versions/3.12.1': Permission denied"),
        "permission",
        "",
    ),
    Case(
        "too little memory",
        DEBIAN,
        _failed("gcc: fatal error: Killed signal terminated program cc1\ncompilation terminated.\nmake: *** [Makefile:2461: Parser/parser.o] Error 1"),
        "out-of-memory",
        "export MAKE_OPTS=-j1",
    ),
    Case(
        "too little memory, in an older gcc",
        ALPINE,
        _failed("gcc: internal compiler error: Killed (program cc1)\nPlease submit a full bug report,\nmake: *** [Modules/_decimal.o] Error 4"),
        "out-of-memory",
        "export MAKE_OPTS=-j1",
    ),
    Case(
        "a limit of memory",
        FEDORA,
        _failed(
            "virtual memory exhausted: Cannot allocate memory\nmake: *** [Makefile:2461: Parser/parser.o] Error 1\nmake: *** Waiting for unfinished jobs...."
        ),
        "out-of-memory",
        "export MAKE_OPTS=-j1",
    ),
]


def _said(log: str, system: System = DEBIAN) -> BuildFailure | None:
    return diagnose(log, system, UPDATE)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_log_has_one_cause(case: Case) -> None:
    """B1: its cause, and what to type on that system."""
    failure = _said(case.log, case.system)
    assert failure is not None
    assert (failure.slug, failure.command) == (case.slug, case.command)
    assert failure.command or failure.advice
    assert "\n" not in "".join(failure)


def test_every_cause_is_shown_by_a_log() -> None:
    """B1: a rule that no log here needs is one too many."""
    assert {case.slug for case in CASES} == {rule.slug for rule in RULES}
    assert len({rule.slug for rule in RULES}) == len(RULES)


_FULL = "tee: write error: No space left on device\n"
_REFUSED = "curl: (7) Failed to connect to www.python.org port 443: Connection refused\n"


@pytest.mark.parametrize(
    ("log", "slug"),
    [
        (_FULL + _NO_SSL, "disk-full"),
        (_NO_SSL + _FULL, "ssl"),
        (_REFUSED + "checksum mismatch: Python-3.9.20.tar.gz (file is corrupt)\n", "network"),
        ("checksum mismatch: Python-3.9.20.tar.gz (file is corrupt)\n" + _REFUSED, "checksum"),
        # The end of the log once more, where another cause has been pushed out of it.
        (_failed(_FULL + _INSTALLING) + _NO_SSL, "disk-full"),
    ],
)
def test_of_two_causes_the_first_counts(log: str, slug: str) -> None:
    """B1: what comes later may follow from it."""
    failure = _said(log)
    assert failure is not None
    assert failure.slug == slug


@pytest.mark.parametrize("later", [_NO_SSL, _FULL, _REFUSED])
@pytest.mark.parametrize("earlier", [_SKIPPED, _OPTIONAL + _INSTALLING, "test_bz2 skipped -- No module named '_bz2'\n"])
def test_what_a_build_survives_is_no_cause(earlier: str, later: str) -> None:
    """B1: an optional module that is left out comes before the reason in many logs."""
    failure = _said(earlier + later)
    assert failure is not None
    assert failure == _said(later)


@pytest.mark.parametrize("later", ["xcrun: error: invalid active developer path\n", _FULL, "ld: library not found for -lSystem\n"])
@pytest.mark.parametrize("vague", ["configure: error: C compiler cannot create executables\n", "find: '/proc/1/fd': Permission denied\n"])
def test_what_has_many_causes_is_the_last_resort(vague: str, later: str) -> None:
    """B1."""
    failure = _said(vague + later, MAC)
    assert failure is not None
    assert failure == _said(later, MAC)


@pytest.mark.parametrize(
    "log",
    [
        "",
        "\n",
        _CONFIGURE + _INSTALLING + "Installed Python-3.12.1 to /home/ada/.pyenv/versions/3.12.1\n",
        _SKIPPED + _OPTIONAL,
        # Two minutes after an error that did no harm, make stops for another reason.
        _OPTIONAL + _INSTALLING + "Segmentation fault (core dumped)\nmake: *** [Makefile:1: install] Error 139\n",
        _failed("Segmentation fault (core dumped)\nmake: *** [Makefile:1: regen] Error 139"),
        _failed("make: *** No targets specified and no makefile found.  Stop."),
        # A lock that a killed pyenv left is no matter of the build.
        "pyenv: cannot rehash: couldn't acquire lock /home/ada/.pyenv/shims/.pyenv-shim for 60 seconds. Last error message:\n",
        "checking for gcc... gcc\nchecking for zlib.h... no\nchecking whether the C compiler works... yes\nchecking for openssl/ssl.h in /usr... no\n",
    ],
)
def test_no_known_cause(log: str) -> None:
    """B1: then nothing is made up."""
    assert _said(log) is None


@pytest.mark.parametrize("filler", ["x", "make ", "/usr/lib", "ignoring file libpython", "skipping incompatible ", "\x1b[", "cannot find ", "ERROR 404 ", ": "])
def test_a_hostile_log(filler: str) -> None:
    """S: one endless line that begins like many rules, with bytes that are no text; a rule that backtracks over all of it would not end."""
    noise = (filler * (300_000 // len(filler))).encode() + b"\xff\x00\xc3\x28"
    text = noise.decode("utf-8", "replace")
    assert _said(text) is None
    found = _said(f"{text}\nconfigure: error: no acceptable C compiler found in $PATH\n{text}")
    assert found is not None
    assert found.slug == "no-compiler"


def test_nothing_of_the_log_is_repeated() -> None:
    """S: neither an escape code nor a command that a log smuggles in."""
    failure = _said("\x1b]0;title\x07curl: (6) \x1b[31mCould not resolve host: $(rm -rf ~)\x1b[0m\u202e\n")
    assert failure is not None
    assert failure.slug == "network"
    assert "".join(failure).isprintable()
    assert "rm -rf" not in "".join(failure)


def test_a_colour_does_not_hide_a_cause() -> None:
    """B1."""
    failure = _said("\x1b[1mconfigure: error: no \x1b[31macceptable C compiler\x1b[0;1m found\x1b[0m\n")
    assert failure is not None
    assert failure.slug == "no-compiler"


def test_of_a_long_log_the_end_is_read(tmp_path: Path) -> None:
    """B1: 50 MB of it, and no more than the limit in memory."""
    log = tmp_path / "install.log"
    with log.open("wb") as stream:
        stream.write(b"No space left on device\n")
        stream.truncate(50_000_000)
        stream.seek(50_000_000)
        stream.write(b"\nERROR: The Python ssl extension was not compiled. Missing the OpenSSL lib?\n")
    end = read_end(log, 1_000_000)
    assert len(end) == 1_000_000
    failure = _said(end.decode("utf-8", "replace"))
    assert failure is not None
    assert failure.slug == "ssl"
    assert read_end(log, 100_000_000) == log.read_bytes()


@pytest.mark.parametrize("manager", MANAGERS)
@pytest.mark.parametrize("package", [COMPILER, *LIBRARIES.values(), *TOOLS.values()], ids=lambda package: package.title)
def test_every_manager_has_a_command(package: Package, manager: str) -> None:
    """B1, V5: with sudo for who is not root; Homebrew refuses to run as root."""
    typed, advice = how_to_install(package, System("linux", manager))
    assert typed.removeprefix("sudo ").startswith(MANAGERS[manager] + " ")
    assert typed.startswith("sudo ") == (manager != "brew")
    assert advice == ""
    assert how_to_install(package, System("linux", manager, root=True)) == (typed.removeprefix("sudo "), "")


@pytest.mark.parametrize("platform", ["linux", "darwin"])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_a_machine_without_a_known_manager(rule: Rule, platform: str) -> None:
    """B1: says what to install, in words; no command names a program that is not there."""
    command, advice = help_for(rule, System(platform, None), UPDATE)
    assert command or advice
    if isinstance(rule.command, Package) and not (rule.on_macos and platform == "darwin"):
        assert command == ""
        assert advice.startswith("install Homebrew (https://brew.sh), then type: brew install " if platform == "darwin" else f"install {rule.command.title}")
