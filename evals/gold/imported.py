"""What an import gathers: cases, the articles that they quote, and what was left out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evals.errors import EvalError
from evals.gold.case import Case, vacuous

_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass
class Imported:
    """Cases, the articles that they quote by file name, and what was left out and why."""

    cases: list[Case] = field(default_factory=list)
    articles: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def article(self, text: str, name: str = "") -> str:
        """The file name of an article, the same for the same text."""
        digest = sha256(text.encode()).hexdigest()[:12]
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


def text_of(path: Path) -> str:
    """Raises EvalError when it can't be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise EvalError(f"{path} can't be read: {error}.", remedy="Name a UTF-8 file.") from error
