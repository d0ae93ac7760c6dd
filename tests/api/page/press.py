"""Articles of a made-up press: dated, signed, with addresses, a copy, an earlier version and a story that moves on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

BRIDGE = "https://courier.example/leith-bridge"
BEFORE = "The harbour bridge at Leith will cost 38 million pounds, the council said on Monday.\n\n"
NOW = (
    "The harbour bridge at Leith will cost 41 million pounds, the council said on Tuesday.\n\n"
    "The builder Norvald will begin work on the bridge in May, said Morag Fyfe, the council’s engineer. "
    "Ferries will go on until the bridge is open.\n\n"
    "“The bridge will carry trams and bicycles, but no cars,” Fyfe told reporters 🚋.\n\n"
    "The old swing bridge was closed in 2019 after rust was found in its hinges."
)
_TALKS = "Norvald is in talks to buy the crane maker Tessen, people familiar with the matter said."
_AGREED = "Norvald has agreed to buy the crane maker Tessen for 90 million pounds, both companies said on Saturday."
_DONE = "Norvald completed the purchase of the crane maker Tessen on Friday, it said in a statement."
_DENIED = "Tessen will not be sold to Norvald, Tessen’s chairman Olaf Brandt said."


def article(url: str, title: str, source: str, published: str, text: str, *authors: str) -> dict[str, Any]:
    named = {"authors": list(authors)} if authors else {}
    return {"url": url, "title": title, "source": source, "published": published, "text": text} | named


def earlier() -> list[dict[str, Any]]:
    return [article(BRIDGE, "Leith bridge", "The Forth Courier", "2026-03-02", BEFORE + NOW.partition("\n\n")[2])]


def newest() -> list[dict[str, Any]]:
    wire, courier = "Lothian Wire", "The Forth Courier"
    return [
        article(BRIDGE, "Leith bridge to carry trams, not cars", courier, "2026-03-03", NOW, "Isla Gray", "Tom Ness"),
        article("https://wire.example/1", "Leith bridge to carry trams", wire, "2026-03-03", NOW),
        article("https://wire.example/2", "Norvald in talks for Tessen", wire, "2026-01-10", _TALKS),
        article("https://wire.example/3", "Norvald agrees to buy Tessen", wire, "2026-02-14", _AGREED),
        article("https://wire.example/4", "Norvald completes Tessen purchase", wire, "2026-03-20", _DONE),
        article("https://courier.example/no", "Tessen not for sale", courier, "2026-01-11", _DENIED),
    ]


def written(path: Path, articles: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(one) + "\n" for one in articles), encoding="utf-8")
    return str(path)
