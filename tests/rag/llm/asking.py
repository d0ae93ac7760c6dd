"""Asks through a scripted server, over the wire, and gathers what a user could see on the way."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.events import Done, Drafted, Event, Judged, Withdrawn
from rag.records import answer_record
from rag.settings import load_settings
from rag.types import Turn
from rag.wiring import open_byline, open_ledger
from tests.scripted_llm import ScriptedLLM

QUESTION = "Which Ford plant is the leading candidate to build Geely cars?"


@dataclass(frozen=True)
class Told:
    record: dict[str, Any]
    events: list[Event]

    @property
    def text(self) -> str:
        return str(self.record["text"])

    @property
    def notice(self) -> str:
        """What became of the draft."""
        (told,) = [one["text"] for one in self.record["notices"] if one["kind"] == "language_model"]
        return str(told)

    @property
    def verdicts(self) -> list[str]:
        return [one["verdict"] for one in self.record["sentences"]]

    @property
    def removed(self) -> list[str]:
        return [one["text"] for one in self.record["removed"]]

    def failed_checks(self, text: str) -> dict[str, str]:
        """Kind and detail of what failed of the sentence that has `text`, wherever the record has it."""
        every = [*self.record["sentences"], *self.record["removed"]]
        sentence = next(one for one in every if text in one["text"])
        return {check["kind"]: check["detail"] for check in sentence["checks"] if not check["ok"]}

    def never_unmarked(self, bad: str) -> None:
        """No sentence with `bad` is called supported, in the record or on the way to it."""
        for one in self.record["sentences"]:
            if bad in one["text"]:
                assert one["verdict"] != "supported"
                assert f"{one['text']}" in self.text
                assert any(mark in self.text for mark in ("[not supported: ", "[contradicted: ", "[not checked: "))
        drafts = {e.n: e.text for e in self.events if isinstance(e, Drafted)}
        open_drafts: set[int] = set()
        for event in self.events:
            if isinstance(event, Drafted):
                drafts[event.n] = event.text
                open_drafts.add(event.n)
            elif isinstance(event, Judged):
                assert bad not in drafts[event.n] or event.verdict != "supported"
                open_drafts.discard(event.n)
            elif isinstance(event, Withdrawn):
                open_drafts.clear()
        assert not open_drafts, "a draft was neither judged nor withdrawn"


def asked(
    data: Path, server: ScriptedLLM, question: str = QUESTION, history: Sequence[Turn] = (), **settings: object
) -> Told:
    """One question to Byline with the scripted model; without retries unless told."""
    given = {"llm": "openai:scripted", "llm_base_url": server.base_url, "llm_retries": 0, "llm_timeout_s": 20}
    with open_byline(load_settings(data_dir=data, **(given | settings)), one_shot=True) as byline:
        events = list(byline.stream(question, history=history))
    done = events[-1]
    assert isinstance(done, Done)
    record = answer_record(done.asked.answer)
    for citation in record["citations"]:
        article = citation["article"]
        with open_ledger(load_settings(data_dir=data)) as ledger:
            text = ledger.text(article["id"], article["version"])
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    return Told(record, events)


def shown_to(request: dict[str, Any]) -> str:
    """What the model was shown with the question."""
    return str(next(one["content"] for one in request["messages"] if one["role"] == "user"))


def key_of(request: dict[str, Any], words: str) -> str:
    """The key of the quote that has `words`."""
    for line in shown_to(request).splitlines():
        if line.startswith("[E") and words in line:
            return line.partition("]")[0][1:]
    raise AssertionError(f"the model was not shown: {words}")


def saying(*sentences: tuple[str, str]) -> Callable[[dict[str, Any]], str]:
    """A draft with markers: each sentence with words of the quote that it cites."""
    return lambda request: "\n".join(f"{text} [{key_of(request, words)}]" for text, words in sentences)


def saying_json(*sentences: tuple[str, str]) -> Callable[[dict[str, Any]], str]:
    def told(request: dict[str, Any]) -> str:
        written = [{"text": text, "evidence": [key_of(request, words)]} for text, words in sentences]
        return json.dumps({"answered": True, "sentences": written})

    return told
