"""`byline mcp`."""

from __future__ import annotations

import logging

import typer

from rag.cli.options import DataDir
from rag.settings import load_settings


def register(app: typer.Typer) -> None:
    app.command()(mcp)


def mcp(data_dir: DataDir = None) -> None:
    """Serve the archive to an MCP client that starts this command, on standard input and output."""
    from api.mcp_server import run_stdio
    from api.mcp_tools import ArchiveTools
    from rag.record_store import RecordStore
    from rag.wiring import open_byline

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    settings = load_settings(data_dir=data_dir)
    with open_byline(settings) as byline:
        run_stdio(ArchiveTools(byline, RecordStore(settings.data_dir, settings.database_url)))
