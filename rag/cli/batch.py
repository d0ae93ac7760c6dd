"""`--batch`: questions in, one JSON record a line out, with a progress bar on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer

from rag.errors import BylineError, InputError
from rag.exits import SOME_REJECTED


def run_batch(path: str, answer: Callable[[str], dict[str, Any]], what: str, field: str = "question") -> None:
    """Write `answer(text)` for each line, whose text is under `field`, under the line's id. A line that can't be used
    gives an `error` record, the rest goes on, and the exit code is 3."""
    from rich.console import Console
    from rich.progress import track

    lines = list(_lines(path))
    rejected = 0
    console = Console(stderr=True)
    for number, line in track(lines, description=what, console=console, disable=not console.is_terminal):
        record = _one(number, line, answer, field)
        rejected += "error" in record
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    if rejected:
        sys.stderr.write(f"byline: {rejected} of {len(lines)} lines could not be used; each has an error record.\n")
        raise typer.Exit(SOME_REJECTED)


def _lines(path: str) -> Iterator[tuple[int, str]]:
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: it can't be read ({error}).", remedy="Give a UTF-8 file of JSON lines.") from error
    return ((n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip())


def _one(number: int, line: str, answer: Callable[[str], dict[str, Any]], field: str) -> dict[str, Any]:
    asked: Any = None
    try:
        asked = _parse(number, line, field)
        return {**answer(asked[field]), "id": asked["id"]}
    except BylineError as error:
        known = asked["id"] if asked else None
        return {"id": known, "line": number, "error": {"message": error.message, "remedy": error.remedy}}


def _parse(number: int, line: str, field: str) -> dict[str, Any]:
    remedy = f'Write {{"id": "...", "{field}": "..."}} on each line.'
    try:
        asked = json.loads(line)
    except ValueError as error:
        raise InputError(f"Line {number} is no JSON.", remedy=remedy) from error
    if not isinstance(asked, dict) or not isinstance(asked.get(field), str) or "id" not in asked:
        raise InputError(f"Line {number} has no id and {field}.", remedy=remedy)
    return asked
