"""Every operation of the service: those of its OpenAPI document, and MCP, which has a document of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from api.app import create_app
from rag.settings import load_settings

DOCUMENT = create_app(load_settings(data_dir=Path("unused"))).openapi()


@dataclass(frozen=True)
class Operation:
    """`path` is filled in. `scope` is what a key needs; None where none is needed."""

    method: str
    path: str
    scope: str | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations() -> list[Operation]:
    """All of them."""
    found = [Operation("GET", "/openapi.json", "read"), Operation("POST", "/mcp", "read")]
    for path, methods in DOCUMENT["paths"].items():
        for method, told in methods.items():
            filled = re.sub(r"\{\w+\}", "none", path)
            scopes = {scope for way in told["security"] for each in way.values() for scope in each}
            assert len(scopes) < 2
            found.append(Operation(method.upper(), filled, scopes.pop() if scopes else None))
    return found


KEYED = [one for one in operations() if one.scope is not None]
WRITING = [one for one in operations() if one.scope == "write"]
