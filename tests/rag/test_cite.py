from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.cite import AROUND, after, before, cite
from rag.errors import StoreDamaged
from rag.types import ArticleRef, Evidence
from tests.rag.reading import article, hit

FERRY = hit("The ferry sank.", "Nobody was hurt 🙂.", of=article("ferry"), also_in=("copy",))
LIGHT = hit("The light went out.", of=article("light"))


def text_of(ref: ArticleRef) -> str:
    return {"ferry": FERRY.text, "light": LIGHT.text}[ref.id]


def test_numbers_follow_first_use_and_a_span_is_cited_once() -> None:
    second = Evidence(FERRY, 16, len(FERRY.text), 0.9)
    citations = cite([second, Evidence(LIGHT, 0, 19, 0.8), second, Evidence(FERRY, 0, 15, 0.7)], text_of)
    assert [(c.n, c.quote) for c in citations] == [
        (1, "Nobody was hurt 🙂."),
        (2, "The light went out."),
        (3, "The ferry sank."),
    ]
    assert citations[0].prefix == "The ferry sank. "
    assert citations[0].also_in == ("copy",)
    assert citations[2].suffix == " Nobody was hurt 🙂."


def test_a_quote_that_is_not_in_the_stored_text_is_never_shown() -> None:
    with pytest.raises(StoreDamaged, match="doctor"):
        cite([Evidence(FERRY, 0, 15, 0.9)], lambda _: "The ferry sang. Nobody")


def test_a_passage_that_moved_is_noticed() -> None:
    moved = replace(FERRY, passage=replace(FERRY.passage, start=2, end=len(FERRY.text) + 2))
    with pytest.raises(StoreDamaged):
        cite([Evidence(moved, 2, 17, 0.9)], text_of)


@given(st.text(alphabet=st.sampled_from("ab é\n🙂"), max_size=400), st.data())
def test_surroundings_are_stored_text_cut_at_words(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    prefix, suffix = before(text, at), after(text, at)
    assert text[:at].endswith(prefix)
    assert text[at:].startswith(suffix)
    assert max(len(prefix), len(suffix)) <= AROUND
