"""What the project's own files say: a Python, dependencies, envs of other activators (I1, I3, D); and what an installation reads (D3)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from roost.jobs.dependencies import find
from roost.machine.environments import inspect
from roost.machine.manifests import Mention, find_mentions, find_versions, read_dependencies
from roost.machine.requirements import find_inputs, fingerprint
from roost.rules.dependencies import Listed, Locked, ProjectFiles
from roost.rules.errors import PackagesFailed

BROKEN_TOML: dict[str, str | bytes] = {
    "no value": "[project]\nrequires-python\n",
    "not UTF-8": b"[project]\nname = '\xff'\n",
    "NUL": "[project]\nname = '\0'\n",
    "an escape code": "[project]\n\x1b[31m = 1\n",
    "a thousand brackets": "a = " + "[" * 100_000,
    "too long": "#" * (1 << 20) + "\n",
}


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("pyproject.toml", '[project]\nrequires-python = " >=3.11,<3.13 "\n', [(">=3.11,<3.13", "requires-python")]),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.11"\n', [("^3.11", "python")]),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = {version = "~3.11"}\n', [("~3.11", "python")]),
        (
            "pyproject.toml",
            '\ufeff[project]\r\nrequires-python = ">=3.10"\r\n[tool.poetry.dependencies]\r\npython = "~2.7 || ^3.6"\r\n',
            [(">=3.10", "requires-python"), ("~2.7 || ^3.6", "python")],
        ),
        ("pyproject.toml", "[tool.black]\nline-length = 100\n", []),
        (".tool-versions", "nodejs 20.1.0\npython 3.12.1 3.11.7 # why\n", [("3.12.1", "python")]),
        (".tool-versions", "# python 3.9.1\n\npython system path:/opt/python ref:main 3.11.7\n", [("3.11.7", "python")]),
        (".tool-versions", "python latest:3.12\r\n", [("3.12", "python")]),
        (".tool-versions", "pythonx 3.12\n", []),
        ("mise.toml", '[tools]\npython = "3.12"\n', [("3.12", "python")]),
        (".mise.toml", '[tools]\npython = ["3.12", "3.11"]\n', [("3.12", "python")]),
        ("mise.toml", '[tools]\npython = {version = "prefix:3.12", virtualenv = ".venv"}\n', [("3.12", "python")]),
        ("mise.toml", '[tools]\npython = "latest"\n', [("*", "python")]),
        ("runtime.txt", "python-3.12.1\n", [("3.12.1", "the version")]),
        ("runtime.txt", "\n", []),
        ("Pipfile", '[packages]\nsix = "*"\n[requires]\npython_version = "3.12"\n', [("3.12", "python_version")]),
        (
            "Pipfile",
            '[requires]\npython_version = "3.12"\npython_full_version = "3.12.1"\n',
            [("3.12.1", "python_full_version"), ("3.12", "python_version")],
        ),
        ("setup.cfg", "[metadata]\nname = 100%\n[options]\npython_requires = >=3.9\n", [(">=3.9", "python_requires")]),
        ("setup.cfg", "[flake8]\nmax-line-length = 100\n", []),
        ("setup.py", "raise SystemExit('it was run')\n", []),
    ],
)
def test_the_python_that_a_file_asks_for(tmp_path: Path, name: str, content: str, expected: list[tuple[str, str]]) -> None:
    """I1."""
    found, passed_over = find_versions(write(tmp_path, {name: content}))
    assert [(version.wanted, version.part) for version in found] == expected
    assert {version.file for version in found} <= {tmp_path / name}
    assert passed_over == []


def test_the_files_in_the_order_in_which_they_count(tmp_path: Path) -> None:
    """I1."""
    write(
        tmp_path,
        {
            "setup.cfg": "[options]\npython_requires = >=3.9\n",
            "Pipfile": '[requires]\npython_version = "3.8"\n',
            "runtime.txt": "python-3.7.16",
            "mise.toml": '[tools]\npython = "3.6"\n',
            ".tool-versions": "python 3.5.1",
            "pyproject.toml": '[project]\nrequires-python = ">=3.11"\n[tool.poetry.dependencies]\npython = "^3.10"\n',
        },
    )
    found, _ = find_versions(tmp_path)
    assert [version.wanted for version in found] == [">=3.11", "^3.10", "3.5.1", "3.6", "3.7.16", "3.8", ">=3.9"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pyproject.toml", '[project]\nrequires-python = ">=3.x"\n'),
        ("pyproject.toml", "[project]\nrequires-python = 3.11\n"),
        ("pyproject.toml", '[project]\nrequires-python = ""\n'),
        ("pyproject.toml", '[project]\nrequires-python = ">=3.9; rm -rf \\u202e"\n'),
        (".tool-versions", "python system # not 3.9.1\n"),
        ("mise.toml", '[tools]\npython = "path:/opt/python"\n'),
        ("runtime.txt", "../../etc/passwd\n"),
        ("setup.cfg", "[options\npython_requires = >=3.9\n"),
        ("setup.cfg", "python_requires = >=3.9\n"),
        ("setup.cfg", "[options]\npython_requires = %(version)s\n"),
        *(("pyproject.toml", content) for content in BROKEN_TOML.values()),
        *(("mise.toml", content) for content in BROKEN_TOML.values()),
        *(("Pipfile", content) for content in BROKEN_TOML.values()),
    ],
)
def test_a_file_that_names_no_version_is_passed_over_with_a_notice(tmp_path: Path, name: str, content: str | bytes) -> None:
    """I1: the next one counts; S: the notice quotes nothing that a terminal would obey."""
    write(tmp_path, {name: content, ".mise.toml": '[tools]\npython = "3.12"\n'})
    found, passed_over = find_versions(tmp_path)
    assert [version.wanted for version in found] == ["3.12"]
    assert len(passed_over) == 1
    assert str(tmp_path / name) in passed_over[0]
    assert passed_over[0].isascii()
    assert passed_over[0].isprintable()
    assert len(passed_over[0]) < 400


def test_nothing_outside_the_project_is_read(tmp_path: Path) -> None:
    """A clone must not show what its links lead to."""
    outside = write(tmp_path, {"outside": "python 3.12.1\n"}) / "outside"
    root = tmp_path / "project"
    root.mkdir()
    (root / ".tool-versions").symlink_to(outside)
    (root / "runtime.txt").mkdir()
    (root / "setup.cfg").symlink_to("nowhere")
    os.mkfifo(root / "mise.toml")
    assert find_versions(root) == ([], [f"{root / '.tool-versions'} is a link that leads out of the project"])
    (root / "versions").write_text("python 3.11.7\n")
    (root / ".tool-versions").unlink()
    (root / ".tool-versions").symlink_to("versions")
    assert [version.wanted for version in find_versions(root)[0]] == ["3.11.7"]


def test_what_other_activators_say_of_envs(tmp_path: Path) -> None:
    """I3: mentioned, in printable words, and not touched."""
    assert find_mentions(tmp_path) == []
    write(tmp_path, {".venv": "shop-venv\n", ".envrc": "use flake\n  layout python3 \nlayout \x1b[31mpyenv 3.12.1\n# layout go\nlayouts\n"})
    assert find_mentions(tmp_path) == [
        Mention("shop-venv", tmp_path / ".venv"),
        Mention("layout python3", tmp_path / ".envrc"),
        Mention("layout \\x1b[31mpyenv 3.12.1", tmp_path / ".envrc"),
    ]
    (tmp_path / ".venv").unlink()
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".envrc").write_bytes(b"\xff")
    assert find_mentions(tmp_path) == []


PYPROJECT = """
[project]
name = "shop"
requires-python = ">=3.10"
optional-dependencies = {dev = ["idna"], docs = []}
[dependency-groups]
test = ["toml"]
[tool.poetry.dependencies]
python = "^3.9"
"""


def test_what_says_what_a_project_needs(tmp_path: Path) -> None:
    """D1."""
    assert read_dependencies(tmp_path) == ProjectFiles(frozenset())
    names = {"uv.lock", "pylock.toml", "poetry.lock", "pdm.lock", "Pipfile.lock", "requirements.txt", "requirements-dev.txt", "setup.py"}
    write(tmp_path, {**dict.fromkeys(names, ""), "README.txt": "", "pyproject.toml": PYPROJECT, "Pipfile": '[requires]\npython_version = "3.12"\n'})
    files = read_dependencies(tmp_path)
    assert files.names == names
    assert files.installable
    assert files.extras == ("dev", "docs")
    assert files.groups == {"test": ["toml"]}
    assert files.pythons == {"pyproject.toml": ">=3.10", "Pipfile": "3.12"}


@pytest.mark.parametrize(
    ("content", "installable"),
    [
        ("[project]\nname = 'shop'\n", True),
        ("[build-system]\nrequires = []\n", True),
        ("[tool.poetry]\nname = 'shop'\n", True),
        ("[tool.black]\n", False),
        ("[dependency-groups]\ndev = []\n", False),
        ("project = 1\ntool = 2\ndependency-groups = 3\n", False),
        ("project = {optional-dependencies = 4, requires-python = 5}\n", True),
    ],
)
def test_can_pip_install_what_pyproject_describes(tmp_path: Path, content: str, installable: bool) -> None:
    """D1: a file that holds only the settings of tools is no source."""
    files = read_dependencies(write(tmp_path, {"pyproject.toml": content}))
    assert files.installable is installable
    assert files.extras == ()
    assert files.pythons == {}


@pytest.mark.parametrize("trouble", BROKEN_TOML)
@pytest.mark.parametrize("name", ["pyproject.toml", "Pipfile"])
def test_a_broken_file_is_refused_where_it_is_asked_for(tmp_path: Path, name: str, trouble: str) -> None:
    """D, exit 4: one line that names the file."""
    write(tmp_path, {name: BROKEN_TOML[trouble], "requirements.txt": ""})
    with pytest.raises(PackagesFailed) as refusal:
        read_dependencies(tmp_path)
    assert refusal.value.file == str(tmp_path / name)
    assert refusal.value.message.startswith(f"{tmp_path / name} is ")
    assert refusal.value.message.isascii()
    assert refusal.value.message.isprintable()


# What an installation reads (D3).


def names_read(root: Path, source: Listed | Locked) -> list[str]:
    return [os.path.relpath(path, root) for path in find_inputs(root, source)]


@pytest.mark.parametrize(
    ("line", "included"),
    [
        ("-r base.txt", ["base.txt"]),
        ("-rbase.txt", ["base.txt"]),
        ("--requirement base.txt", ["base.txt"]),
        ("--requirement=base.txt", ["base.txt"]),
        ("  -c base.txt  # why", ["base.txt"]),
        ("--constraint=base.txt", ["base.txt"]),
        ('-r "with blank.txt"', ["with blank.txt"]),
        ("-r \\\nbase.txt", ["base.txt"]),
        ("six \\\n  --hash=sha256:0 # -r\n-r base.txt", ["base.txt"]),
        ("six \\\n# the comment ends the line\n-r base.txt", ["base.txt"]),
        ("# a comment goes no further \\\n-r base.txt", ["base.txt"]),
        ("-r base.txt\n-c base.txt\n-r below/../base.txt", ["base.txt"]),
        ("-r below/nested.txt", ["below/nested.txt", "below/more.txt"]),
        ("# -r base.txt", []),
        ("-r https://example.org/base.txt", []),
        ("-r ${PLACE}/base.txt", []),
        ("six==1.16.0 ; python_version < '3.9'", []),
        ("--extra-index-url https://example.org/simple", []),
        ("six @ https://example.org/six.whl", []),
        ("-e .", ["pyproject.toml", "requirements.txt"]),
        ("-e .[dev]", ["pyproject.toml", "requirements.txt"]),
        (".", ["pyproject.toml", "requirements.txt"]),
        ("./library[dev] ; python_version > '3'", ["library/setup.py"]),
        ("--editable=library", ["library/setup.py"]),
        ("library/", ["library/setup.py"]),
        ("library", []),
        ("-e git+https://example.org/six.git", []),
        ("./wheels/six-1.whl", ["wheels/six-1.whl"]),
        ("./nowhere\0", []),
        ("./" + "x" * 5000, []),
        ("-r 'base.txt", None),
    ],
)
def test_what_a_requirements_file_includes(tmp_path: Path, line: str, included: list[str] | None) -> None:
    write(
        tmp_path,
        {
            "base.txt": "six\n",
            "with blank.txt": "",
            "below/nested.txt": "-r more.txt\n",
            "below/more.txt": "",
            "pyproject.toml": "",
            "library/setup.py": "",
            "wheels/six-1.whl": "",
            "requirements.txt": line,
        },
    )
    if included is None:
        with pytest.raises(PackagesFailed, match="which does not exist"):
            names_read(tmp_path, Listed(("requirements.txt",)))
    else:
        assert sorted(names_read(tmp_path, Listed(("requirements.txt",)))) == sorted({"requirements.txt", *included})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_a_requirements_file_in_another_encoding(tmp_path: Path, encoding: str) -> None:
    """PowerShell writes UTF-16."""
    write(tmp_path, {"base.txt": "", "requirements.txt": "-r base.txt\n# \xe9\n".encode(encoding)})
    assert names_read(tmp_path, Listed(("requirements.txt",))) == ["requirements.txt", "base.txt"]


@pytest.mark.parametrize(
    ("files", "source", "message"),
    [
        ({}, Listed(("requirements.txt",)), r"there is no file requirements.txt in "),
        ({}, Listed(("\x1b[31m.txt",)), r"there is no file \\x1b\[31m.txt in "),
        ({"requirements.txt": "-r base.txt"}, Listed(("requirements.txt",)), r"requirements.txt includes base.txt, which does not exist"),
        ({"base.txt/file": "", "requirements.txt": "-r base.txt"}, Listed(("requirements.txt",)), r"requirements.txt includes base.txt, which is not a file"),
        ({"requirements.txt": "-r ./requirements.txt"}, Listed(("requirements.txt",)), r"requirements.txt includes itself"),
        ({"a.txt": "-r b.txt", "b.txt": "-c a.txt"}, Listed(("a.txt",)), r"a.txt includes itself.* by .*b.txt"),
        ({f"{number}.txt": f"-r {number + 1}.txt" for number in range(2000)}, Listed(("0.txt",)), r"included too deeply"),
    ],
)
def test_requirements_files_that_cannot_be_followed(tmp_path: Path, files: dict[str, str | bytes], source: Listed, message: str) -> None:
    write(tmp_path, files)
    with pytest.raises(PackagesFailed, match=message):
        find_inputs(tmp_path, source)


def _directory(path: Path) -> None:
    path.mkdir()


def _dangling(path: Path) -> None:
    path.symlink_to("/nowhere/at/all")


@pytest.mark.parametrize(("make", "what"), [(_directory, "is not a file"), (_dangling, "is a broken link")])
@pytest.mark.parametrize("name", ["requirements.txt", "uv.lock", "pylock.toml", "pyproject.toml", "Pipfile"])
def test_what_is_called_like_a_file_and_is_none(tmp_path: Path, name: str, make: Callable[[Path], None], what: str) -> None:
    """D1: it comes before what else there is, so nothing is installed from that instead, and the line names it."""
    write(tmp_path, {"setup.py": ""})
    make(tmp_path / name)
    with pytest.raises(PackagesFailed, match=f"{name} {what}"):
        find(tmp_path, deps=True, env=inspect(tmp_path / "env"))
    (tmp_path / name).unlink() if make is _dangling else (tmp_path / name).rmdir()
    assert find(tmp_path, deps=True, env=inspect(tmp_path / "env")) is not None


def test_one_that_nobody_asks_for_may_be_anything(tmp_path: Path) -> None:
    """D1: a lock comes before it, or the settings list what to install."""
    write(tmp_path, {"uv.lock": "", "other.txt": ""})
    _dangling(tmp_path / "requirements.txt")
    for deps in (True, Listed(("other.txt",))):
        assert find(tmp_path, deps=deps, env=inspect(tmp_path / "env")) is not None


def test_a_file_is_read_but_once(tmp_path: Path) -> None:
    """Thirty files, each of which includes the next one twice, would be a thousand million."""
    write(tmp_path, {**{f"{number}.txt": f"-r {number + 1}.txt\n-c {number + 1}.txt\n" for number in range(30)}, "30.txt": ""})
    assert names_read(tmp_path, Listed(("0.txt",))) == [f"{number}.txt" for number in range(31)]


def test_what_the_other_sources_read(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "", "uv.lock": "", "setup.cfg": "", "requirements/base.txt": "", "library/setup.py": "", "pylock.toml": "[[packages]]"})
    assert names_read(tmp_path, Locked("uv", ("uv.lock", "pyproject.toml"))) == ["uv.lock", "pyproject.toml"]
    assert names_read(tmp_path, Locked("poetry", ("poetry.lock", "pyproject.toml"))) == ["pyproject.toml"]
    assert names_read(tmp_path, Listed(("pylock.toml",))) == ["pylock.toml"]
    assert names_read(tmp_path, Listed((), (".[dev]",))) == ["pyproject.toml", "setup.cfg", "requirements/base.txt"]
    assert names_read(tmp_path, Listed((), ("library",), ("test",), ("six",))) == ["library/setup.py", "pyproject.toml"]


def test_the_fingerprint_changes_with_whatever_decides(tmp_path: Path) -> None:
    """D3: nested files, the list itself and the tool; not the place of the project, and not a file that nobody reads."""
    source = Listed(("requirements.txt",))
    write(tmp_path, {"one/requirements.txt": "-r base.txt", "one/base.txt": "six", "two/requirements.txt": "-r base.txt", "two/base.txt": "six"})
    one, two = tmp_path / "one", tmp_path / "two"
    first = fingerprint(one, source, "uv")
    assert fingerprint(two, source, "uv") == first
    assert fingerprint(one, source, "pip") != first
    assert fingerprint(one, Listed(("requirements.txt",), (".",)), "uv") != first
    (one / "other.txt").write_text("idna")
    assert fingerprint(one, source, "uv") == first
    (one / "base.txt").write_text("six==1.16.0")
    assert fingerprint(one, source, "uv") != first
