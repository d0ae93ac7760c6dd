"""The OpenAPI document: what FastAPI makes of the routes, and which key each operation takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.access import is_open, writes
from api.documented import PROBLEM_SCHEMAS

EXAMPLES = Path(__file__).parent / "examples.json"
"""By operation: parameters, body and replies, as a real service gave them."""
_ABOUT = (
    "Questions about an archive of news, answered with exact quotes; claims checked against it; the archive itself. "
    "Offsets are Unicode code points, ends exclusive."
)
_KEY = "Made by `byline keys add`. On the service's own machine none is needed unless it is set up to ask for one."
_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": _KEY},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key."},
}


def describe(app: FastAPI) -> None:
    """Have `app` describe itself; the document is made when it is first asked for."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            told = get_openapi(title=app.title, version=app.version, description=_ABOUT, routes=app.routes)
            told["components"]["securitySchemes"] = _SCHEMES
            told["components"]["schemas"] |= PROBLEM_SCHEMAS
            examples = json.loads(EXAMPLES.read_text(encoding="utf-8")) if EXAMPLES.exists() else {}
            for path, operations in told["paths"].items():
                for method, operation in operations.items():
                    operation["security"] = _security(method.upper(), path)
                    _without_the_framework_s_own(operation["responses"])
                    _illustrate(operation, examples.get(f"{method.upper()} {path}", {}))
            app.openapi_schema = told
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _without_the_framework_s_own(replies: dict[str, Any]) -> None:
    """FastAPI tells of 422 in a form of its own wherever there is a parameter, which no reply here has."""
    if "application/json" in replies.get("422", {}).get("content", {}):
        del replies["422"]


def _illustrate(operation: dict[str, Any], example: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in example.get("parameters", {}):
            parameter["example"] = example["parameters"][parameter["name"]]
    if "body" in example:
        operation["requestBody"]["content"]["application/json"]["example"] = example["body"]
    for status, kinds in example.get("replies", {}).items():
        for kind, told in kinds.items():
            operation["responses"][status]["content"][kind]["example"] = told


def _security(method: str, path: str) -> list[dict[str, list[str]]]:
    """The scope that a key needs. The empty one says that a service may do without."""
    if is_open(path):
        return []
    scope = "write" if writes(method, path) else "read"
    return [{name: [scope]} for name in _SCHEMES] + [{}]
