import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from evals.gold import SEEDS, case_digest, json_schema, load_gold
from evals.gold.load import CORPUS
from rag.errors import InputError

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
LABELS = {"supported": 20, "refuted": 25, "disputed": 8, "not_enough_evidence": 15}
TAGS = (
    *(
        "across",
        "change",
        "false-premise",
        "near-miss",
        "absurd",
        "injection",
        "paraphrase",
        "speaker",
        "number",
        "date",
    ),
    *("by-number", "by-name", "by-negation", "by-modality", "by-attribution", "follow-up", "as-of"),
)
CLAIM = {"kind": "claim", "label": "supported", "answers": []}


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
        load_gold([path], corpus)
    return str(caught.value)


def test_a_good_file_gives_its_cases_in_order(corpus: Path) -> None:
    path = corpus.parent / "gold.jsonl"
    path.write_text(f"{line()}\n\n{line(id='toll', question='What is the toll?', **NONE)}\r\n", encoding="utf-8")

    first, second = load_gold([path], corpus)

    assert (first.id, second.id) == ("bridge-day", "toll")
    assert first.supporting[0].quote in ARTICLE
    assert not second.answerable


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"note": "x"}, "note: there is no such field"),
        ({"answer": ["Monday"]}, "answer: there is no such field; did you mean answers?"),
        ({"schema_version": 2}, "schema_version: Input should be 1"),
        ({"label": "supported"}, "only a claim has a label"),
        ({"kind": "conversation"}, "a conversation, and nothing else, has a history"),
        ({"history": ["And the ferry?"]}, "a conversation, and nothing else, has a history"),
        ({"must_contain": ["toll-free"], "must_not_contain": ["toll"]}, "what it must contain breaks"),
        ({"must_not_contain": ["mon"]}, "every accepted answer breaks"),
        ({"kind": "claim"}, "a claim needs a label"),
        ({"kind": "claim", "label": "refuted"}, "a claim has a label, not answers"),
        ({"kind": "claim", "label": "supported", **NONE}, "a claim is answerable unless"),
        ({**CLAIM, "supporting": []}, "a claim that can be judged needs the quotes"),
        ({**CLAIM, "label": "not_enough_evidence", "answerable": False}, "not enough evidence, but it has"),
        ({**CLAIM, "label": "plausible"}, "label"),
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
        ({"kind": "quiz"}, "kind"),
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

    assert re.findall(r"gold\.jsonl:(\d+): ", message) == ["2", "3", "4", "5"]
    assert re.search(r"question already used at \S+gold.jsonl:1\n", message)
    assert re.search(r"id bridge-day already used at \S+gold.jsonl:1\n", message)


def test_an_empty_and_a_missing_file_are_refused(corpus: Path) -> None:
    assert "no accepted cases" in refusal(corpus, "")
    with pytest.raises(InputError, match=r"nowhere\.jsonl can't be read"):
        load_gold([corpus / "nowhere.jsonl"], corpus)


def test_ids_are_unique_across_files_and_every_file_is_checked(corpus: Path) -> None:
    one, two = corpus.parent / "one.jsonl", corpus.parent / "two.jsonl"
    one.write_text(line() + "\n" + line(id="broken", answers=[]), encoding="utf-8")
    two.write_text(line(question="When was it open again?"), encoding="utf-8")

    with pytest.raises(InputError) as caught:
        load_gold([one, two], corpus)

    assert f"{one}:2: answerable, but it has no answers" in str(caught.value)
    assert f"{two}:1: id bridge-day already used at {one}:1" in str(caught.value)


def test_a_draft_is_checked_but_not_counted(corpus: Path) -> None:
    path = corpus.parent / "gold.jsonl"
    path.write_text(line() + "\n" + line(id="d", question="Draft?", status="draft"), encoding="utf-8")
    assert [case.id for case in load_gold([path], corpus)] == ["bridge-day"]


def test_one_question_may_be_asked_as_of_two_days_and_after_two_histories(corpus: Path) -> None:
    path = corpus.parent / "gold.jsonl"
    talk = {"kind": "conversation", "question": "And when?"}
    lines = [
        line(as_of="2024-01-01"),
        line(id="later", as_of="2025-01-01"),
        line(id="talk", history=["Is the bridge open?"], **talk),
        line(id="other-talk", history=["Was it shut long?"], **talk),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert len(load_gold([path], corpus)) == 4


def test_a_quote_is_found_in_the_text_of_an_article_of_a_jsonl_file(corpus: Path) -> None:
    (corpus / "many.jsonl").write_text(json.dumps({"id": "x", "text": 'He said "yes"\non Monday.'}), encoding="utf-8")
    path = corpus.parent / "gold.jsonl"
    quote = {"file": "many.jsonl", "quote": 'said "yes"\non Monday'}
    path.write_text(line(supporting=[quote]), encoding="utf-8")
    assert load_gold([path], corpus)[0].supporting[0].quote == quote["quote"]


def test_the_published_schema_is_the_models() -> None:
    published = json.loads((SEEDS.parent / "case.schema.json").read_text(encoding="utf-8"))
    assert published == json_schema()


def test_the_digest_tells_any_change(corpus: Path) -> None:
    path = corpus.parent / "gold.jsonl"
    path.write_text(line() + "\n" + line(id="b", question="Again?"), encoding="utf-8")
    first, second = load_gold([path], corpus)
    assert case_digest(first) == case_digest(first.model_copy())
    assert case_digest(first) != case_digest(second)
    assert case_digest(first) != case_digest(first.model_copy(update={"weight": 2.0}))


def test_the_shipped_cases_are_sound_and_of_every_kind() -> None:
    cases = load_gold([SEEDS], CORPUS)
    asked = [case for case in cases if case.kind != "claim"]
    tags = Counter(tag for case in cases for tag in case.tags)
    labels = Counter(case.label for case in cases if case.kind == "claim")

    assert len(asked) >= 150
    assert sum(case.kind == "conversation" for case in asked) >= 25
    assert sum(not case.answerable for case in asked) >= 45
    assert labels.total() >= 70
    assert all(labels[label] >= least for label, least in LABELS.items())
    assert {one.file for case in cases for one in case.supporting} == {path.name for path in CORPUS.iterdir()}
    assert all(tags[tag] >= 2 for tag in TAGS)


def test_each_shipped_answer_can_be_given_in_the_words_of_its_quotes() -> None:
    for case in load_gold([SEEDS], CORPUS):
        said = " ".join(s.quote for s in case.supporting)
        assert case.kind == "claim" or not case.answerable or case.accepts(said), case.id
