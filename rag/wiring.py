"""Settings to working parts: the one place that picks implementations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rag.archive import Archive
from rag.embed import load_embedder
from rag.keywords import Limits, terms
from rag.ledger import Ledger
from rag.ledger_rows import model_mismatch
from rag.parts import Longest, Parts, Reader, Rerank
from rag.pipeline import Byline
from rag.ports import Embedder, PairReaders
from rag.reader_model import load_pair_readers
from rag.rerank import AMPLE, Reranker
from rag.retrieve import Retriever
from rag.settings import BUNDLED_READER, Settings
from rag.snapshot import Snapshot
from rag.types import Hit
from rag.verify import Verifier

if TYPE_CHECKING:
    from rag.fetch.fetcher import Fetcher
    from rag.follower import Follower
    from rag.llm.assistant import Assistant

ONE_SHOT_CHROMA_FROM = 50_000  # passages: below, comparing exactly costs less than the second it takes to import Chroma


def open_byline(settings: Settings, *, one_shot: bool = False, serving: bool = False) -> Byline:
    """Byline over the archive of `settings`. `one_shot` starts faster and is meant for a single question; `serving`
    follows the ledger, and does not wait until this machine's indexes are made where that is on a server.

    Raises StoreDamaged and ModelMismatch; an empty archive is told when it is asked.
    """
    embedder = embedder_of(settings)
    archive = Archive(settings, chroma_from=ONE_SHOT_CHROMA_FROM if one_shot else 0)
    _check_model(archive.ledger, embedder)
    replica = settings.database_url is not None
    follower = _follower_of(archive, settings, replica=replica) if serving else None
    if not one_shot and not (serving and replica):
        archive.warm_up()
        if not (serving and settings.chroma_url):  # which may take long, and is the follower's then
            archive.level_chroma()

    def reader() -> Reader:
        from rag.read import Reader as ExtractiveReader

        return ExtractiveReader(embedder, settings.abstain_below, depth=depth_of(settings))

    readers = pair_readers_of(settings)
    models = {"embedding": embedder.identity} | ({"reader": readers.identity} if readers else {})
    verifier = Verifier(readers.best if readers else None)
    parts = Parts(
        Retriever(embedder, terms, Limits),
        reranker_of(settings, readers),
        reranker_of(settings, readers, AMPLE),
        reader,
        verifier,
        models,
        lambda: assistant_of(settings, verifier),
    )
    longest = Longest(settings.max_question_chars, settings.max_draft_chars)
    byline = Byline(archive, parts, longest, one_shot=one_shot, follower=follower)
    if not one_shot:
        byline.warm_up()
    if follower is not None:
        follower.start()
    return byline


def _follower_of(archive: Archive, settings: Settings, *, replica: bool) -> Follower:
    from rag.change_feed import ChangeFeed
    from rag.follower import Follower

    return Follower(archive, ChangeFeed(settings), replica=replica)


def assistant_of(settings: Settings, verifier: Verifier) -> Assistant | None:
    """The language model; None where the settings name none. Raises MissingExtra and SettingsError."""
    if not settings.llm:
        return None
    from rag.llm.assistant import Assistant
    from rag.llm.model import LanguageModel
    from rag.llm.opening import Connection
    from rag.llm.spending import Caps, Tally
    from rag.llm.writer import Writer

    model = LanguageModel(
        Connection(
            settings.llm,
            settings.llm_base_url,
            settings.llm_api_key.get_secret_value() if settings.llm_api_key else None,
            settings.llm_timeout_s,
            settings.llm_retries,
            settings.llm_window,
            settings.llm_output_tokens,
            settings.llm_structured,
        )
    )
    caps = Caps(
        settings.llm_request_tokens,
        settings.llm_daily_tokens,
        settings.llm_daily_cost,
        settings.llm_price_input,
        settings.llm_price_output,
    )
    writer = Writer(model, settings.llm_policy, settings.llm_evidence_tokens)
    tally = Tally(settings.data_dir, settings.database_url)
    return Assistant(model, writer, verifier, caps, tally, settings.llm_timeout_s)


def depth_of(settings: Settings) -> str:
    """Which readers are used: a model that is named reads by itself, as the fast one does."""
    return settings.reader if settings.reader_model == BUNDLED_READER else "fast"


def pair_readers_of(settings: Settings) -> PairReaders | None:
    """The models that read hits and check sentences; None where reading is switched off. Raises ModelError when one
    can't be had.
    """
    if not settings.read_passages:
        return None
    return load_pair_readers(settings.reader_model, depth_of(settings), settings.threads)


def reranker_of(settings: Settings, readers: PairReaders | None, ample: float | None = None) -> Rerank:
    """What reads hits and orders them anew; without readers they stay as found. `ample` is as `Reranker` has it."""
    return Reranker(readers, settings.read_passages, ample) if readers else _as_found


def _as_found(question: str, hits: Sequence[Hit]) -> list[Hit]:  # noqa: ARG001 - as Rerank has it
    return list(hits)


def embedder_of(settings: Settings) -> Embedder:
    """Raises ModelError when it can't be had."""
    return load_embedder(settings.embedding_model, settings.models_dir, settings.threads)


def fetcher_of(settings: Settings) -> Fetcher:
    """Raises SettingsError."""
    from rag.fetch.addresses import Allowed
    from rag.fetch.fetcher import Fetcher, FetchLimits

    limits = FetchLimits(settings.fetch_max_mb * 1_000_000, settings.fetch_timeout_s)
    return Fetcher(limits, Allowed.parse(settings.fetch_allow))


def _check_model(ledger: Ledger, embedder: Embedder) -> None:
    with ledger.snapshot() as snapshot:
        model = snapshot.model()
    if model is not None and model[1] != embedder.identity:
        raise model_mismatch(model[1], embedder.identity)


@contextmanager
def open_ledger(settings: Settings) -> Iterator[Snapshot]:
    """The ledger alone, to read."""
    ledger = Ledger(settings)
    try:
        with ledger.snapshot() as snapshot:
            yield snapshot
    finally:
        ledger.close()
