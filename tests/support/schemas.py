"""The published JSON Schemas, docs/reference/schemas, read more strictly than by their readers: a key that they do not name is refused."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.support.sandbox import REPOSITORY

DIRECTORY = REPOSITORY / "docs" / "reference" / "schemas"


def names() -> list[str]:
    return sorted(path.stem for path in DIRECTORY.glob("*.json"))


def check(name: str, document: Any) -> None:
    """Raises ValidationError if ``document`` is not what the schema says."""
    _validator(name).validate(document)


@cache
def _validator(name: str) -> Draft202012Validator:
    schemas = {f"{each}.json": _strict(json.loads((DIRECTORY / f"{each}.json").read_text(encoding="utf-8"))) for each in names()}
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    registry: Registry[Any] = Registry().with_resources((uri, Resource.from_contents(schema)) for uri, schema in schemas.items())
    return Draft202012Validator(schemas[f"{name}.json"], registry=registry)


def _strict(schema: Any) -> Any:
    """Readers should pass over keys that they do not know, so the published schemas allow them. No test may."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"unevaluatedProperties": False} if "properties" in schema and isinstance(schema.get("required"), list) else {}
    return {**{key: _strict(value) for key, value in schema.items()}, **closed}
