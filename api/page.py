"""The page and its files. A browser asks whether they changed before it shows them, so an upgrade shows at once."""

from __future__ import annotations

import os
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_STATIC = Path(__file__).parent / "static"
_ASK_FIRST = "no-cache"  # with the ETag that Starlette makes: an unchanged file is a 304 without a body
_FOR_GOOD = "public, max-age=31536000, immutable"  # fonts, whose names have their version


class PageFiles(StaticFiles):
    """Files under api/static/, each with how long it may be kept."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = _FOR_GOOD if str(full_path).endswith(".woff2") else _ASK_FIRST
        return response


def install(app: FastAPI) -> None:
    files = PageFiles(directory=_STATIC)

    async def page(request: Request) -> Response:
        return await files.get_response("index.html", request.scope)

    app.get("/", include_in_schema=False)(page)
    app.mount("/static", files, name="static")
