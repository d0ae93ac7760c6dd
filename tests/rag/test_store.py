"""The store with a real ledger, keyword index and Chroma."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest

from rag.archive import Archive
from rag.doctor import examine, repair
from rag.errors import NotFound, StoreEmpty
from rag.keywords import Limits, terms
from rag.ledger_write import writing
from rag.settings import Settings
from rag.store import Store, open_store
from rag.types import Article
from tests.command import run_child
from tests.rag.fakes import WordEmbedder, admission, article

HARBOUR = "The harbour of Fairlight reopened on Monday.\n\nDivers had searched it for eleven days."
BAKERY = "A bakery in Northmoor sells bread made of acorns.\n\nIts owner learned the recipe from her aunt."


def put(store: Store, articles: Iterable[Article]) -> list[Article]:
    with writing(store.ledger) as w:
        w.set_meta("model", str(w.use_model(WordEmbedder.identity, WordEmbedder.dimensions)))
        stored = [w.admit(admission(a)) for a in articles]
    store.level()
    return stored


def found(archive: Archive, words: str, limits: Limits | None = None) -> list[str]:
    """Texts found by keyword, best first."""
    with archive.view() as view:
        hits = view.keywords.search(terms(words), 10, limits=limits)
        texts = view.ledger.passages([i for i, _ in hits])
        return [texts[i].text for i, _ in hits]


def nearest(archive: Archive, words: str) -> str:
    with archive.view() as view:
        hits = view.dense.search(WordEmbedder().embed([words])[0], 1)
        return view.ledger.passages([hits[0][0]])[hits[0][0]].text


def test_an_empty_archive_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(StoreEmpty, match="byline ingest"), Archive(settings).view():
        pass


@pytest.mark.parametrize("leveled", [True, False])
def test_what_is_acknowledged_is_found_by_both_searches(settings: Settings, leveled: bool) -> None:
    with open_store(settings, "test") as store:
        put(store, [article(HARBOUR), article(BAKERY)])
        if leveled:
            assert store.level_chroma()
    archive = Archive(settings)
    assert found(archive, "acorn bread") == ["A bakery in Northmoor sells bread made of acorns."]
    assert nearest(archive, "divers searched eleven days") == "Divers had searched it for eleven days."
    assert archive.chroma_in_use == leveled
    archive.close()


def test_a_changed_article_is_a_new_version_and_the_old_one_stays_readable(settings: Settings) -> None:
    url = "https://news.example/harbour"
    with open_store(settings, "test") as store:
        (first,) = put(store, [article(HARBOUR, url=url)])
        store.level_chroma()
        (second,) = put(store, [article(HARBOUR.replace("Monday", "Tuesday"), url=url)])
        store.level_chroma()
    assert (second.id, first.version, second.version) == (first.id, 1, 2)
    archive = Archive(settings)
    assert found(archive, "harbour reopened") == ["The harbour of Fairlight reopened on Tuesday."]
    assert "Tuesday" in nearest(archive, "harbour reopened")
    with archive.view() as view:
        assert view.ledger.text(first.id, 1) == HARBOUR
    archive.close()


def test_a_second_writer_is_refused_at_once_and_told_who_writes(settings: Settings) -> None:
    code = """
from rag.errors import StoreBusy
from rag.settings import load_settings
from rag.store import open_store
try:
    with open_store(load_settings(), "second"):
        pass
except StoreBusy as error:
    print(error)
