"""`byline chat`: questions and follow-ups in a terminal, each sentence as soon as it is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from rag.cli.options import After, AsOf, Before, DataDir, Source, limits_of
from rag.cli.show import safe, show_made, show_sources
from rag.errors import BylineError, InputError
from rag.events import Done, Drafted, Event, Judged, Understood, Withdrawn
from rag.pipeline import Byline
from rag.records import answer_record
from rag.settings import load_settings
from rag.types import Query, Turn

_HELP = """Ask, and ask on: “And when?”, “What about VW?”, “Who said that?”
  /sources     the quotes behind the last answer
  /check TEXT  check a claim; without one, the last answer
  /save FILE   write the conversation as JSON (.json) or text
  /new         forget the conversation
  /quit        leave (so does Ctrl-D)"""
_STYLES = {"supported": "green", "unsupported": "red", "contradicted": "red", "unchecked": "yellow"}
_MARKS = {
    "supported": "✓",
    "unsupported": "✗ not supported",
    "contradicted": "✗ contradicted",
    "unchecked": "? not checked",
}


def register(app: typer.Typer) -> None:
    app.command()(chat)


def chat(
    source: Source = None,
    after: After = None,
    before: Before = None,
    as_of: AsOf = None,
    data_dir: DataDir = None,
) -> None:
    """Ask and follow up; /help lists what else can be done."""
    from rag.wiring import open_byline

    console = Console()
    limits = limits_of(source, after, before, as_of)
    with open_byline(load_settings(data_dir=data_dir), one_shot=True) as byline:
        talk = Conversation(byline, limits, console)
        console.print(Text(_HELP), style="dim")
        while (line := _line(console)) is not None:
            if not talk.take(line):
                return


def _line(console: Console) -> str | None:
    """What was typed; None at the end of the input."""
    try:
        return console.input("\n[bold]> [/bold]").strip()
    except EOFError:
        console.print()
        return None


class Conversation:
    """The turns so far, and the record of each answer."""

    def __init__(self, byline: Byline, limits: Query, console: Console) -> None:
        self._byline = byline
        self._limits = limits
        self._console = console
        self._records: list[dict[str, Any]] = []

    @property
    def turns(self) -> tuple[Turn, ...]:
        pairs = ((Turn("user", one["question"]), Turn("assistant", one["text"])) for one in self._records)
        return tuple(turn for pair in pairs for turn in pair)

    def take(self, line: str) -> bool:
        """Do what a line asks for; False to leave. A mistake is told, and the conversation goes on."""
        name, _, rest = line.partition(" ")
        commands: dict[str, Callable[[str], None]] = {
            "/sources": self._sources,
            "/check": self._check,
            "/save": self._save,
            "/new": self._new,
            "/help": lambda _: self._console.print(Text(_HELP), style="dim"),
        }
        if name in {"/quit", "/exit"}:
            return False
        try:
            if name in commands:
                commands[name](rest.strip())
            elif line.startswith("/"):
                raise InputError(f"There is no {name}.", remedy="/help lists what there is.")
            elif line:
                self._ask(line)
        except BylineError as error:
            self._console.print(Text(str(error)), style="red")
        except KeyboardInterrupt:
            self._console.print(Text("\nstopped"), style="dim")
        return True

    def _ask(self, question: str) -> None:
        shown = _Screen(self._console)
        events = self._byline.stream(question, self._limits, self.turns)
        try:
            for event in events:
                shown.show(event)
                if isinstance(event, Done):
                    record = answer_record(event.asked.answer)
                    self._records.append(record)
                    _conclude(record, self._console)
        finally:
            events.close()

    def _sources(self, _: str) -> None:
        show_sources(self._last(), self._console)

    def _check(self, text: str) -> None:
        from rag.claims.as_json import draft_record
        from rag.cli.show_check import show_check

        claim = text or " ".join(one["text"] for one in self._last()["sentences"])
        show_check(draft_record(self._byline.check(claim, self._limits)), self._console)

    def _save(self, name: str) -> None:
        if not name:
            raise InputError("There is no file to save to.", remedy="Write /save FILE.")
        path = Path(name).expanduser()
        told = (
            json.dumps(self._records, ensure_ascii=False, indent=1) if path.suffix == ".json" else _plain(self._records)
        )
        try:
            path.write_text(told + "\n", encoding="utf-8")
        except OSError as error:
            raise InputError(f"{path} can't be written ({error.strerror}).", remedy="Name another file.") from error
        self._console.print(Text(f"{len(self._records)} answers written to {path}"), style="dim")

    def _new(self, _: str) -> None:
        self._records.clear()
        self._console.print(Text("The conversation is forgotten."), style="dim")

    def _last(self) -> dict[str, Any]:
        if not self._records:
            raise InputError("Nothing has been answered yet.", remedy="Ask something first.")
        return self._records[-1]


class _Screen:
    """Shows an answer while it is made."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def show(self, event: Event) -> None:
        if isinstance(event, Understood):
            self._console.print(Text(f"Understood as: {safe(event.standalone)}"), style="dim")
        elif isinstance(event, Drafted):
            self._console.print(Text(safe(event.text)), style="bold")
        elif isinstance(event, Judged):
            failed = "; ".join(check.detail for check in event.checks if not check.ok)
            why = f": {safe(failed)}" if event.verdict != "supported" and failed else ""
            self._console.print(Text(f"  {_MARKS[event.verdict]}{why}"), style=_STYLES[event.verdict])
        elif isinstance(event, Withdrawn):
            self._console.print(Text(f"  taken back: {event.reason}"), style="yellow")


def _conclude(record: dict[str, Any], console: Console) -> None:
    """What the sentences alone don't say: an abstention, where the quotes stand, what became of a draft."""
    if not record["sentences"]:
        console.print(Text(safe(record["text"])), style="yellow")
    elif record["conflict"]:
        console.print(Text(safe(record["text"])))
    for one in record["citations"]:
        article = one["article"]
        outlet = safe(article["source"] or article["title"] or article["file"])
        day = (article["published"] or "date unknown")[:12]
        console.print(Text(f"  [{one['n']}] {outlet}, {day} · characters {one['start']}–{one['end']}"), style="cyan")
    show_made(record, console)


def _plain(records: Sequence[dict[str, Any]]) -> str:
    blocks = []
    for one in records:
        quotes = "\n".join(f"[{c['n']}] {c['article']['file']}: “{c['quote']}”" for c in one["citations"])
        blocks.append(f"> {one['question']}\n\n{one['text']}\n\n{quotes}".rstrip())
    return "\n\n\n".join(blocks)
