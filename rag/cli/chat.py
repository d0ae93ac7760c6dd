"""`byline chat`: questions and follow-ups in a terminal, each sentence as soon as it is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from rag.cli.front import Front, Fronted
from rag.cli.options import After, AsOf, Before, DataDir, NoService, Source, limits_of
from rag.cli.service import ServiceGone
from rag.cli.show import safe, show_made, show_sources
from rag.errors import BylineError, InputError
from rag.outlets import outlet_named
from rag.settings import load_settings
from rag.types import Query, Turn

_HELP = """Ask, and ask on: “And when?”, “What about VW?”, “Who said that?”
  /sources     the quotes behind the last answer
  /check TEXT  check a claim; without one, the last answer
  /save FILE   write the conversation as JSON (.json) or text
  /new         forget the conversation
  /quit        leave (so does Ctrl-D)"""
_TURNS = 50  # of the conversation that an answer looks back on
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
    no_service: NoService = False,
) -> None:
    """Ask and follow up; /help lists what else can be done."""
    console = Console()
    limits = limits_of(source, after, before, as_of)
    with Fronted(load_settings(data_dir=data_dir), one_shot=True, no_service=no_service) as front:
        talk = Conversation(front, limits, console)
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

    def __init__(self, front: Fronted, limits: Query, console: Console) -> None:
        self._front = front
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
        record = self._front(lambda front: self._shown(front, question))
        self._records.append(record)
        _conclude(record, self._console)

    def _shown(self, front: Front, question: str) -> dict[str, Any]:
        """The record of the answer, which is shown while it is made."""
        with closing(front.told(question, self._limits, self.turns[-_TURNS:])) as told:
            for name, payload in told:
                if name == "done":
                    return payload
                _show(name, payload, self._console)
        raise ServiceGone

    def _sources(self, _: str) -> None:
        show_sources(self._last(), self._console)

    def _check(self, text: str) -> None:
        from rag.cli.show_check import show_check

        claim = text or " ".join(one["text"] for one in self._last()["sentences"])
        show_check(self._front(lambda front: front.check(claim, self._limits)), self._console)

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


def _show(name: str, told: dict[str, Any], console: Console) -> None:
    """What happens while an answer is made, as the service's events tell it."""
    if name == "understood":
        console.print(Text(f"Understood as: {safe(told['standalone'])}"), style="dim")
    elif name == "sentence":
        console.print(Text(safe(told["text"])), style="bold")
    elif name == "verdict":
        verdict, failed = told["verdict"], "; ".join(one["detail"] for one in told["checks"] if not one["ok"])
        why = f": {safe(failed)}" if verdict != "supported" and failed else ""
        console.print(Text(f"  {_MARKS[verdict]}{why}"), style=_STYLES[verdict])
    elif name == "withdrawn":
        console.print(Text(f"  taken back: {told['reason']}"), style="yellow")


def _conclude(record: dict[str, Any], console: Console) -> None:
    """What the sentences alone don't say: an abstention, where the quotes stand, what became of a draft."""
    if not record["sentences"]:
        console.print(Text(safe(record["text"])), style="yellow")
    elif record["conflict"]:
        console.print(Text(safe(record["text"])))
    for one in record["citations"]:
        article = one["article"]
        outlet = safe(outlet_named(article["source"], article["title"]))
        day = (article["published"] or "date unknown")[:12]
        console.print(Text(f"  [{one['n']}] {outlet}, {day} · characters {one['start']}–{one['end']}"), style="cyan")
    show_made(record, console)


def _plain(records: Sequence[dict[str, Any]]) -> str:
    blocks = []
    for one in records:
        quotes = "\n".join(f"[{c['n']}] {c['article']['file']}: “{c['quote']}”" for c in one["citations"])
        blocks.append(f"> {one['question']}\n\n{one['text']}\n\n{quotes}".rstrip())
    return "\n\n\n".join(blocks)
