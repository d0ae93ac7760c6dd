from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rag.chunk import chunk
from rag.types import Article, Mark, Passage

SENTENCES = [
    "The harbour authority said on Monday that the new crane would arrive in May, later than planned.",
    "It cost four million.",
    "“We waited,” said Ann Field, who leads the authority.",
    "The ship that carries the crane was held up by storms, and its crew asked for shelter in a small port.",
]
WILD = st.lists(
    st.sampled_from(
        [*'abcXYZ .!?"“”\n\r\t', "\r\n", "\n\n", "é", "e\u0301", "👩‍🚀", "👍🏽", "。", "A sentence of words. "]
    ),
    max_size=600,
).map("".join)


def article(text: str, *marks: Mark) -> Article:
    return Article("a1", "file:/x", text, "x.txt", marks=marks)


def prose(length: int, joint: str = " ") -> str:
    text = ""
    while len(text) < length:
        text += SENTENCES[len(text) % 4] + joint
    return text


def check(one: Article, passages: list[Passage]) -> None:
    end = 0
    for n, passage in enumerate(passages):
        text = one.text[passage.start : passage.end]
        assert (passage.ordinal, passage.id, passage.article_id) == (n, 0, one.id)
        assert text == text.strip() != ""
        assert passage.start >= end
        assert (passage.start, passage.end) == (passage.sentences[0].start, passage.sentences[-1].end)
        assert not any(passage.start < mark.end and mark.start < passage.end for mark in one.marks)
        end = passage.end


def test_passages_are_about_the_target_long() -> None:
    one = article(prose(20_000, "\n\n"))
    passages = chunk(one)
    check(one, passages)
    lengths = [passage.end - passage.start for passage in passages]
    assert all(600 <= length <= 1_000 for length in lengths)
    assert sum(700 <= length <= 900 for length in lengths) >= 0.8 * len(lengths)


def test_there_is_no_tiny_rest() -> None:
    one = article(prose(1_300))
    assert min(passage.end - passage.start for passage in chunk(one)) > 500


def test_no_passage_crosses_a_mark_or_holds_marked_text() -> None:
    head, heading, tail = prose(500), "What comes next", prose(500)
    text = f"{head}\n\n{heading}\n\n{tail}"
    start = text.index(heading)
    one = article(text, Mark(start, start + len(heading), "heading"))
    passages = chunk(one)
    check(one, passages)
    assert len(passages) == 2
    assert not any(heading in text[passage.start : passage.end] for passage in passages)


def test_a_long_sentence_stands_alone() -> None:
    long = "The list names " + ", ".join(f"town{n}" for n in range(180)) + "."
    one = article(f"{SENTENCES[0]} {long} {SENTENCES[3]}")
    assert [len(passage.sentences) for passage in chunk(one)] == [1, 1, 1]


def test_a_text_of_marks_and_rules_has_no_passage() -> None:
    assert chunk(article("___\n\n* * *", Mark(0, 3, "navigation"))) == []
    assert chunk(article(" \n ")) == []


@settings(deadline=None)
@given(WILD, st.lists(st.tuples(st.integers(0, 600), st.integers(1, 60)), max_size=4), st.sampled_from([200, 800]))
def test_passages_of_any_text_are_whole_trimmed_and_unmarked(
    text: str, places: list[tuple[int, int]], target: int
) -> None:
    marks = [Mark(a, a + n, "advert") for a, n in places if a + n <= len(text)]
    marks = [
        mark for n, mark in enumerate(marks) if not any(mark.start < m.end and m.start < mark.end for m in marks[:n])
    ]
    one = article(text, *sorted(marks, key=lambda mark: mark.start))
    passages = chunk(one, target)
    check(one, passages)
    covered = [False] * len(text)
    for start, end in [(p.start, p.end) for p in passages] + [(m.start, m.end) for m in marks]:
        covered[start:end] = [True] * (end - start)
    assert not any(char.isalnum() and not seen for char, seen in zip(text, covered, strict=True))
