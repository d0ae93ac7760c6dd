"""The OpenAPI document: what FastAPI makes of the routes, and which key each operation takes."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.access import is_open, writes

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
            told.setdefault("components", {})["securitySchemes"] = _SCHEMES
            for path, operations in told["paths"].items():
                for method, operation in operations.items():
                    operation["security"] = _security(method.upper(), path)
            app.openapi_schema = told
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _security(method: str, path: str) -> list[dict[str, list[str]]]:
    """The scope that a key needs. The empty one says that a service may do without."""
    if is_open(path):
        return []
    scope = "write" if writes(method, path) else "read"
    return [{name: [scope]} for name in _SCHEMES] + [{}]
