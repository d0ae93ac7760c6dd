"""Gold from SQuAD-format JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from evals.errors import EvalError
from evals.gold.imported import Imported, case_id, slug, text_of
from rag.sentences import sentence_spans


def from_squad(path: Path, at_most: int | None = None) -> Imported:
    """SQuAD 1.1 and 2.0 JSON. The supporting quote is the sentence in which the answer stands."""
    raw = _json(path)
    told, seen = Imported(), set[str]()
    for paragraph, question in _squad_questions(path, raw):
        if at_most is not None and len(told.cases) >= at_most:
            break
        _squad_case(told, paragraph, question, seen)
    return told


def _squad_questions(path: Path, raw: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    try:
        for article in raw["data"]:
            for paragraph in article["paragraphs"]:
                title = article.get("title", "")
                for question in paragraph["qas"]:
                    yield {"context": paragraph["context"], "title": title}, question
    except (KeyError, TypeError) as error:
        raise EvalError(
            f"{path} is not in SQuAD's format: no {error}.", remedy="It has data[].paragraphs[]."
        ) from error


def _squad_case(told: Imported, paragraph: Mapping[str, Any], question: Mapping[str, Any], seen: set[str]) -> None:
    name, text = str(question.get("id", "")), str(paragraph["context"])
    answers = list(dict.fromkeys(str(one["text"]) for one in question.get("answers", ())))
    answerable = bool(answers) and not question.get("is_impossible", False)
    file = told.article(text, str(paragraph["title"]))
    quote = _sentence_with(text, question["answers"][0]) if answerable else None
    told.add(
        f"question {name}",
        {
            "id": case_id(name, seen),
            "kind": "question",
            "question": str(question.get("question", "")).strip(),
            "answers": answers if answerable else [],
            "supporting": [{"file": file, "quote": quote}] if quote else [],
            "answerable": answerable,
            "tags": ["squad"],
            "cluster": slug(file[:-4])[:60].strip("-"),
        },
    )


def _sentence_with(text: str, answer: Mapping[str, Any]) -> str | None:
    start = int(answer.get("answer_start", -1))
    words = str(answer["text"])
    if start < 0 or text[start : start + len(words)] != words:
        start = text.find(words)
    if start < 0:
        return None
    spans = [span for span in sentence_spans(text) if span.start < start + len(words) and span.end > start]
    return text[spans[0].start : spans[-1].end] if spans else words


def _json(path: Path) -> Any:
    try:
        return json.loads(text_of(path))
    except ValueError as error:
        raise EvalError(f"{path} is no JSON: {error}.", remedy="Name a SQuAD-format file.") from error
