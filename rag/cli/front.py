"""What answers a command: the library in this process, or a running service that holds the same data folder."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict
from datetime import date
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from rag.cli.service import Service, ServiceGone, Told, found_service
from rag.settings import Settings
from rag.types import Query, Turn

if TYPE_CHECKING:
    from rag.pipeline import Byline

T = TypeVar("T")
Record = dict[str, Any]
Progress = Callable[[int, int], None]


def silent(_done: int, _of: int) -> None:
    """No progress is shown."""


class Front(Protocol):
    """Questions to records, as the service and `--json` have them. A text of `limits` is not used."""

    def told(
        self, question: str, limits: Query, turns: Sequence[Turn] = (), *, explain: bool = False
    ) -> Generator[Told]:
        """What happens while an answer is made; `done` comes last. With `explain` its record has the ranking."""

    def search(self, query: Query, *, rerank: bool) -> Record:
        """`hits` and `notices`."""

    def check(self, text: str, limits: Query, progress: Progress = silent) -> Record: ...

    def recheck(self, check_id: str) -> tuple[Record, Record]:
        """The check as it was, and what has become of it."""

    def quotes(self, person: str, limits: Query) -> list[Record]: ...

    def timeline(self, subject: str, limits: Query) -> list[Record]: ...


class Fronted:
    """Does a command's work through the service, and in this process where there is none or it goes away."""

    def __init__(self, settings: Settings, *, one_shot: bool, no_service: bool) -> None:
        self._settings = settings
        self._one_shot = one_shot
        self._left = ExitStack()
        service = self._left.enter_context(found_service(settings, unless=no_service))
        self._front: Front | None = OverHttp(service) if service else None

    def __call__(self, work: Callable[[Front], T]) -> T:
        """`work` is begun anew when the service goes away meanwhile."""
        try:
            return work(self._front or self._in_process())
        except ServiceGone:
            return work(self._in_process())

    def ask(self, question: str, limits: Query, *, explain: bool = False) -> Record:
        return self(lambda front: _last(front.told(question, limits, explain=explain)))

    def __enter__(self) -> Fronted:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left.close()

    def _in_process(self) -> Front:
        from rag.wiring import open_byline

        byline = self._left.enter_context(open_byline(self._settings, one_shot=self._one_shot))
        self._front = InProcess(byline, self._settings)
        return self._front


def _last(told: Iterator[Told]) -> Record:
    """The record at the end."""
    *_, (_, record) = told
    return record


class InProcess:
    """A Front over an archive that this process opened."""

    def __init__(self, byline: Byline, settings: Settings) -> None:
        self._byline = byline
        self._settings = settings

    def told(
        self, question: str, limits: Query, turns: Sequence[Turn] = (), *, explain: bool = False
    ) -> Generator[Told]:
        from api.events import on_the_wire
        from rag.events import Done
        from rag.records import with_ranking

        with closing(self._byline.stream(question, limits, turns)) as events:
            for event in events:
                name, payload = on_the_wire(event)
                if explain and isinstance(event, Done):
                    payload = with_ranking(payload, event.asked.hits)
                yield name, payload

    def search(self, query: Query, *, rerank: bool) -> Record:
        from rag.records import search_record

        return search_record(*self._byline.searched(query, rerank=rerank))

    def check(self, text: str, limits: Query, progress: Progress = silent) -> Record:
        from rag.claims.as_json import draft_record
        from rag.record_store import RecordStore

        record = draft_record(self._byline.check(text, limits, progress))
        RecordStore(self._settings.data_dir, self._settings.database_url).keep("check", record)
        return record

    def recheck(self, check_id: str) -> tuple[Record, Record]:
        from rag.claims.as_json import draft_record
        from rag.claims.recheck import articles_now, claims_now
        from rag.record_store import RecordStore

        then = RecordStore(self._settings.data_dir, self._settings.database_url).get("check", check_id)
        articles = articles_now(then, self._byline.article)
        as_of = date.fromisoformat(then["as_of"]) if then["as_of"] else None
        now = draft_record(self._byline.check(then["text"], Query("", as_of=as_of)))
        return then, {
            "checked_at": now["checked_at"],
            "articles": [asdict(one) for one in articles],
            "claims": [asdict(one) for one in claims_now(then, now)],
        }

    def quotes(self, person: str, limits: Query) -> list[Record]:
        from rag.claims.as_json import statement_record

        return [statement_record(one) for one in self._byline.quotes(person, limits)]

    def timeline(self, subject: str, limits: Query) -> list[Record]:
        from rag.claims.as_json import dated_record

        return [dated_record(one) for one in self._byline.timeline(subject, limits)]


class OverHttp:
    """A Front that a service is behind. Its methods raise ServiceGone when the service goes away."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def told(
        self, question: str, limits: Query, turns: Sequence[Turn] = (), *, explain: bool = False
    ) -> Generator[Told]:
        history = [{"role": turn.role, "content": turn.text} for turn in turns]
        body = _limits(limits) | {"question": question, "history": history, "explain": explain}
        return self._service.events("POST", "/v1/ask", body)

    def search(self, query: Query, *, rerank: bool) -> Record:
        return self._found("/v1/search", {"q": query.text, "k": query.k, "rerank": rerank}, query)

    def check(self, text: str, limits: Query, progress: Progress = silent) -> Record:
        told: Record = {}
        for name, told in self._service.events("POST", "/v1/check", _limits(limits) | {"text": text}):
            if name == "progress":
                progress(told["done"], told["of"])
        return told

    def recheck(self, check_id: str) -> tuple[Record, Record]:
        if not check_id.isalnum():
            raise ServiceGone  # nothing that an address could name
        then = self._service.get(f"/v1/checks/{check_id}")
        now = self._service.post(f"/v1/checks/{check_id}/recheck")
        return then, {name: now[name] for name in ("checked_at", "articles", "claims")}

    def quotes(self, person: str, limits: Query) -> list[Record]:
        told: list[Record] = self._found("/v1/quotes", {"person": person}, limits)["quotes"]
        return told

    def timeline(self, subject: str, limits: Query) -> list[Record]:
        told: list[Record] = self._found("/v1/timeline", {"subject": subject}, limits)["timeline"]
        return told

    def _found(self, path: str, asked: Record, limits: Query) -> Record:
        within = _limits(limits)
        return self._service.get(path, **asked | within | {"source": within.pop("sources")})


def _limits(limits: Query) -> Record:
    """As the service is given them."""
    days = {name: getattr(limits, name) for name in ("published_from", "published_to", "as_of")}
    return {name: day.isoformat() if day else None for name, day in days.items()} | {"sources": list(limits.sources)}
