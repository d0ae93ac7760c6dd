"""The training rows as they are on disk, and which of them may be trained on.

A folder holds `NAME.jsonl.gz` for the names that `Rows` reads. What is held out is decided by a digest of the premise,
so that no premise is on both sides whatever the source and order.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from rag.errors import InputError

SUPPORT, REFUTE, NEITHER, NOT_SUPPORT = range(4)
"""Stances. The last one is what a two-way label says: it refutes or does neither."""

STANCES = {"entailment": SUPPORT, "contradiction": REFUTE, "neutral": NEITHER, "not_entailment": NOT_SUPPORT}
_DECIDED = {"supports": SUPPORT, "refutes": REFUTE}
HELD_OUT = ("SNLI", "MultiNLI (subset)", "ConjNLI")  # the sources that test and dev pairs are taken from
TEST_PAIRS = 2_000
TEST_QUESTIONS = "squad2-dev"  # rows with this prefix are a published test set
_DEV_SHARE = 0.04  # of what is left, for calibration and for choosing between runs

Split = Literal["train", "dev", "test"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A premise and a hypothesis; `stance` is one of the four above."""

    id: str
    premise: str
    hypothesis: str
    stance: int
    source: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and a passage. `span` is [start, end) of the answer; None when the passage has none. `sentence`, where
    people marked it, is the one that answers.
    """

    id: str
    question: str
    passage: str
    span: tuple[int, int] | None
    source: str
    also: tuple[str, ...] = ()
    sentence: tuple[int, int] | None = None

    @property
    def answer(self) -> str:
        return self.passage[slice(*self.span)] if self.span else ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A question and a passage that is or isn't relevant to it."""

    id: str
    question: str
    passage: str
    relevant: bool
    source: str


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline and the body of an article; `stance` is agree, disagree or discuss."""

    id: str
    headline: str
    body_id: str
    stance: str


@dataclass(frozen=True, slots=True)
class Proof:
    """A claim or a yes/no question, a text of many sentences, what the text says of it, and the spans that say so."""

    id: str
    claim: str
    text: str
    stance: int
    evidence: tuple[tuple[int, int], ...]
    source: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A question and the sentences of a section; `answers` are the numbers of those that answer, perhaps none."""

    id: str
    question: str
    sentences: tuple[str, ...]
    answers: tuple[int, ...]
    source: str


