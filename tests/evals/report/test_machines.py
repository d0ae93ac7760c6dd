from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

from rich.console import Console

from evals.compare.compare import compare
from evals.gold import Case
from evals.reply import Reply, missing
from evals.report.articles import AROUND, CUT, shown_articles
from evals.report.machines import jsonl, junit, markdown
from evals.report.svg import curve, sparkline, steps
from evals.report.terminal import show_comparison, show_run
from tests.evals import systems
from tests.evals.runfiles import run_of
from tests.evals.systems import CASES, case


def lossy(asked: Case) -> Reply:
    if asked.id == "price":
        return missing("price", "error", "HTTP 500 \x00 <b>*bold*</b>")
    return systems.abstainer(asked)


def test_a_record_a_case_holds_all_of_it() -> None:
    run = run_of(systems.oracle)
    records = [json.loads(line) for line in jsonl(run).split("\n") if line]
    assert [one["id"] for one in records] == [one.id for one in CASES]
    assert records[0]["gold"]["question"] == CASES[0].question
    assert records[0]["replies"][0]["text"]
    assert records[0]["scores"]["right"] == 1


def test_junit_has_failures_and_errors() -> None:
    run = run_of(lossy)
    root = ElementTree.fromstring(junit(run, compare(run_of(systems.oracle), run)))  # noqa: S314 - our own
    cases, metrics = root.findall("testsuite")
    assert (cases.get("tests"), cases.get("errors")) == (str(len(CASES)), "1")
    assert cases.get("failures") == str(len(cases.findall("testcase/failure")))
    assert "HTTP 500" in str(cases.find("testcase[@name='price']/error").get("message"))  # type: ignore[union-attr]
    assert metrics.get("tests") == str(len(metrics.findall("testcase")))


def test_a_summary_tells_the_verdict_and_what_broke() -> None:
    old, new = run_of(systems.oracle), run_of(systems.copycat)
    told = markdown(new, compare(old, new))
    assert told.startswith("## Byline eval: ")
    assert "| Right | 0.300 |" in told
    assert "cases broke</summary>" in told
    assert "`price`" in told
    lost = markdown(run_of(lossy), compare(old, run_of(lossy)))
    assert "## Byline eval: incomplete" in lost
    assert r"\<b\>\*bold\*\</b\>" in lost
    assert "no regression" in markdown(old, compare(old, old))


def test_the_terminal_shows_what_was_said_as_text() -> None:
    paper = StringIO()
    console = Console(file=paper, width=100)
    told = [c.model_copy(update={"question": "[red]Is it?[/blue]"}) if c.id == "mayor" else c for c in CASES]
    show_run(run_of(lossy, told), console, failures=True)
    show_comparison(compare(run_of(systems.oracle), run_of(systems.copycat)), console)
    printed = paper.getvalue()
    assert "[red]Is it?[/blue]" in printed
    assert "no score that counts: price: error: HTTP 500" in printed
    assert "cases broke:" in printed


def test_a_long_article_is_shown_around_its_quotes(tmp_path: Path) -> None:
    quotes = ["The first quote stands here.", "The second one is far below."]
    text = quotes[0] + " filler" * 3000 + " " + quotes[1] + " filler" * 3000
    (tmp_path / "long.txt").write_text(text, encoding="utf-8")
    asked = case("x", "What?", "", tags=("t",))
    gold = [{"file": "long.txt", "quote": quote} for quote in quotes]
    asked = Case.model_validate(asked.model_dump() | {"supporting": gold, "answerable": True, "answers": ["quote"]})
    told = shown_articles(run_of(systems.silent, [asked]), tmp_path)["long.txt"]
    assert all(quote in told for quote in quotes)
    assert told.count(CUT) == 1
    assert len(told) <= sum(map(len, quotes)) + 3 * AROUND + len(CUT)
    assert shown_articles(run_of(systems.silent, [asked]), tmp_path / "none") == {}


def test_pictures_stay_in_their_box() -> None:
    assert sparkline([0.5, 0.5], w=10, h=4) == "0.0,2.0 10.0,2.0"
    assert sparkline([0, 1, 0.5], w=10, h=4) == "0.0,4.0 5.0,0.0 10.0,2.0"
    assert curve([(0, 0), (1, 1)], 10, 10) == "0.0,10.0 10.0,0.0"
    assert steps([(0.5, 1), (1, 0)], 10, 10) == "0.0,0.0 5.0,0.0 5.0,10.0 10.0,10.0"
