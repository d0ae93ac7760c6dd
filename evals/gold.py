"""Gold questions: one JSON object a line, each checked against the corpus before anything is scored with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from rag.errors import InputError

Filled = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
FileName = Annotated[str, StringConstraints(pattern=r"^[^/\\]+$")]

_SAME = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "‐": "-", "–": "-", "—": "-", "\u00ad": None})


class Supporting(BaseModel):
    """A verbatim stretch of one corpus file that justifies the answer on its own or with the others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: FileName
    quote: Filled


class Case(BaseModel):
    """One gold question.

    Right means: any of `answers` occurs in the answer's text, with all of `must_contain` and none of
    `must_not_contain`; when not `answerable`, that the system abstains. Cases of one `cluster` rest on the same
    sentence, so they are not independent.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Slug
    kind: Literal["question"]
    question: Filled
    as_of: date | None
    answers: tuple[Filled, ...]
    supporting: tuple[Supporting, ...]
    answerable: bool
    must_contain: tuple[Filled, ...]
    must_not_contain: tuple[Filled, ...]
    tags: Annotated[tuple[Slug, ...], Field(min_length=1)]
    cluster: Slug
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)]

    def accepts(self, text: str) -> bool:
        """Whether `text` says an accepted answer and keeps every condition."""
        return (
            any(mentions(text, answer) for answer in self.answers)
            and all(fold(part) in fold(text) for part in self.must_contain)
            and not self.breaks(text)
        )

    def breaks(self, text: str) -> bool:
        """Whether `text` has something that no answer to this case may have."""
        return any(fold(part) in fold(text) for part in self.must_not_contain)


def fold(text: str) -> str:
    """Text for comparing: one form of Unicode, case, quotes, dashes and whitespace."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_SAME).casefold().split())


def mentions(text: str, phrase: str) -> bool:
    """Whether `phrase` occurs in `text` as whole words and whole numbers: 6.5 is neither in 16.5 nor in 6.51."""
    whole = rf"(?<!\w)(?<!\d[.,]){re.escape(fold(phrase))}(?!\w)(?![.,]\d)"
    return re.search(whole, fold(text)) is not None


def load_gold(path: Path, corpus_dir: Path) -> list[Case]:
    """The cases of a gold file, in its order.

    Raises InputError that lists every fault with its line: not JSON, unknown or missing fields, an id or a question
    used twice, a case that nothing or everything would satisfy, a quote that is not in its corpus file.
    """
    faults: list[str] = []
    cases: list[Case] = []
    seen: dict[str, int] = {}
    texts = _CorpusTexts(corpus_dir)
    for number, line in _lines(path):
        case, wrong = _parse(line)
        if case is not None:
            wrong = [*_repeats(case, number, seen), *_vacuous(case), *_lost_quotes(case, texts)]
            cases.append(case)
        faults += [f"line {number}: {fault}" for fault in wrong]
    if not cases and not faults:
        faults.append("it has no cases")
    if faults:
        raise InputError(f"Gold file {path} can't be used:\n" + "\n".join(faults) + "\n", remedy="Correct these lines.")
    return cases


class _CorpusTexts:
    """Corpus files by name, each read once; None where there is no such file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts: dict[str, str | None] = {}

    def get(self, name: str) -> str | None:
        if name not in self._texts:
            path = self._folder / name
            self._texts[name] = path.read_text(encoding="utf-8") if path.is_file() else None
        return self._texts[name]


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"Gold file {path} can't be read: {error}.", remedy="Name a UTF-8 .jsonl file.") from error
    # Not splitlines(): U+2028 and its like may stand inside a JSON string.
    return ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())


def _parse(line: str) -> tuple[Case | None, list[str]]:
    try:
        return Case.model_validate_json(line, strict=True), []
    except ValidationError as error:
        return None, [f"{'.'.join(map(str, e['loc'])) or 'line'}: {e['msg']}" for e in error.errors()]


def _repeats(case: Case, number: int, seen: dict[str, int]) -> Iterable[str]:
    for what, key in (("id", f"id {case.id}"), ("question", f"question {fold(case.question)}")):
        first = seen.setdefault(key, number)
        if first != number:
            yield f"{what} already used on line {first}"


def _vacuous(case: Case) -> Iterable[str]:
    if case.answerable:
        if not case.answers:
            yield "answerable, but it has no answers"
        if not case.supporting:
            yield "answerable, but it has no supporting quotes"
        if case.accepts(case.question):
            yield "repeating the question would count as an answer"
    elif case.answers or case.supporting or case.must_contain:
        yield "not answerable, but it has answers, supporting quotes or must_contain"


def _lost_quotes(case: Case, texts: _CorpusTexts) -> Iterable[str]:
    for one in case.supporting:
        text = texts.get(one.file)
        if text is None:
            yield f"no corpus file {one.file}"
        elif one.quote not in text:
            yield f"quote not found in {one.file}: {one.quote!r}"
