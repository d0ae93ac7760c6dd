"""Gold from other formats: SQuAD-format JSON, BEIR and TREC qrels, CSV. Articles go into a corpus folder beside it.

What can't become a sound case is left out and told, never guessed.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evals.errors import EvalError
from evals.gold.case import Case, vacuous

RETRIEVAL_ONLY = "retrieval-only"
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass
class Imported:
    """Cases, the articles that they quote by file name, and what was left out and why."""

    cases: list[Case] = field(default_factory=list)
    articles: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def article(self, text: str, name: str = "") -> str:
        """The file name of an article, the same for the same text."""
        digest = hashlib.sha256(text.encode()).hexdigest()[:12]
        file = f"{slug(name)[:40] or 'article'}-{digest}.txt"
        self.articles[file] = text
        return file

    def add(self, where: str, fields: Mapping[str, Any]) -> None:
        """A case if it is sound; else a line that says why not."""
        try:
            case = Case.model_validate(fields)
        except ValidationError as error:
            self.left_out += [f"{where}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
            return
        if faults := list(vacuous(case)):
            self.left_out += [f"{where}: {fault}" for fault in faults]
        else:
            self.cases.append(case)

    def write(self, gold: Path, corpus: Path) -> None:
        """The gold file and its corpus. Raises OSError."""
        corpus.mkdir(parents=True, exist_ok=True)
        for name, text in self.articles.items():
            (corpus / name).write_text(text, encoding="utf-8", newline="")
        gold.parent.mkdir(parents=True, exist_ok=True)
        gold.write_text("".join(line(case) + "\n" for case in self.cases), encoding="utf-8")


def line(case: Case) -> str:
    """A case as a line of a gold file, without the fields that say nothing."""
    told = case.model_dump(mode="json", exclude_defaults=True)
    return json.dumps({"answerable": case.answerable, **told}, ensure_ascii=False)


def slug(text: str) -> str:
    return _SLUG.sub("-", text.casefold()).strip("-")


def case_id(name: str, seen: set[str]) -> str:
    """An id in the form that gold wants, unlike those in `seen`."""
    base = slug(str(name))[:48].strip("-") or "case"
    told, n = base, 1
    while told in seen:
        n += 1
        told = f"{base}-{n}"
    seen.add(told)
    return told


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
    from rag.sentences import sentence_spans

    start = int(answer.get("answer_start", -1))
    words = str(answer["text"])
    if start < 0 or text[start : start + len(words)] != words:
        start = text.find(words)
    if start < 0:
        return None
    spans = [span for span in sentence_spans(text) if span.start < start + len(words) and span.end > start]
    return text[spans[0].start : spans[-1].end] if spans else words


def from_qrels(folder: Path, at_most: int | None = None, split: str = "test") -> Imported:
    """A BEIR folder: corpus.jsonl, queries.jsonl and qrels/<split>.tsv (or a TREC qrels file of that name, .txt).

    Each relevant passage is a supporting quote. There are no answer strings in qrels: the passage's own words stand in
    for one, so that only retrieval and citation figures mean something; the tag `retrieval-only` says so.
    """
    articles = {str(one["_id"]): one for one in _records(folder / "corpus.jsonl")}
    queries = {str(one["_id"]): str(one["text"]) for one in _records(folder / "queries.jsonl")}
    relevant: dict[str, list[str]] = {}
    for query, passage, grade in _qrels(folder, split):
        if grade > 0:
            relevant.setdefault(query, []).append(passage)
    told, seen = Imported(), set[str]()
    for query, passages in list(relevant.items())[:at_most]:
        known = [articles[name] for name in passages if name in articles]
        texts = [str(one.get("text", "")).strip() for one in known if str(one.get("text", "")).strip()]
        told.add(
            f"query {query}",
            {
                "id": case_id(query, seen),
                "kind": "question",
                "question": queries.get(query, ""),
                "answers": texts,
                "supporting": [{"file": told.article(text), "quote": text} for text in texts],
                "tags": ["qrels", RETRIEVAL_ONLY],
                "cluster": slug(f"q-{query}")[:60],
            },
        )
    for one in articles.values():
        told.article(str(one.get("text", "")).strip())
    return told


def _qrels(folder: Path, split: str) -> Iterator[tuple[str, str, int]]:
    """Query, passage and grade: BEIR's three columns with a heading, or TREC's four without."""
    path = next((p for p in (folder / "qrels" / f"{split}.tsv", folder / f"{split}.txt") if p.is_file()), None)
    if path is None:
        raise EvalError(f"{folder} has no qrels/{split}.tsv.", remedy="Name a BEIR folder, or another --split.")
    for number, text in enumerate(_text(path).splitlines(), start=1):
        parts = text.split()
        if not parts or parts[0] == "query-id":
            continue
        try:
            yield parts[0], parts[2 if len(parts) == 4 else 1], int(float(parts[-1]))
        except (IndexError, ValueError) as error:
            raise EvalError(f"{path}:{number} is no judgement.", remedy="Write query, passage, grade.") from error


def from_csv(path: Path, at_most: int | None = None) -> Imported:
    """Columns named as the fields of a case; answers, tags, must_contain and must_not_contain are split at `|`, a
    supporting quote is in `quote` and its file in `file`. Only `question` is needed: without an answer it is one that
    the articles don't answer."""
    told, seen = Imported(), set[str]()
    reader = csv.DictReader(StringIO(_text(path)))
    if reader.fieldnames is None or "question" not in reader.fieldnames:
        raise EvalError(f"{path} has no column question.", remedy="Name the columns in its first line.")
    for number, row in enumerate(reader, start=2):
        if at_most is not None and len(told.cases) >= at_most:
            break
        _csv_case(told, f"{path}:{number}", row, seen)
    return told


