"""The `byline` command. Each module holds the commands of one concern; heavy imports wait until a command runs."""

from __future__ import annotations

from rag.cli.app import main

__all__ = ["main"]
