"""Reading gold files: each line is checked, and each quote found in the corpus, before anything is scored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evals.gold.case import Case, Supporting, vacuous
from evals.gold.text import fold
from rag.errors import InputError

ROOT = Path(__file__).parents[2]
SEEDS = Path(__file__).parent / "seeds.jsonl"
CORPUS = ROOT / "corpus"


@dataclass(frozen=True, slots=True)
class _Place:
    """A line of a gold file; line 0 is the file itself."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else str(self.file)


def load_gold(paths: Sequence[Path], corpus_dir: Path) -> list[Case]:
    """The accepted cases of gold files, in their order.

    Raises InputError that lists every fault of every file with its line: a file that can't be read, not JSON, unknown
    or missing fields, an id or a question used twice, a case that nothing or everything would satisfy, a quote that is
    not in its corpus file.
    """
    faults: list[str] = []
    cases: list[Case] = []
    seen: dict[str, _Place] = {}
    texts = CorpusTexts(corpus_dir)
    for place, line in _lines(paths, faults):
        case, wrong = parse_line(line)
        if case is not None:
            wrong = [*_repeats(case, place, seen), *vacuous(case), *_lost_quotes(case, texts)]
            cases.append(case)
        faults += [f"{place}: {fault}" for fault in wrong]
    if not faults and not any(case.status == "accepted" for case in cases):
        faults.append(f"{', '.join(map(str, paths))}: no accepted cases" if paths else "no gold file is named")
    if faults:
        raise InputError(
            f"The gold can't be used ({len(faults)} faults):\n" + "\n".join(faults) + "\n",
            remedy="Correct these lines.",
        )
    return [case for case in cases if case.status == "accepted"]


class CorpusTexts:
    """Corpus files by name, each read once; None where there is no such file. Of a .jsonl file, its articles' text."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts: dict[str, str | None] = {}

    def get(self, name: str) -> str | None:
        if name not in self._texts:
            path = self._folder / name
            self._texts[name] = _text_of(path) if path.is_file() else None
        return self._texts[name]


def parse_line(line: str) -> tuple[Case | None, list[str]]:
    """One line as a case, or what is wrong with it."""
    try:
        return Case.model_validate_json(line, strict=True), []
    except ValidationError as error:
        return None, [_told(fault) for fault in error.errors()]


def lost_quote(one: Supporting, texts: CorpusTexts) -> str | None:
    """Why the corpus does not hold the quote."""
    text = texts.get(one.file)
    if text is None:
        return f"no corpus file {one.file}"
    return None if one.quote in text else f"quote not found in {one.file}: {one.quote!r}"


def _text_of(path: Path) -> str:
    text = path.read_bytes().decode("utf-8", errors="replace")
    if path.suffix != ".jsonl":
        return text
    records = (json.loads(line) for line in text.split("\n") if line.strip())
    return "\n".join(str(record.get("text", "")) for record in records if isinstance(record, dict))


def _lines(paths: Sequence[Path], faults: list[str]) -> Iterator[tuple[_Place, str]]:
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            faults.append(f"{path} can't be read: {error}")
            continue
        # Not splitlines(): U+2028 and its like may stand inside a JSON string.
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                yield _Place(path, number), line


def _told(fault: Any) -> str:
    where = ".".join(map(str, fault["loc"])) or "line"
    if fault["type"] != "extra_forbidden":
        return f"{where}: {fault['msg']}"
    meant = get_close_matches(str(fault["loc"][-1]), [*Case.model_fields, *Supporting.model_fields], n=1)
    return f"{where}: there is no such field" + (f"; did you mean {meant[0]}?" if meant else "")


def _repeats(case: Case, place: _Place, seen: dict[str, _Place]) -> Iterable[str]:
    asked = " / ".join(map(fold, (*case.history, case.question)))
    for what, key in ((f"id {case.id}", f"id {case.id}"), (case.kind, f"{case.kind} {case.as_of} {asked}")):
        first = seen.setdefault(key, place)
        if first != place:
            yield f"{what} already used at {first}"


def _lost_quotes(case: Case, texts: CorpusTexts) -> Iterable[str]:
    return (fault for one in case.supporting if (fault := lost_quote(one, texts)))
