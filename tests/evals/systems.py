"""A small archive with gold of its own, and systems that are right, wrong or lazy in ways that metrics must tell."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from evals.gold import Case, Supporting
from evals.gold.text import covers
from evals.reply import Cited, Found, Reply, Said

ARTICLES = {
    "bridge.txt": (
        "The harbour bridge reopened on Monday after repairs. Mayor Ana Ruiz cut the ribbon before 4,000 people. "
        "Repairs had cost 12 million crowns, a fifth less than planned. The old deck was sold for scrap."
    ),
    "ferry.txt": (
        "Ferries to Lund Island stopped on 3 May when the last captain resigned. The operator Norrfrakt blamed wages. "
        "It wants two new boats by 2031, people familiar with the plan said. Islanders now charter a trawler."
    ),
}


def case(case_id: str, question: str, quote: str = "", *answers: str, **changes: Any) -> Case:
    file = next((name for name, text in ARTICLES.items() if quote and quote in text), "")
    fields: dict[str, Any] = {
        "id": case_id,
        "kind": "question",
        "question": question,
        "answers": answers,
        "supporting": (Supporting(file=file, quote=quote),) if quote else (),
        "answerable": bool(quote),
        "tags": ("fact",),
        "cluster": case_id,
    }
    return Case.model_validate(fields | changes)


QUESTIONS = (
    case("day", "When did traffic cross the strait again?", "The harbour bridge reopened on Monday after", "Monday"),
    case("mayor", "Who opened it?", "Mayor Ana Ruiz cut the ribbon before 4,000 people.", "Ana Ruiz", "Ruiz"),
    case("crowd", "How many watched?", "Mayor Ana Ruiz cut the ribbon before 4,000 people.", "4,000", cluster="mayor"),
    case(
        "price", "What did mending it cost?", "Repairs had cost 12 million crowns,", "12 million", "12 million crowns"
    ),
    case("ferries", "Since when is there no boat?", "Ferries to Lund Island stopped on 3 May when", "3 May"),
    case("firm", "Who runs the boats?", "The operator Norrfrakt blamed wages.", "Norrfrakt", must_contain=("wages",)),
    case("fleet", "By when are boats due?", "It wants two new boats by 2031, people", "2031", as_of=date(2024, 5, 1)),
    case("toll", "What is the toll?", must_not_contain=("crowns",)),
    case("captain", "Who was the last captain?"),
    case("buyer", "Who bought the old deck?", tags=("near-miss",)),
)
CLAIMS = tuple(
    case(f"claim-{n}", text, quote, kind="claim", label=label, answerable=label != "not_enough_evidence")
    for n, (text, quote, label) in enumerate(
        [
            ("The bridge is open.", "The harbour bridge reopened on Monday after", "supported"),
            ("The mayor stayed away.", "Mayor Ana Ruiz cut the ribbon", "refuted"),
            ("Wages are why the ferries stopped.", "The operator Norrfrakt blamed wages.", "disputed"),
            ("The trawler is green.", "", "not_enough_evidence"),
        ]
    )
)
CASES = QUESTIONS + CLAIMS

System = Callable[[Case], Reply]


def passages() -> list[tuple[str, str]]:
    """Two passages an article, as (file, text)."""
    halves = []
    for file, text in ARTICLES.items():
        cut = text.index(". ", len(text) // 2) + 1
        halves += [(file, text[:cut]), (file, text[cut + 1 :])]
    return halves


def cite(n: int, file: str, quote: str, **more: Any) -> Cited:
    exact = quote in ARTICLES[file]
    return Cited(
        file=f"/archive/{file}", quote=quote, n=n, article_id=file, version=1, exact=exact, newest=True, **more
    )


def found(asked: Case, ranked: list[tuple[str, str]]) -> tuple[Found, ...]:
    return tuple(
        Found(
            file=file,
            covers=tuple(i for i, s in enumerate(asked.supporting) if s.file == file and covers(text, s.quote)),
        )
        for file, text in ranked
    )


def reply(asked: Case, text: str, quotes: list[tuple[str, str]], **more: Any) -> Reply:
    citations = tuple(cite(n, file, quote) for n, (file, quote) in enumerate(quotes, start=1))
    said = (Said(text=text, citations=tuple(c.n for c in citations)),)
    fields: dict[str, Any] = {
        "status": "answered",
        "text": text,
        "sentences": said,
        "citations": citations,
        "confidence": 1.0,
        "found": found(asked, passages()),
        "ms": 5.0,
    }
    return Reply(case=asked.id, **(fields | more))


def abstention(asked: Case, confidence: float = 0.0) -> Reply:
    nothing: dict[str, Any] = {"status": "no_evidence", "sentences": (), "confidence": confidence}
    return reply(asked, "The archive does not say.", [], **nothing)


def oracle(asked: Case) -> Reply:
    if asked.kind == "claim":
        return Reply(case=asked.id, verdict=asked.label, confidence=1.0, ms=5.0)
    if not asked.answerable:
        return abstention(asked)
    best = sorted(passages(), key=lambda p: not found(asked, [p])[0].covers)
    quotes = [(s.file, s.quote) for s in asked.supporting]
    text = f"{asked.supporting[0].quote} {asked.answers[0]} [1]"
    return reply(asked, text, quotes, short_answer=asked.answers[0], found=found(asked, best))


def empty(asked: Case) -> Reply:
    verdict = "not_enough_evidence" if asked.kind == "claim" else None
    return Reply(
        case=asked.id, status="answered", found=(), verdict=verdict, confidence=1.0, sentences=(Said(text=""),)
    )


def abstainer(asked: Case) -> Reply:
    if asked.kind == "claim":
        return Reply(case=asked.id, verdict="not_enough_evidence")
    return abstention(asked).model_copy(update={"found": ()})


def copycat(asked: Case) -> Reply:
    """Whatever is asked: the first passage, whole."""
    if asked.kind == "claim":
        return Reply(case=asked.id, verdict="supported")
    file, text = passages()[0]
    return reply(asked, text, [(file, text)], found=found(asked, passages()[:1]))


def rambler(asked: Case) -> Reply:
    """Random words of the archive, citing a random passage with one character changed."""
    chance = random.Random(asked.id)
    verdicts = ("supported", "refuted", "disputed", "not_enough_evidence")
    if asked.kind == "claim":
        return Reply(case=asked.id, verdict=verdicts[(verdicts.index(str(asked.label)) + 1) % 4])
    words = " ".join(chance.sample(" ".join(ARTICLES.values()).split(), 3))
    file, text = chance.choice(passages())
    ranked = chance.sample([*passages(), *[("other.txt", f"Passage {n} of another story.") for n in range(8)]], 2)
    return reply(asked, words, [(file, text[:20] + "x" + text[21:])], short_answer=words, found=found(asked, ranked))


def silent(asked: Case) -> Reply:
    return Reply(case=asked.id, trouble="missing", detail="no prediction")


def corpus(folder: Path) -> Path:
    """The articles as files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