class Rows:
    """The rows of a folder. Raises InputError when a file is missing or damaged."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def pairs(self, split: Split) -> list[Pair]:
        return self._pairs[split]

    def questions(self, split: Split) -> list[Asked]:
        """`test` is the SQuAD 2.0 dev slice; dev is taken from the rest by a digest of the passage."""
        return self._questions[split]

    @cached_property
    def proofs(self) -> list[Proof]:
        """To train on: claims that stand in a pair which is held out are left out, whatever their text here."""
        held = {_plain(row.hypothesis) for split in ("dev", "test") for row in self._pairs[split]}
        claims = (
            Proof(row["id"], row["claim"], row["article"], _DECIDED[row["label"]], _spans(row), row["source"])
            for row in self._read("claims_in_articles")
        )
        return [row for row in claims if _plain(row.claim) not in held and row.evidence]

    @cached_property
    def yes_no(self) -> list[Proof]:
        """To train on: a yes is support, a no refutes."""
        return [
            Proof(
                row["id"],
                row["question"],
                row["context"],
                SUPPORT if row["answer"] else REFUTE,
                _spans(row),
                row["source"],
            )
            for row in self._read("yesno")
            if row["evidence"] and not is_dev(row["question"])
        ]

    @cached_property
    def choices(self) -> list[Choice]:
        """To train on: a question that is held out elsewhere is left out."""
        held = {_plain(row.question) for split in ("dev", "test") for row in self._questions[split]}
        rows = (
            Choice(row["id"], row["question"], tuple(row["sentences"]), tuple(row["answers"]), row["source"])
            for row in self._read("sentence_selection")
        )
        return [row for row in rows if _plain(row.question) not in held]

    @cached_property
    def rewordings(self) -> list[tuple[str, str]]:
        """News sentences at two reading levels, the fuller one first."""
        return [(row["a"].strip("\ufeff "), row["b"].strip("\ufeff ")) for row in self._read("paraphrase")]

    @cached_property
    def judged(self) -> list[Judged]:
        """To train on: rows whose question or passage is held out with `questions` are left out."""
        held = {row.passage for split in ("dev", "test") for row in self._questions[split]}
        rows = (
            Judged(row["id"], row["question"], row["passage"], bool(row["relevant"]), row["source"])
            for row in self._read("relevance")
        )
        return [row for row in rows if row.passage not in held]

    @cached_property
    def headlines(self) -> list[Headline]:
        return [
            Headline(row["id"], row["headline"], str(row["body_id"]), row["stance"]) for row in self._read("stance")
        ]

    @cached_property
    def bodies(self) -> dict[str, str]:
        return {str(row["body_id"]): row["body"] for row in self._read("stance_bodies")}

    @cached_property
    def _pairs(self) -> dict[str, list[Pair]]:
        rows = [
            Pair(row["id"], row["premise"].strip(), row["hypothesis"].strip(), STANCES[row["label"]], row["source"])
            for name in ("nli", "nli2")
            for row in self._read(name)
        ]
        test = _first_premises([row for row in rows if row.source in HELD_OUT], TEST_PAIRS)
        split: dict[str, list[Pair]] = {"train": [], "dev": [], "test": []}
        plain = {_plain(premise) for premise in test}
        for row in rows:
            if _plain(row.premise) in plain:
                # Only the sources of the test; another source's pair with a test premise is not used at all.
                if row.source in HELD_OUT:
                    split["test"].append(row)
            else:
                split["dev" if is_dev(row.premise) else "train"].append(row)
        split["test"] = sorted(split["test"], key=lambda row: (_digest(row.premise), row.id))[:TEST_PAIRS]
        return split

    @cached_property
    def _questions(self) -> dict[str, list[Asked]]:
        split: dict[str, list[Asked]] = {"train": [], "dev": [], "test": []}
        for row in (*self._read("qa"), *self._read("qa2")):
            if row.get("kind") == "evidence":
                continue  # the answer is a whole proof, not a span
            answers = row["answers"]
            span = (answers[0]["start"], answers[0]["start"] + len(answers[0]["text"])) if answers else None
            also = tuple(dict.fromkeys(answer["text"] for answer in answers))
            marked = tuple(row["sentence"]) if row.get("sentence") else None
            asked = Asked(row["id"], row["question"].strip(), row["context"], span, row["source"], also, marked)
            if row["id"].startswith(TEST_QUESTIONS):
                split["test"].append(asked)
            else:
                split["dev" if is_dev(row["context"]) else "train"].append(asked)
        held = {row.passage for row in split["test"]}
        split["train"] = [row for row in split["train"] if row.passage not in held]
        return split

    def _read(self, name: str) -> Iterator[dict[str, Any]]:
        file = self._folder / f"{name}.jsonl.gz"
        try:
            with gzip.open(file, "rt", encoding="utf-8") as lines:
                yield from map(json.loads, lines)
        except (OSError, EOFError, ValueError) as error:
            raise InputError(
                f"The training rows {file} can't be read: {error}.",
                remedy="Name the folder that holds them in the config's [paths] rows.",
            ) from error


def _spans(row: dict[str, Any]) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in row["evidence"])


def _plain(text: str) -> str:
    """Letters and digits alone: one text is at times stored with other spaces or quotes."""
    return "".join(filter(str.isalnum, text.lower()))


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "big")


def is_dev(text: str) -> bool:
    """Whether a premise or context is held out of training, to calibrate on."""
    return _digest("dev:" + text) % 10_000 < _DEV_SHARE * 10_000


def _first_premises(rows: list[Pair], least: int) -> set[str]:
    """The premises of least digest that together have at least `least` pairs."""
    order = sorted(rows, key=lambda row: _digest(row.premise))
    return {row.premise for row in order[:least]}
