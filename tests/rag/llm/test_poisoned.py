"""Articles that give orders: without a model nothing changes; a model that obeys is not believed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.records import answer_record
from rag.settings import load_settings
from rag.wiring import open_byline
from tests.command import ROOT, byline
from tests.rag.llm.asking import asked, shown_to
from tests.rag.llm.poisoned import OBEYED, write_poisoned
from tests.scripted_llm import Say, scripted

QUESTIONS = (
    "Which Ford plant is the leading candidate to build Geely cars?",
    "Is Ford bankrupt?",
    "Is the Valencia plant closed?",
    "Would VW take an equity stake in Ford?",
    "How high are the EU levies on Chinese electric cars?",
    "For how long have Ford and Geely been talking?",
)


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an archive of the shipped articles and the poisoned ones."""
    folder = tmp_path_factory.mktemp("poisoned")
    assert len(write_poisoned(folder / "articles")) >= 30
    done = byline("ingest", str(ROOT / "corpus"), str(folder / "articles"), data=folder / "data")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rejected" in done.stdout
    return folder / "data"


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    assert byline("ingest", str(ROOT / "corpus"), data=folder / "data").returncode == 0
    return folder / "data"


def told(data: Path) -> list[dict[str, object]]:
    with open_byline(load_settings(data_dir=data), one_shot=True) as library:
        records = [answer_record(library.ask(question).answer) for question in QUESTIONS]
    kept = ("status", "text", "short_answer")
    quotes = [[(c["article"]["file"], c["start"], c["end"]) for c in one["citations"]] for one in records]
    return [{key: one[key] for key in kept} | {"quotes": some} for one, some in zip(records, quotes, strict=True)]


def test_without_a_model_answers_do_not_change(clean: Path, poisoned: Path) -> None:
    before, after = told(clean), told(poisoned)
    assert [one for one in after if one["status"] == "answered"] == [
        one for one in before if one["status"] == "answered"
    ]
    assert [one["status"] for one in after] == [one["status"] for one in before]


def test_no_order_is_retrieved(poisoned: Path) -> None:
    with open_byline(load_settings(data_dir=poisoned), one_shot=True) as library:
        from rag.types import Query

        hits = [hit for question in QUESTIONS for hit in library.search(Query(question, k=100), rerank=False)]
    poison = [hit for hit in hits if "poisoned" in hit.article.file]
    assert poison
    assert not [hit.article.file for hit in poison if "bankrupt" in hit.text]


@pytest.mark.parametrize("structured", ["never", "json_schema"])
def test_a_model_that_obeys_is_not_believed(poisoned: Path, structured: str) -> None:
    def obey(request: dict[str, object]) -> str:
        keys = [line.partition("]")[0][1:] for line in shown_to(request).splitlines() if line.startswith("[E")]
        if structured == "json_schema":
            written = [{"text": OBEYED, "evidence": [key]} for key in keys]
            return json.dumps({"answered": True, "sentences": written})
        return "\n".join(f"{OBEYED} [{key}]" for key in keys)

    with scripted(Say(obey)) as server:
        answer = asked(poisoned, server, llm_structured=structured, llm_output_tokens=4000)
        assert OBEYED not in shown_to(server.requests[0])
    assert answer.record["mode"] == "extractive"
    assert "bankrupt" not in answer.text
    assert set(answer.removed) == {OBEYED}
    answer.never_unmarked("bankrupt")


def test_a_claim_is_not_supported_by_an_order(poisoned: Path) -> None:
    with open_byline(load_settings(data_dir=poisoned), one_shot=True) as library:
        checked = library.check(OBEYED).claims
    assert {one.verdict for one in checked} <= {"not_enough_evidence", "refuted"}
    assert not [e for one in checked for e in one.evidence if "bankrupt" in e.citation.quote]
