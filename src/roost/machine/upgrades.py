"""What an upgrade keeps: the list of the old env's packages, and the way back to that env (U2, U5)."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final, NamedTuple

from roost.machine.files import explain, read_bounded, write_atomic
from roost.machine.layout import Layout
from roost.rules.errors import EnvNotMade
from roost.rules.model import SCHEMA, Env, Project

_LIMIT: Final = 1 << 20  # bytes


class Record(NamedTuple):
    """What one upgrade of a project changed. ``word``: of ``.python-version``; ``packages``: the list of those of the old env."""

    project: Path
    version_file: Path
    word_before: str
    word_after: str
    env_before: Path
    env_after: Path
    packages: Path


def list_file(project: Path, env: Env, layout: Layout) -> Path:
    """Where the list of the packages of a project's env is kept; an upgrade that starts over replaces it."""
    which = hashlib.sha256(os.fsencode(project)).hexdigest()[:8]
    return _directory(layout) / f"{env.name}-{env.version}-{which}.txt"


def keep_list(file: Path, lines: Iterable[str]) -> None:
    """Writes a line for each package. Raises EnvNotMade."""
    _write(file, "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"))


def keep_record(record: Record) -> None:
    """Writes the record beside the list of packages. Raises EnvNotMade."""
    when = datetime.now(timezone.utc).isoformat()
    document = {"schema": SCHEMA, "when": when, **{name: os.fspath(value) for name, value in record._asdict().items()}}
    _write(_file_of(record), (json.dumps(document, indent=1) + "\n").encode())


def forget_record(record: Record) -> None:
    """Removes the record, because the upgrade has been taken back. The list of packages stays."""
    with suppress(OSError):  # it names an env that is not the project's any more, and so says nothing
        _file_of(record).unlink()


def last_record(project: Project, env: Env, layout: Layout) -> Record | None:
    """The record of the upgrade that gave the project this env, if it has not been taken back; None if there is none."""
    found = [(when, record) for when, record in _records(layout) if record.env_after == env.prefix and _is_of(record, project)]
    return max(found, key=lambda each: each[0])[1] if found else None


def kept(layout: Layout) -> list[tuple[Path, Record | None]]:
    """Every list and every record, ordered by name, with the upgrade that it is of; None for one that was taken back or failed."""
    records = {record.packages.stem: record for _, record in _records(layout)}
    files = (path for path in sorted(_directory(layout).glob("*")) if path.suffix in {".json", ".txt"} and path.is_file() and not path.is_symlink())
    return [(path, records.get(path.stem)) for path in files]


def _records(layout: Layout) -> list[tuple[str, Record]]:
    """With the time of each."""
    documents = [document for path in _directory(layout).glob("*.json") if (document := _read(path)) is not None]
    return [(str(document.get("when")), record) for document in documents if (record := _parsed(document)) is not None]


def _is_of(record: Record, project: Project) -> bool:
    """A project below a link may have been upgraded under another of its paths."""
    pairs = ((record.project, project.root), (record.version_file, project.version_file))
    return all(os.path.realpath(one) == os.path.realpath(other) for one, other in pairs)


def _directory(layout: Layout) -> Path:
    return layout.data / "upgrades"


def _file_of(record: Record) -> Path:
    return record.packages.with_suffix(".json")


def _write(file: Path, data: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(file, data, 0o600)  # the address of a package may hold a password
    except OSError as error:
        reason, remedy = explain(error, file)
        raise EnvNotMade("not-kept", f"{file} could not be written, so nothing was changed: {reason}", advice=remedy, file=file) from error


def _read(path: Path) -> dict[str, Any] | None:
    with suppress(OSError, ValueError):
        document = json.loads(read_bounded(path, _LIMIT))
        return document if isinstance(document, dict) else None
    return None


def _parsed(document: dict[str, Any]) -> Record | None:
    values = {name: document.get(name) for name in Record._fields}
    if not all(isinstance(value, str) for value in values.values()):
        return None
    return Record(**{name: value if name.startswith("word") else Path(str(value)) for name, value in values.items()})  # type: ignore[arg-type]
