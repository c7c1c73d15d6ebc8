"""What the two files are to say, and what would be lost if they did (I)."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path

import pytest

from roost.jobs import init
from roost.machine.files import replace_content
from roost.rules.errors import InvalidPin
from roost.rules.initial import NEWEST, Chosen, File, Kind, Source, WriteFile, change, choose_version, conflict, file_of, outside
from roost.rules.model import Pin, PinProblem, Project
from roost.rules.spellings import version_at_end

PATH = Path("/shop/.python-version")
INSTALLED = ["2.7.18", "3.9.18", "3.12.1", "3.12.0", "3.13.0rc1", "3.13.0t", "pypy3.10-7.3.15", "shop"]
KNOWN = ["3.9.19", "3.12.4", "3.14.0", "3.15-dev", "miniconda3-latest"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (NEWEST, Chosen("3.12.1", "the newest installed release")),
        (Source(">=3.9,<3.12", "x"), Chosen("3.9.18", "the newest installed release for x")),
        (Source("3.12", "x"), Chosen("3.12.1", "the newest installed release for x")),
        (Source("3.12.0", "x"), Chosen("3.12.0", "from x")),
        (Source("pypy3.10-7.3.15", "x"), Chosen("pypy3.10-7.3.15", "from x")),
        (Source("3.10.2", "x"), Chosen("3.10.2", "from x")),
        (Source(">=3.13", "x"), Chosen("3.14.0", "the newest release known to pyenv for x")),
        (Source("3.14", "x"), Chosen("3.14.0", "the newest release known to pyenv for x")),
        (Source(">=4", "x"), None),
    ],
)
def test_the_version_that_a_source_means(source: Source, expected: Chosen | None) -> None:
    """I1: what is installed, before what could be; a full version."""
    assert choose_version(source, INSTALLED, lambda: KNOWN) == expected


def test_pyenv_is_only_asked_where_nothing_installed_will_do() -> None:
    """I1: it takes its time."""
    choose_version(NEWEST, INSTALLED, lambda: pytest.fail("asked"))


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("shop-3.10.13", "3.10.13"),
        ("shop_3.10", "3.10"),
        ("shop3.13t", "3.13t"),
        ("shop-py2.7", "2.7"),
        ("shop-2.7", "2.7"),
        ("django-4.2", None),
        ("web2.0", None),
        ("3.10-shop", None),
        ("a-3.9-b-3.10", "3.10"),
        ("app-1.3.9", None),
        ("shop", None),
    ],
)
def test_a_version_at_the_end_of_a_name(name: str, version: str | None) -> None:
    """I3: only what is hardly anything else."""
    assert version_at_end(name) == version


def test_what_other_files_ask_for_in_vain() -> None:
    """I1: a version that is asked for, or kept, goes on; that it is another than those files want is said."""
    sources = [Source(">=3.11", "a"), Source("3.12.1", "b"), Source("3.12", "c"), Source("^3.9", "d")]
    assert outside("3.12.1", sources, INSTALLED) == []
    assert outside("3.12", sources, INSTALLED) == []
    assert outside("3.9.18", sources, INSTALLED) == ["a", "b", "c"]
    assert outside("3.10.2", sources, INSTALLED) == ["a", "b", "c"]
    assert outside("pypy3.10", sources, INSTALLED) == []
    assert outside("system", sources, []) == []


_PROBLEM = PinProblem("version-invalid", "it is wrong", "write 3.12.1")
_ABSENT = file_of(PATH, None, None)
_BLANK = file_of(PATH, b"# why\n", PinProblem("version-empty", "names no version", ""))
_VALID = file_of(PATH, b"# why\n3.12.1\r\n3.11.7", Pin("3.12.1", ("3.11.7",)))
_PREFIXED = file_of(PATH, b"python-3.12.1\n", Pin("3.12.1"))
_NAMED = File(PATH, b"shop # why\n3.11.7\n", Kind.NAMED, "3.12.1")
_ABSENT_ENV = File(PATH, b"shop # why\n", Kind.NAMED, None)
_OUT = file_of(PATH, b"# none\n", None)
_INVALID = file_of(PATH, b">=3.9\n", _PROBLEM)


@pytest.mark.parametrize(
    ("file", "value", "after", "lost"),
    [
        (_ABSENT, "3.12.1", b"3.12.1\n", ""),
        (_BLANK, "3.12.1", b"# why\n3.12.1\n", ""),
        (_VALID, "3.12.1", None, ""),
        (_PREFIXED, "3.12.1", None, ""),
        (_VALID, "3.13.0", b"# why\n3.13.0\r\n3.11.7", "says 3.12.1"),
        (_NAMED, "3.12.1", b"3.12.1 # why\n3.11.7\n", ""),
        (_NAMED, "3.13.0", b"3.13.0 # why\n3.11.7\n", "says 3.12.1"),
        (_ABSENT_ENV, "3.13.0", b"3.13.0 # why\n", ""),
        (_OUT, "shop", b"shop\n", "says that there is to be no env here"),
        (_INVALID, "3.12.1", b"3.12.1\n", "is invalid (it is wrong)"),
    ],
    ids=["absent", "blank", "same", "same in pyenv's spelling", "other", "env", "env of another version", "env not here", "opted out", "invalid"],
)
def test_what_changes_and_what_would_be_lost(file: File, value: str, after: bytes | None, lost: str) -> None:
    """I3, I4, U4."""
    assert change(file, value) == (None if after is None else WriteFile(PATH, file.data, after))
    assert conflict(file, value) == lost


def test_a_change_as_a_diff() -> None:
    """I4, S: nothing in it moves the cursor."""
    assert WriteFile(PATH, b"# why\n\x1b[31m\n", b"# why\n3.12.1\n").diff().split("\n") == [
        "--- /shop/.python-version",
        "+++ /shop/.python-version",
        "@@ -1,2 +1,2 @@",
        " # why",
        "-\\x1b[31m",
        "+3.12.1",
    ]
    assert WriteFile(PATH, None, b"3.12.1\n").diff().split("\n") == ["--- /dev/null", "+++ /shop/.python-version", "@@ -0,0 +1 @@", "+3.12.1"]


def test_content_is_replaced_through_a_link_and_the_mode_stays(tmp_path: Path) -> None:
    """U4: the target is written."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to("target")
    replace_content(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(tmp_path)) == ["link", "target"]


