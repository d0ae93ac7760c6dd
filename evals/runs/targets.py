"""What can be asked gold cases: Byline in this process, a running service, or a file of predictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from evals.gold import Case
from evals.gold.load import CorpusTexts
from evals.reply import Reply, missing
from evals.runs.fingerprint import archive_fingerprint
from evals.runs.records import parse_prediction, reply_of
from rag.claims.as_json import draft_record
from rag.claims.records import CheckedDraft
from rag.errors import InputError, NotFound
from rag.events import Asked
from rag.records import answer_record, hit_record
from rag.settings import Settings
from rag.types import Article, Query, Turn

NO_CLAIMS = "the target checks no claims"


@dataclass(frozen=True, slots=True)
class About:
    """What a run record says of its target. `fingerprint` names the articles that it answers from, where known."""

    kind: str
    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    fingerprint: str | None = None


class Target(Protocol):
    """Something to ask. Safe to call from several threads."""

    about: About

    def reply(self, case: Case, repeat: int) -> Reply:
        """One real answer, never a remembered one. A failure is a reply with its trouble; raises EvalError only when
        the whole run is pointless."""


class Askable(Protocol):
    """The part of `rag.pipeline.Byline` that is asked."""

    def ask(self, question: str, limits: Query | None = None, history: Sequence[Turn] = ()) -> Asked: ...

    def check(self, text: str, limits: Query | None = None) -> CheckedDraft: ...

    def article(self, article_id: str, version: int | None = None) -> Article: ...


class CorpusArchive:
    """What the corpus files say of a citation."""

    def __init__(self, corpus: Path) -> None:
        self._texts = CorpusTexts(corpus)

    def text(self, article_id: str | None, version: int | None, file: str) -> str | None:  # noqa: ARG002
        return self._texts.get(file) if file else None

    def newest(self, article_id: str | None) -> int | None:  # noqa: ARG002
        return None


class InProcess:
    """Byline itself. A conversation is held turn by turn: its earlier questions are asked first, and answered."""

    def __init__(self, byline: Askable, about: About) -> None:
        self.about = about
        self._byline = byline

    def reply(self, case: Case, repeat: int) -> Reply:
        limits = Query("", as_of=case.as_of)
        try:
            told = self._checked(case, limits) if case.kind == "claim" else self._asked(case, limits)
        except InputError as error:
            return missing(case.id, "refused", str(error), repeat=repeat)
        return reply_of(case, parse_prediction(told), self, repeat=repeat)

    def _asked(self, case: Case, limits: Query) -> dict[str, Any]:
        turns: list[Turn] = []
        for earlier in case.history:
            answer = self._byline.ask(earlier, limits, turns).answer
            turns += [Turn("user", earlier), Turn("assistant", answer.text)]
        asked = self._byline.ask(case.question, limits, turns)
        return {**answer_record(asked.answer), "hits": [hit_record(hit) for hit in asked.hits]}

    def _checked(self, case: Case, limits: Query) -> dict[str, Any]:
        return draft_record(self._byline.check(case.question, limits))

    def text(self, article_id: str | None, version: int | None, file: str) -> str | None:  # noqa: ARG002
        found = self._article(article_id, version)
        return found.text if found else None

    def newest(self, article_id: str | None) -> int | None:
        found = self._article(article_id, None)
        return found.version if found else None

    def _article(self, article_id: str | None, version: int | None) -> Article | None:
        try:
            return self._byline.article(article_id, version) if article_id else None
        except NotFound:
            return None


@contextmanager
def in_process(settings: Settings, corpus: Path, *, keep: bool) -> Iterator[InProcess]:
    """Byline over the archive of `settings` where it is to be kept, else over a new one of the corpus alone.

    Raises what opening or ingesting raises.
    """
    from rag.wiring import open_byline

    with TemporaryDirectory(prefix="byline-eval-") as folder:
        if not keep:
            settings = settings.model_copy(update={"data_dir": Path(folder)})
            ingest(settings, [corpus])
        shown = settings.model_dump(mode="json", exclude={"data_dir", "threads", "llm_api_key", "database_url"})
        about = About("in-process", "Byline", shown, archive_fingerprint(settings))
        with open_byline(settings) as byline:
            yield InProcess(byline, about)


def ingest(settings: Settings, paths: list[Path]) -> None:
    """Put files into the archive of `settings`."""
    from rag.jobs import open_ingest

    with open_ingest(settings, paths) as job:
        job.run(lambda _report: None)


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None
