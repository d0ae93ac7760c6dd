import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.gold import fold, load_gold, mentions
from rag.errors import InputError

ROOT = Path(__file__).parents[2]
ARTICLE = "The harbour bridge reopened on Monday. It had been shut for 16.5 months, the mayor’s office said."


def line(**changes: Any) -> str:
    case: dict[str, Any] = {
        "id": "bridge-day",
        "kind": "question",
        "question": "When could people cross the bridge again?",
        "as_of": None,
        "answers": ["Monday"],
        "supporting": [{"file": "bridge.txt", "quote": "The harbour bridge reopened on Monday."}],
        "answerable": True,
        "must_contain": [],
        "must_not_contain": [],
        "tags": ["date"],
        "cluster": "bridge",
        "weight": 1,
    }
    return json.dumps(case | changes, ensure_ascii=False)


NONE = {"answers": [], "supporting": [], "answerable": False}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "bridge.txt").write_text(ARTICLE, encoding="utf-8")
    return folder


def refusal(corpus: Path, *lines: str) -> str:
    path = corpus.parent / "gold.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_gold(path, corpus)
    return str(caught.value)


def test_a_good_file_gives_its_cases_in_order(corpus: Path) -> None:
    path = corpus.parent / "gold.jsonl"
    path.write_text(f"{line()}\n\n{line(id='toll', question='What is the toll?', **NONE)}\r\n", encoding="utf-8")

    first, second = load_gold(path, corpus)

    assert (first.id, second.id) == ("bridge-day", "toll")
    assert first.supporting[0].quote in ARTICLE
    assert not second.answerable


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"note": "x"}, "note: Extra inputs are not permitted"),
        ({"answers": []}, "no answers"),
        ({"supporting": []}, "no supporting quotes"),
        ({**NONE, "answers": ["Monday"]}, "not answerable, but it has answers"),
        ({**NONE, "must_contain": ["Monday"]}, "not answerable, but it has answers"),
        ({"question": "Was it Monday?"}, "repeating the question"),
        ({"supporting": [{"file": "bridge.txt", "quote": "on Tuesday"}]}, "quote not found in bridge.txt"),
        ({"supporting": [{"file": "ferry.txt", "quote": "on Monday"}]}, "no corpus file ferry.txt"),
        ({"supporting": [{"file": "../gold.jsonl", "quote": "on Monday"}]}, "supporting.0.file"),
        ({"answers": [" "]}, "answers.0"),
        ({"tags": []}, "tags"),
        ({"weight": 0}, "weight"),
        ({"answerable": "yes"}, "answerable"),
        ({"kind": "claim"}, "kind"),
    ],
)
def test_a_case_that_cannot_score_is_refused(corpus: Path, changes: dict[str, Any], reason: str) -> None:
    assert reason in refusal(corpus, line(**changes))


def test_every_fault_is_reported_with_its_line(corpus: Path) -> None:
    message = refusal(
        corpus,
        line(),
        "{broken",
        line(id="same-question", question="When could people  cross the BRIDGE again?"),
        line(question="Another question?"),
        line(id="no-answer", question="And this?", answers=[]),
    )

    assert [part.split(":")[0] for part in message.splitlines() if part.startswith("line ")] == [
        "line 2",
        "line 3",
        "line 4",
        "line 5",
    ]
    assert "question already used on line 1" in message
    assert "id already used on line 1" in message


def test_an_empty_and_a_missing_file_are_refused(corpus: Path) -> None:
    assert "no cases" in refusal(corpus, "")
    with pytest.raises(InputError, match=r"nowhere\.jsonl can't be read"):
        load_gold(corpus / "nowhere.jsonl", corpus)


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("shut for 16.5 months", "6.5", False),
        ("shut for 6.51 months", "6.5", False),
        ("shut for 6.5.", "6.5", True),
        ("it rose 39% in May", "39%", True),
        ("The Mayor’s\u00a0 office", "mayor's office", True),
        ("nobody knew", "no", False),
        ("Zeekr and Lynk & Co, it said", "lynk & co", True),
    ],
)
def test_phrases_are_found_as_whole_words_and_numbers(text: str, phrase: str, found: bool) -> None:
    assert mentions(text, phrase) is found


@given(st.text())
def test_folding_twice_changes_nothing_for_comparing(text: str) -> None:
    assert fold(text + " ‘a’") == fold(text + " 'a'")


def test_the_shipped_questions_are_sound() -> None:
    cases = load_gold(ROOT / "evals" / "gold" / "seeds.jsonl", ROOT / "corpus")
    tags = Counter(tag for case in cases for tag in case.tags)

    assert sum(case.answerable for case in cases) >= 60
    assert sum(not case.answerable for case in cases) >= 30
    assert {file for case in cases for file in (s.file for s in case.supporting)} == {
        path.name for path in (ROOT / "corpus").iterdir()
    }
    assert all(tags[tag] >= 2 for tag in ("across", "change", "false-premise", "near-miss", "absurd", "injection"))


def test_each_shipped_answer_can_be_given_in_the_words_of_its_quotes() -> None:
    for case in load_gold(ROOT / "evals" / "gold" / "seeds.jsonl", ROOT / "corpus"):
        assert not case.answerable or case.accepts(" ".join(s.quote for s in case.supporting)), case.id