_LISTS = ("answers", "must_contain", "must_not_contain", "tags")
_TEXTS = ("kind", "label", "cluster")


def _csv_case(told: Imported, where: str, row: Mapping[str, str | None], seen: set[str]) -> None:
    given = {name: (row.get(name) or "").strip() for name in row if name}
    fields: dict[str, Any] = {name: [p.strip() for p in given[name].split("|")] for name in _LISTS if given.get(name)}
    fields |= {name: given[name] for name in _TEXTS if given.get(name)}
    fields["question"] = given["question"]
    fields["id"] = case_id(given.get("id") or given["question"], seen)
    if given.get("quote"):
        fields["supporting"] = [{"file": given.get("file", ""), "quote": given["quote"]}]
    judged = fields.get("label", "not_enough_evidence") != "not_enough_evidence"
    fields["answerable"] = judged if fields.get("kind") == "claim" else bool(fields.get("answers"))
    if given.get("as_of"):
        fields["as_of"] = given["as_of"]
    if given.get("weight"):
        fields["weight"] = given["weight"]
    told.add(where, {"kind": "question", "tags": ["csv"], "cluster": fields["id"]} | fields)


def _records(path: Path) -> list[dict[str, Any]]:
    told = []
    for number, text in enumerate(_text(path).split("\n"), start=1):
        if text.strip():
            try:
                record = json.loads(text)
                told.append({"_id": str(record["_id"]), **record})
            except (ValueError, KeyError, TypeError) as error:
                raise EvalError(f"{path}:{number} is no record.", remedy='Write {"_id", "text"} a line.') from error
    return told


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except ValueError as error:
        raise EvalError(f"{path} is no JSON: {error}.", remedy="Name a SQuAD-format file.") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise EvalError(f"{path} can't be read: {error}.", remedy="Name a UTF-8 file.") from error


FORMATS: dict[str, Callable[[Path, int | None], Imported]] = {
    "squad": from_squad,
    "beir": from_qrels,
    "csv": from_csv,
}
