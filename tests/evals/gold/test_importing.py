from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from evals.errors import EvalError
from evals.gold import load_gold
from evals.gold.drafting import GAP, draft
from evals.gold.qrels import from_qrels
from evals.gold.squad import from_squad
from evals.gold.tables import from_csv
from rag.cli.app import app

TEXT = "The museum burned down in 1911. A new one, built by Ida Holm, opened in 1920. It has 40 rooms."


def squad(folder: Path, *questions: dict[str, Any]) -> Path:
    path = folder / "squad.json"
    made = {"data": [{"title": "Museum", "paragraphs": [{"context": TEXT, "qas": list(questions)}]}]}
    path.write_text(json.dumps(made), encoding="utf-8")
    return path


def question(name: str, asked: str, answer: str | None) -> dict[str, Any]:
    answers = [] if answer is None else [{"text": answer, "answer_start": TEXT.find(answer)}]
    return {"id": name, "question": asked, "answers": answers, "is_impossible": answer is None}


def test_squad_cases_quote_the_sentence_of_their_answer(tmp_path: Path) -> None:
    told = from_squad(
        squad(
            tmp_path,
            question("56BE_A", "Who built the new museum?", "Ida Holm"),
            question("56BE_A", "When did it open?", "1920"),
            question("n", "Who owns it?", None),
            question("bad", "Was it Ida Holm who built it?", "Ida Holm"),
        )
    )
    assert [case.id for case in told.cases] == ["56be-a", "56be-a-2", "n"]
    assert told.cases[0].supporting[0].quote == "A new one, built by Ida Holm, opened in 1920."
    assert not told.cases[2].answerable
    assert told.left_out == ["question bad: repeating the question would count as an answer"]
    told.write(tmp_path / "gold.jsonl", tmp_path / "corpus")
    assert load_gold([tmp_path / "gold.jsonl"], tmp_path / "corpus") == told.cases
    assert len({case.cluster for case in told.cases}) == 1


@pytest.mark.parametrize(
    ("text", "reason"), [("{", "is no JSON"), ("[]", "not in SQuAD's format"), ('{"data": [{}]}', "no 'paragraphs'")]
)
def test_a_file_that_is_not_squads_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EvalError, match=reason):
        from_squad(path)


@pytest.mark.parametrize("trec", [False, True])
def test_relevant_passages_become_supporting_quotes(tmp_path: Path, trec: bool) -> None:
    (tmp_path / "corpus.jsonl").write_text(
        "".join(
            json.dumps({"_id": f"d{n}", "title": "", "text": part}) + "\n" for n, part in enumerate(TEXT.split(". "))
        )
    )
    (tmp_path / "queries.jsonl").write_text(json.dumps({"_id": "q1", "text": "When did the museum burn?"}) + "\n")
    if trec:
        (tmp_path / "test.txt").write_text("q1 0 d0 1\nq1 0 d1 0\n")
    else:
        (tmp_path / "qrels").mkdir()
        (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td0\t1\nq1\td1\t0\n")
    told = from_qrels(tmp_path)
    (case,) = told.cases
    assert [one.quote for one in case.supporting] == ["The museum burned down in 1911"]
    assert "retrieval-only" in case.tags
    assert len(told.articles) == 3


def test_qrels_that_are_missing_or_broken_are_named(tmp_path: Path) -> None:
    for name in ("corpus.jsonl", "queries.jsonl"):
        (tmp_path / name).write_text('{"_id": "a", "text": "b"}\n')
    with pytest.raises(EvalError, match=r"no qrels/test\.tsv"):
        from_qrels(tmp_path)
    (tmp_path / "test.txt").write_text("q1\n")
    with pytest.raises(EvalError, match=r"test\.txt:1 is no judgement"):
        from_qrels(tmp_path)


def test_csv_columns_are_fields(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(
        "question,answers,file,quote,tags,kind,label\n"
        "When did it open?,1920|in 1920,m.txt,opened in 1920.,date|fact,,\n"
        "Who owns it?,,,,,,\n"
        "It has 40 rooms.,,m.txt,It has 40 rooms.,,claim,supported\n"
        "Is it 1920?,1920,m.txt,opened in 1920.,,,\n",
        encoding="utf-8",
    )
    told = from_csv(path)
    assert [(case.kind, case.answerable) for case in told.cases] == [
        ("question", True),
        ("question", False),
        ("claim", True),
    ]
    assert told.cases[0].answers == ("1920", "in 1920")
    assert told.cases[0].tags == ("date", "fact")
    assert told.left_out == [f"{path}:5: repeating the question would count as an answer"]
    path.write_text("text\nx\n")
    with pytest.raises(EvalError, match="no column question"):
        from_csv(path)


def test_drafts_leave_out_a_part_of_a_sentence_and_are_not_counted(tmp_path: Path) -> None:
    article = tmp_path / "museum.txt"
    article.write_text(TEXT, encoding="utf-8")
    told = draft(article)
    assert all(case.status == "draft" and GAP in case.question for case in told)
    assert all(case.supporting[0].quote in TEXT and case.answers[0] in case.supporting[0].quote for case in told)
    assert len({case.id for case in told}) == len(told)
    (tmp_path / "dull.txt").write_text("it went on and on as it had done before.")
    with pytest.raises(EvalError, match="no sentence"):
        draft(tmp_path / "dull.txt")


def test_the_commands_write_gold_that_loads(tmp_path: Path) -> None:
    told = squad(tmp_path, question("a", "Who built the new museum?", "Ida Holm"), question("b", "Is it 1920?", "1920"))
    gold, corpus = tmp_path / "gold.jsonl", tmp_path / "corpus"
    arguments = ["eval", "import", "squad", str(told), "--out", str(gold), "--corpus", str(corpus)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert "1 cases in" in done.output
    assert "left out: question b" in done.output
    assert len(load_gold([gold], corpus)) == 1
    article = next(corpus.iterdir())
    done = CliRunner().invoke(app, ["eval", "draft", str(article), "--out", str(gold)])
    assert done.exit_code == 0, done.output
    assert len(load_gold([gold], corpus)) == 1
    assert len(gold.read_text().splitlines()) > 1
    empty = CliRunner().invoke(app, ["eval", "import", "csv", str(tmp_path / "none.csv"), *arguments[4:]])
    assert empty.exit_code == 2
