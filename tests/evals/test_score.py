import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from evals.gold import Case, load_gold
from evals.measure import Estimate, Scored, summarise
from evals.score import Reply, failure_table, main, run_record, score_all, summary_table, tag_table
from rag.errors import NotFound, QuestionRejected
from rag.pipeline import Asked
from rag.settings import load_settings
from rag.types import Answer, AnswerSentence, ArticleRef, Citation, Query, Status

ROOT = Path(__file__).parents[2]
GOLD = ROOT / "evals" / "gold" / "seeds.jsonl"


def answer(case: Case, status: Status, text: str, short: str | None, citations: tuple[Citation, ...] = ()) -> Answer:
    said = (AnswerSentence(text, tuple(c.n for c in citations), "unchecked", ()),) if text else ()
    return Answer(
        id="1",
        question=case.question,
        status=status,
        text=text,
        short_answer=short,
        mode="extractive",
        as_of=None,
        sentences=said,
        citations=citations,
        nearest=(),
        confidence=0.5,
        missing=None,
        conflict=False,
        timings_ms={},
        models={"reader": "fake"},
    )


def cite(file: str, quote: str, n: int) -> Citation:
    start = (ROOT / "corpus" / file).read_text(encoding="utf-8").index(quote)
    article = ArticleRef(id=file, version=1, title=None, source=None, url=None, published=None, file=file)
    return Citation(n, article, start, start + len(quote), quote, "", "")


def oracle(case: Case) -> Answer:
    if not case.answerable:
        return abstainer(case)
    citations = tuple(cite(gold.file, gold.quote, n) for n, gold in enumerate(case.supporting, start=1))
    return answer(case, "answered", " ".join(f"{c.quote} [{c.n}]" for c in citations), case.answers[0], citations)


def abstainer(case: Case) -> Answer:
    return answer(case, "no_evidence", "", None)


def empty(case: Case) -> Answer:
    return answer(case, "answered", "", None)


def copycat(case: Case) -> Answer:
    return answer(case, "answered", case.question, case.question)


def first_sentence(case: Case) -> Answer:
    """The same citation whatever is asked."""
    gold = load_gold([GOLD], ROOT / "corpus")[0].supporting[0]
    return answer(case, "answered", gold.quote, "Ford", (cite(gold.file, gold.quote, 1),))


def refuser(case: Case) -> Answer:
    raise QuestionRejected(f"{case.id} is refused.", remedy="Ask another.")


class FakeByline:
    """Answers each gold question by a rule; its archive is the corpus folder."""

    def __init__(self, cases: list[Case], rule: Callable[[Case], Answer]) -> None:
        self._cases = {case.question: case for case in cases}
        self._rule = rule
        self.asked: list[tuple[str, date | None]] = []

    def ask(self, question: str, limits: Query | None = None) -> Asked:
        self.asked.append((question, limits.as_of if limits else None))
        return Asked(self._rule(self._cases[question]), ())

    def article_text(self, article_id: str, version: int) -> str:
        path = ROOT / "corpus" / article_id
        if version != 1 or not path.is_file():
            raise NotFound(f"No article {article_id}.", remedy="List them.")
        return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return load_gold([GOLD], ROOT / "corpus")


def scores(cases: list[Case], rule: Callable[[Case], Answer]) -> tuple[list[Reply], list[Scored]]:
    return score_all(FakeByline(cases, rule), cases, Console(file=StringIO()))


def metrics(cases: list[Case], rule: Callable[[Case], Answer]) -> dict[str, Estimate]:
    return summarise(scores(cases, rule)[1])


def test_an_oracle_scores_in_full(cases: list[Case]) -> None:
    assert {name: one.value for name, one in metrics(cases, oracle).items()} == dict.fromkeys(metrics(cases, oracle), 1)


def test_every_case_is_asked_once_in_order_as_of_its_date(cases: list[Case]) -> None:
    dated = [cases[0].model_copy(update={"as_of": date(2019, 1, 1)}), *cases[1:]]
    byline = FakeByline(dated, abstainer)

    score_all(byline, dated, Console(file=StringIO()))

    assert byline.asked == [(case.question, case.as_of) for case in dated]


def test_an_empty_answer_scores_nothing(cases: list[Case]) -> None:
    assert not any(one.value for one in metrics(cases, empty).values())


def test_always_abstaining_is_right_only_where_there_is_no_answer(cases: list[Case]) -> None:
    found = metrics(cases, abstainer)

    assert found["abstention_recall"].value == 1
    assert found["abstention_precision"].value == found["right_overall"].value < 0.4
    assert found["answered_right"].value == found["short_f1"].value == found["supported"].value == 0


def test_copying_the_question_scores_badly(cases: list[Case]) -> None:
    found = metrics(cases, copycat)

    assert found["answered_right"].value == found["supported"].value == found["right_overall"].value == 0
    assert found["short_exact_match"].value == 0
    assert found["short_f1"].value < 0.1


def test_one_citation_for_everything_scores_badly(cases: list[Case]) -> None:
    found = metrics(cases, first_sentence)

    assert found["quotes_exact"].value == 1
    assert found["right_and_supported"].value < 0.1
    assert found["abstention_recall"].value == 0


def test_a_refused_question_is_a_missing_answer(cases: list[Case]) -> None:
    replies, scored = scores(cases, refuser)

    assert all(one.missing for one in scored)
    assert "is refused" in str(replies[0].error)
    assert not any(one.value for one in summarise(scored).values())


def test_a_quote_from_an_article_that_is_not_stored_is_not_exact(cases: list[Case]) -> None:
    def elsewhere(case: Case) -> Answer:
        article = ArticleRef("gone", 1, None, None, None, None, "gone.txt")
        return answer(case, "answered", "Words.", None, (Citation(1, article, 0, 6, "Words.", "", ""),))

    assert metrics(cases, elsewhere)["quotes_exact"].value == 0


def test_the_tables_show_every_tag_and_each_failure_with_its_brackets(cases: list[Case]) -> None:
    def bracketed(case: Case) -> Answer:
        return answer(case, "answered", "[/red] nothing [1]", None)

    replies, scored = scores(cases, bracketed)
    paper = Console(file=StringIO(), width=300)
    for table in (summary_table(scored, replies), tag_table(scored), failure_table(scored, replies)):
        paper.print(table)
    printed = paper.file.getvalue()  # type: ignore[attr-defined]

    assert all(tag in printed for case in cases for tag in case.tags)
    assert all(case.id in printed for case in cases)
    assert "[/red] nothing [1]" in printed


def test_the_run_record_is_json_with_each_case(cases: list[Case], tmp_path: Path) -> None:
    replies, scored = scores(cases, oracle)
    written = run_record(GOLD, load_settings(data_dir=tmp_path), scored, replies)

    read = json.loads(json.dumps(written, allow_nan=False))

    assert read["metrics"]["answered_right"]["value"] == 1
    assert [one["id"] for one in read["cases"]] == [case.id for case in cases]
    assert all(one["fault"] is None for one in read["cases"])
    assert read["models"] == {"reader": "fake"}


def test_a_gold_file_that_cannot_be_used_ends_the_command_with_its_reason(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(main)

    outcome = CliRunner().invoke(app, ["--gold", str(tmp_path / "none.jsonl")])

    assert outcome.exit_code == 2
    assert "can't be read" in outcome.output
