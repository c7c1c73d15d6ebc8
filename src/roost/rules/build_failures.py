"""From the log of a failed ``pyenv install`` to one known cause and what to type against it (B1)."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import islice
from typing import Final, NamedTuple

from roost.rules.system_packages import CERTIFICATES, COMPILER, LIBRARIES, TOOLS, Package, System, how_to_install

PAGE: Final = "https://github.com/pyenv/pyenv/wiki/Common-build-problems"

# A colour in the middle of a line would hide it from the rules: clang colours its errors.
_ESCAPE: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_STOP: Final = re.compile(r"make(?:\[\d+\])?: \*\*\* ")
# How far behind an error make's own complaint may stand: the compiler quotes the source, and parallel jobs go on printing.
_NEAR: Final = 10_000
_NEW_TOOLS: Final = "sudo rm -rf /Library/Developer/CommandLineTools && xcode-select --install"
_ELSEWHERE: Final = "export TMPDIR=$HOME/tmp"


class Rule(NamedTuple):
    """A cause, the lines that give it away, and what helps.

    ``signs`` are regular expressions for what is printed when the build stops. ``survivable`` ones also
    stand in logs of builds that go on, as when an optional module is left out: they count only where
    make stops right after them. ``vague``: what other causes lead to as well, so that every other rule goes first.
    ``command`` can be typed, or is what to install; ``{update}`` in it stands for what updates pyenv.
    ``on_macos`` is typed instead there. ``advice`` is a sentence for a person.
    """

    slug: str
    cause: str
    command: Package | str
    signs: tuple[str, ...] = ()
    survivable: tuple[str, ...] = ()
    on_macos: str = ""
    advice: str = ""
    vague: bool = False


class BuildFailure(NamedTuple):
    """Why a build failed, what to type, and advice for a person; one of the two may be empty."""

    slug: str
    cause: str
    command: str
    advice: str


def _library(module: str, sources: str, headers: str, library: str, *signs: str, imports: str = "") -> Rule:
    """The rule for a library: its module is not there or does not compile, its headers or itself are not found."""
    package = LIBRARIES[module]
    return Rule(
        module,
        f"{package.title} is missing, was not found, or does not suit this Python",
        package,
        (rf"(?:ERROR|ImportError): The Python {module} extension was not compiled", *signs),
        (
            rf"/(?:{sources})\.c:\d+:\d+: error: ",
            rf"(?:{headers})'?(?:: No such file or directory| file not found)",
            rf"(?:library not found for -l|cannot find -l|library ')(?:{library})\b",
            rf"(?:Library not loaded: |shared libraries: |ImportError: )\S{{0,300}}lib(?:{library})[.0-9]*\.(?:dylib|so)",
            rf"Error: No module named '?(?:{imports or f'_{module}'})'?$",
        ),
    )


def _tool(name: str, *signs: str) -> Rule:
    return Rule(
        f"no-{name}",
        f"there is no `{name}`",
        TOOLS[name],
        (rf"\b{name}: (?:command )?not found", *signs),
        on_macos="xcode-select --install" if name in {"make", "git"} else "",
    )


RULES: Final = (
    Rule("unknown-version", "pyenv does not know this version", "{update}", (r"python-build: definition not found",)),
    Rule(
        "xcode-license",
        "the license of Xcode has not been agreed to",
        "sudo xcodebuild -license accept",
        (r"agreed to the Xcode license", r"Agreeing to the Xcode/iOS license"),
    ),
    Rule(
        "no-compiler",
        "there is no C compiler",
        COMPILER,
        (
            r"no acceptable C compiler found",
            r"\b(?:gcc|cc|clang): (?:command )?not found",
            r"xcrun: error: invalid active developer path",
            r"xcode-select: (?:note|error): [Nn]o developer tools were found",
        ),
        on_macos="xcode-select --install",
    ),
    Rule(
        "no-sdk",
        "the headers of the C library, on macOS the SDK, are missing",
        COMPILER,
        (
            r"'?std(?:io|lib)\.h'?(?:: No such file or directory| file not found)",
            r"library not found for -lSystem",
            r"library 'System' not found",
            r"SDK \"[^\"\n]{0,300}\" cannot be located",
            r"cannot find \S{0,300}crt[1in]\.o",
        ),
        (r"no such sysroot directory",),
        on_macos=_NEW_TOOLS,
    ),
    Rule(
        "broken-compiler",
        "the C compiler makes no program that runs here (are CC, CFLAGS or LDFLAGS set?)",
        COMPILER,
        (r"C compiler cannot create executables", r"cannot run C compiled programs"),
        on_macos=_NEW_TOOLS,
        vague=True,
    ),
    _library("ssl", r"_ssl|_hashopenssl", r"openssl/\w+\.h", "ssl|crypto"),
    _library("zlib", r"zlibmodule", r"zlib\.h", "z", r"zlib not available", imports="zlib|binascii"),
    _library("ctypes", r"_ctypes\w*|_ctypes/\w+|callproc|cfield", r"ffi\.h", "ffi"),
    _library("sqlite3", r"_sqlite/\w+", r"sqlite3\.h", "sqlite3"),
    _library("readline", r"readline", r"readline/\w+\.h", "readline", imports="readline"),
    _library("bz2", r"_bz2module", r"bzlib\.h", "bz2"),
    _library("lzma", r"_lzmamodule", r"lzma\.h", "lzma"),
    _library("tkinter", r"_tkinter|tkappinit", r"(?:tcl|tk|X11/Xlib)\.h", r"tcl[0-9.]*|tk[0-9.]*|tcl9tk[0-9.]*"),
    Rule(
        "disk-full",
        "the disk is full (a build takes about 500 MB in TMPDIR, else /tmp, and as much in PYENV_ROOT)",
        _ELSEWHERE,
        (r"No space left on device", r"Disk quota exceeded"),
        advice="or make room (`df -h` shows where), and try again",
    ),
    Rule(
        "temporary-directory",
        "the temporary directory (TMPDIR, else /tmp) may not be written to, or runs no programs (noexec)",
        _ELSEWHERE,
        (r"cannot hold executables", r"is set to a non-accessible location", r"\./configure: Permission denied"),
        advice="and try again",
    ),
    Rule(
        "out-of-memory",
        "there is not enough memory for the compiler",
        "export MAKE_OPTS=-j1",
        (
            r"Killed (?:signal terminated program|\(program) ",
            r"unable to execute command: Killed",
            r"ld terminated with signal 9",
            r"virtual memory exhausted",
            r"LLVM ERROR: out of memory",
            r"cc1\w*: out of memory",
            r"\] Killed$",
        ),
        advice="and try again",
    ),
    Rule(
        "proxy",
        "the proxy did not let the download through",
        "",
        (
            r"from proxy after CONNECT",
            r"CONNECT tunnel failed",
            r"[Cc]ould not resolve proxy",
            r"Proxy Authentication Required",
            r"requested URL returned error: (?:403|407)",
        ),
        advice="set https_proxy to http://USER:PASSWORD@HOST:PORT, and try again",
    ),
    Rule(
        "certificate",
        "the server's certificate was not accepted (the list of them is old here, or a proxy shows its own)",
        CERTIFICATES,
        (r"curl: \((?:58|60|77)\)", r"SSL certificate problem", r"cannot verify \S{1,300} certificate", r"certificate verify failed"),
        advice="or set CURL_CA_BUNDLE to the file with the proxy's",
    ),
    Rule(
        "not-on-the-server",
        "the server does not have the file that pyenv asks for",
        "{update}",
        (r"requested URL returned error: (?:404|410)", r"ERROR 404: Not Found"),
    ),
    Rule(
        "network",
        "the server from which pyenv downloads does not answer",
        "curl -I https://www.python.org",
        (
            r"curl: \((?:5|6|7|28|35|52|55|56)\)",
            r"requested URL returned error: (?:429|5\d\d)",
            r"[Cc]ould not resolve host",
            r"unable to resolve host address",
            r"Temporary failure in name resolution",
            r"Name or service not known",
            r"Connection (?:refused|timed out|reset by peer)",
            r"Network is unreachable",
        ),
        advice="and try again when it answers",
    ),
    Rule(
        "checksum",
        "the file that was downloaded is not the one that pyenv expects",
        "{update}",
        (r"checksum mismatch: ",),
        advice="if it happens again",
    ),
    Rule(
        "foreign-archiver",
        "libraries were packed by an ar that is not Apple's, and Apple's linker cannot read them",
        "brew unlink binutils",
        survivable=(
            r"ignoring file \S{0,300}lib(?:python|Hacl|mpdec|expat)[^\s,]{0,100}\.a",
            r"archive member '/' not a mach-o file",
            r"\.a\(\S{1,300}\) malformed object",
        ),
    ),
    Rule(
        "architecture",
        "programs or libraries for two kinds of processor are mixed",
        "",
        (r"Bad CPU type in executable", r"cannot execute binary file: Exec format error"),
        (
            r"building for '?macOS-\w{1,20}'?,? but ",
            r"symbol\(s\) not found for architecture",
            r"incompatible architecture",
            r"symbol not found in flat namespace '_libintl",
            r"skipping incompatible \S{1,300} when searching for",
        ),
        advice="use the compiler and the libraries of the kind that `uname -m` names (Homebrew's arm64 is in /opt/homebrew, its x86_64 in /usr/local)",
    ),
    Rule(
        "old-release",
        "this release is older than the compiler or the system that it is built with",
        "pyenv install --list",
        (r"Unexpected output of 'arch' on OSX", r"internal configure error for the platform triplet"),
        (
            r"error: implicit declaration of function",
            r"error: call to undeclared function",
            r"error: [^\n]{0,300}-W(?:implicit-function-declaration|int-conversion|incompatible-pointer-types)\]",
        ),
        advice="and choose a newer one",
    ),
    _tool("make"),
    _tool("patch"),
    _tool("tar"),
    _tool("xz", r"\bxz: Cannot exec"),
    _tool("bzip2", r"\bbzip2: Cannot exec"),
    _tool("git", r"please install `git`"),
    _tool("curl", r"please install `aria2c`, `curl`, or `wget`"),
    Rule(
        "permission",
        "a file or directory may not be written to; the log names it",
        "",
        (r": (?:Permission denied|Operation not permitted|Read-only file system)", r"\[Errno (?:1|13|30)\]"),
        advice="make it yours with `sudo chown -R $USER DIRECTORY`, and try again",
        vague=True,
    ),
)


def diagnose(log: str, system: System, update: str) -> BuildFailure | None:
    """The known cause that stands first in ``log``, with what helps on ``system``; None if there is no known one.

    What follows an error repeats it or follows from it, so the first line counts; of two rules for one line,
    the first of RULES. ``update`` is the command that updates pyenv here.
    """
    text = _ESCAPE.sub("", log)
    stops = [stop.start() for stop in _STOP.finditer(text)]
    found = [(rule.vague, place, rule) for rule in RULES if (place := _first_line(rule, text, stops)) is not None]
    if not found:
        return None
    _, _, rule = min(found, key=lambda each: each[:2])
    return BuildFailure(rule.slug, rule.cause, *help_for(rule, system, update))


def help_for(rule: Rule, system: System, update: str) -> tuple[str, str]:
    """The command and the advice of ``rule`` on ``system``."""
    if rule.on_macos and system.platform == "darwin":
        return rule.on_macos, rule.advice
    if isinstance(rule.command, Package):
        command, instead = how_to_install(rule.command, system)
        return command, ", ".join(filter(None, [instead, rule.advice]))
    return rule.command.format(update=update), rule.advice


def _first_line(rule: Rule, text: str, stops: list[int]) -> int | None:
    """Where the first line begins that gives the cause away; None if there is none."""
    places = [sign.start() for pattern in rule.signs if (sign := re.search(pattern, text, re.MULTILINE))]
    for pattern in rule.survivable:
        signs = (sign.start() for sign in re.finditer(pattern, text, re.MULTILINE) if _stops_near(sign.end(), stops))
        places += islice(signs, 1)
    return text.rfind("\n", 0, min(places)) if places else None


def _stops_near(place: int, stops: list[int]) -> bool:
    after = bisect_left(stops, place)
    return after < len(stops) and stops[after] - place < _NEAR
