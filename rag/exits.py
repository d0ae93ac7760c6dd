"""The command's exit codes that programs look at; `rag/cli/app.py` lists them all."""

from __future__ import annotations

SOME_REJECTED = 3
NOT_AS_DEMANDED = 4
BUSY = 5
INTERRUPTED = 130
