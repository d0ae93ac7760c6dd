"""`byline serve`."""

from __future__ import annotations

from typing import Annotated

import typer

from rag.cli.options import DataDir
from rag.settings import load_settings


def register(app: typer.Typer) -> None:
    app.command()(serve)


def serve(
    host: Annotated[str, typer.Option("--host", help="The address to bind to.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 8000,
    workers: Annotated[int, typer.Option("--workers", min=1, help="More than one need a Chroma server.")] = 1,
    data_dir: DataDir = None,
) -> None:
    """Serve the page and the API."""
    from api.server import run

    run(load_settings(data_dir=data_dir), host, port, workers)