"""
    with open_store(settings, "first"):
        told = run_child(settings, "-c", code)
    assert "first, process" in told
    assert run_child(settings, "-c", code) == ""


def test_removing_an_article_leaves_no_byte_of_it(settings: Settings) -> None:
    secret = "Quizzaciously the marmalade oracle whispered fiddlestick coordinates."
    with open_store(settings, "test") as store:
        kept, gone = put(store, [article(BAKERY), article(secret, title="Marmalade oracle speaks")])
        put(store, [article(secret + " Again.", url=gone.url)])
        store.level_chroma()
        assert store.remove(gone.id) == 2
        with pytest.raises(NotFound, match=gone.id):
            store.remove(gone.id)
    for file in settings.data_dir.rglob("*"):
        if file.is_file():
            content = file.read_bytes().lower()
            for word in (b"quizzaci", b"marmalad", b"fiddlestick", "marmalade".encode("utf-16-le")):
                assert word not in content, file
    archive = Archive(settings)
    assert found(archive, "marmalade oracle") == []
    assert found(archive, "acorns")
    archive.close()
    assert kept.version == 1


def test_filters_and_the_rule_for_undated_articles(settings: Settings) -> None:
    old, new = date(2021, 5, 1), date(2022, 5, 1)
    with open_store(settings, "test") as store:
        put(
            store,
            [
                article("Bridge closed in spring one.", day=old),
                article("Bridge closed in spring two.", day=new, source="other.example"),
                article("Bridge closed some day."),
            ],
        )
    archive = Archive(settings)
    cut = date(2021, 12, 31).toordinal()

    def both(limits: Limits) -> list[str]:
        with archive.view() as view:
            ids = view.passing(limits)
            by_ledger = sorted(p.text for p in view.ledger.passages(ids.tolist()).values())
        assert by_ledger == sorted(found(archive, "bridge closed", limits))
        return by_ledger

    assert both(Limits(as_of=cut)) == ["Bridge closed in spring one.", "Bridge closed some day."]
    assert both(Limits(day_from=cut)) == ["Bridge closed in spring two."]
    assert both(Limits(day_to=cut)) == ["Bridge closed in spring one."]
    assert both(Limits(sources=("other.example",))) == ["Bridge closed in spring two."]
    archive.close()


def test_copies_of_one_story_share_a_cluster(settings: Settings) -> None:
    story = " ".join(f"Sentence {n} tells what the committee of {n * 7} heard about ferries." for n in range(20))
    with open_store(settings, "test") as store:
        one, other, lone = put(
            store, [article(story), article(story + " Reporting by Ann.", url="https://b.example/x"), article(BAKERY)]
        )
        with store.ledger.snapshot() as snapshot:
            assert snapshot.cluster_of(one.id) == snapshot.cluster_of(other.id) is not None
            assert snapshot.cluster_of(lone.id) is None


@pytest.mark.parametrize(
    ("settings", "damage"),
    [
        *(("sqlite", damage) for damage in ("none", "truncated", "lost keywords", "lost vectors")),
        ("postgres", "lost keywords"),
    ],
    indirect=["settings"],
)
def test_the_doctor_finds_and_repairs(settings: Settings, damage: str) -> None:
    with open_store(settings, "test") as store:
        put(store, [article(f"Story number {n} about topic {n * n}.", url=f"https://n.example/{n}") for n in range(40)])
        store.level_chroma()
        chroma = store.here.chroma
    if damage == "truncated":
        for file in chroma.rglob("*.bin"):
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 3])
        (chroma / "chroma.sqlite3").write_bytes(b"SQLite format 3\0 and then nothing of use")
    with open_store(settings, "test") as store:
        if damage == "lost keywords":
            store._keywords.write(drop=[(3, 9)])
        if damage == "lost vectors":
            store.level_chroma()
            store._chroma.drop([3, 4, 5])  # type: ignore[union-attr]
        findings = examine(store)
        assert all(f.ok for f in findings) == (damage == "none"), findings
        repair(store, findings)
        assert all(f.ok for f in examine(store))
    archive = Archive(settings)
    assert found(archive, "Story number 4")
    archive.close()


def test_an_index_left_behind_by_a_killed_writer_is_brought_level_by_a_reader(settings: Settings) -> None:
    with open_store(settings, "test") as store:
        put(store, [article(HARBOUR)])
        with writing(store.ledger) as w:
            w.admit(admission(article(BAKERY)))  # and the process dies here
    archive = Archive(settings)
    assert found(archive, "acorns")
    archive.close()


def test_a_reader_sees_what_a_living_writer_has_not_indexed_yet(settings: Settings) -> None:
    with open_store(settings, "test") as store:
        put(store, [article(HARBOUR)])
        with writing(store.ledger) as w:
            w.admit(admission(article(BAKERY)))
        archive = Archive(settings)
        assert found(archive, "acorns") == ["A bakery in Northmoor sells bread made of acorns."]
        store.level()
        assert found(archive, "acorns") == ["A bakery in Northmoor sells bread made of acorns."]
        archive.close()


def test_vectors_that_chroma_still_has_of_dropped_passages_are_not_found(settings: Settings) -> None:
    url = "https://news.example/harbour"
    with open_store(settings, "test") as store:
        put(store, [article(HARBOUR, url=url)])
        store.level_chroma()
    archive = Archive(settings)
    assert "Monday" in nearest(archive, "harbour reopened on")
    assert archive.chroma_in_use
    archive.warm_up()
    with open_store(settings, "test") as store:
        put(store, [article(HARBOUR.replace("Monday", "Tuesday"), url=url)])
        assert not store.level_chroma()
    assert "Tuesday" in nearest(archive, "harbour reopened on Monday")
    archive.close()


def outlined(archive: Archive) -> dict[int, str | None]:
    with archive.view() as view:
        ids = view.ledger.passage_ids().tolist()
        return {one.id: one.title for one in view.outlines([*ids, max(ids) + 1])}


def test_what_is_held_in_memory_follows_the_ledger(settings: Settings) -> None:
    archive = Archive(settings)
    with open_store(settings, "test") as store:
        put(store, [article(HARBOUR, title="Harbour")])
        assert list(outlined(archive).values()) == ["Harbour", "Harbour"]
        (bakery,) = put(store, [article(BAKERY, title="Bakery")])
        assert list(outlined(archive).values()) == ["Harbour", "Harbour", "Bakery", "Bakery"]
        store.remove(bakery.id)
    assert list(outlined(archive).values()) == ["Harbour", "Harbour"]
    archive.close()


def test_a_filter_follows_the_ledger(settings: Settings) -> None:
    days = [date(2021, 5, 1), date(2022, 5, 1)]
    archive = Archive(settings)

    def passing(limits: Limits) -> list[str]:
        with archive.view() as view:
            stored = view.ledger.passages(view.passing(limits).tolist())
        return sorted({one.article.title or "" for one in stored.values()})

    with open_store(settings, "test") as store:
        (harbour,) = put(store, [article(HARBOUR, title="Harbour", day=days[0])])
        assert passing(Limits(day_from=days[0].toordinal())) == ["Harbour"]
        put(store, [article(BAKERY, title="Bakery", day=days[1], source="other.example")])
        assert passing(Limits(day_from=days[0].toordinal())) == ["Bakery", "Harbour"]
        assert passing(Limits(sources=("other.example",))) == ["Bakery"]
        assert passing(Limits(sources=("nobody.example",))) == []
        store.remove(harbour.id)
        assert passing(Limits(day_from=days[0].toordinal())) == passing(Limits()) == ["Bakery"]
    archive.close()


def test_more_outlines_than_may_be_held_are_given_all_the_same(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.memory.MOST_OUTLINES", 1)
    with open_store(settings, "test") as store:
        put(store, [article(HARBOUR), article(BAKERY)])
    archive = Archive(settings)
    archive.warm_up()
    assert len(outlined(archive)) == len(outlined(archive)) == 4
    archive.close()