def test_a_new_file_has_the_mode_that_the_user_gives_new_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a look at the umask: it can be read only by setting it, for all threads."""
    mask = os.umask(0o027)
    try:
        with monkeypatch.context() as patch:
            patch.delattr(os, "umask")
            replace_content(tmp_path / "file", b"new")
    finally:
        os.umask(mask)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640


def _initial(root: Path, *writes: WriteFile) -> init.Initial:
    project = Project(root, "3.12.1", (), "shop", root / ".python-version", root / ".python-virtualenv")
    return init.Initial(project, Chosen("3.12.1", ""), Chosen("shop", ""), writes, ())


def test_both_files_or_none(tmp_path: Path) -> None:
    """I4: the second cannot be written, so the first is as it was, or gone."""
    old, new, nowhere = tmp_path / "old", tmp_path / "new", tmp_path / "gone" / "file"
    old.write_bytes(b"as it was")
    writes = (WriteFile(old, b"as it was", b"1\n"), WriteFile(new, None, b"2\n"), WriteFile(nowhere, None, b"3\n"))
    with pytest.raises(InvalidPin) as refusal:
        init.write(_initial(tmp_path, *writes), init.Request(name="shop"))
    assert str(nowhere) in refusal.value.message
    assert os.strerror(errno.ENOENT) in refusal.value.message
    assert refusal.value.advice == "fix that, then type: roost init --name shop"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"old": b"as it was"}


def test_a_ctrl_c_between_the_two_files_waits_for_the_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """I4: with the first alone, the name of the env that stood in it would be lost."""

    def interrupted(path: Path, data: bytes) -> None:
        replace_content(path, data)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(init, "replace_content", interrupted)
    writes = (WriteFile(tmp_path / "one", None, b"1\n"), WriteFile(tmp_path / "two", None, b"2\n"))
    with pytest.raises(KeyboardInterrupt):
        init.write(_initial(tmp_path, *writes), init.Request())
    assert sorted(os.listdir(tmp_path)) == ["one", "two"]


@pytest.mark.parametrize(
    ("request_", "typed"),
    [
        (init.Request(), "roost init"),
        (init.Request(Path("my shop"), "3.12", "shop", force=True, words=("--no-up",)), "roost init 'my shop' --python 3.12 --name shop --force --no-up"),
        (init.Request(Path("-x")), "roost init ./-x"),
    ],
)
def test_what_is_said_to_type_can_be_typed(request_: init.Request, typed: str) -> None:
    """C."""
    assert request_.command() == typed
