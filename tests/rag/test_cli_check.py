"""`byline check`, `quotes` and `timeline` as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command import ROOT, byline

DRAFT = "Hello. VW CEO Herbert Diess met reporters in Washington. He said VW “would take an equity stake in Ford”."


def checked(*arguments: str, data: Path) -> dict[str, Any]:
    done = byline("check", *arguments, "--json", data=data)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_a_draft_is_checked_sentence_by_sentence_and_stored(data: Path) -> None:
    told = checked(DRAFT, data=data)
    assert [one["kind"] for one in told["not_checked"]] == ["greeting"]
    stake = told["claims"][1]
    assert stake["verdict"] == "refuted"
    assert stake["read_as"].startswith("Herbert Diess said")
    assert stake["quotes"][0]["found"] == "altered"
    for evidence in stake["evidence"]:
        citation = evidence["citation"]
        text = (ROOT / "corpus" / citation["article"]["file"]).read_text(encoding="utf-8")
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    again = checked("--recheck", told["id"], data=data)
    assert again["claims"] == told["claims"]
    assert {one["state"] for one in again["recheck"]["articles"]} == {"unchanged"}
    assert all(one["then"] == one["now"] for one in again["recheck"]["claims"])


def test_it_is_readable_and_says_what_differs(data: Path) -> None:
    done = byline("check", "Diess said VW would take an equity stake in Ford.", data=data)
    assert done.returncode == 0, done.stderr
    shown = " ".join(done.stdout.split())
    assert "the article says “would not take”, the sentence says “would take”" in shown
    assert "on the record: Diess" in shown
    assert (
        byline("check", "Ford will probably win.", data=data).stdout.strip().startswith("Nothing in it can be checked")
    )


def test_strict_exits_with_4_unless_all_is_supported(data: Path) -> None:
    assert byline("check", "Diess said VW would take an equity stake in Ford.", "--strict", data=data).returncode == 4
    quoted = "Diess said VW would not take an equity stake in Ford as part of its alliance."
    assert byline("check", quoted, "--strict", data=data).returncode == 0


def test_a_batch_goes_on_over_bad_lines(data: Path, tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "a", "claim": "VW has an assembly plant in Chattanooga, Tenn."}),
        '{"id": "b"}',
        "no json",
    ]
    file = tmp_path / "claims.jsonl"
    file.write_text("\n".join([*lines, json.dumps({"id": "c", "claim": " "})]), encoding="utf-8")
    done = byline("check", "--batch", str(file), data=data)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 3
    assert [one["id"] for one in told] == ["a", None, None, "c"]
    assert told[0]["claims"][0]["verdict"] == "supported"
    assert "empty" in told[3]["error"]["message"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([""], "empty"),
        (["https://example.com/a"], "address"),
        (["<p>Ford</p><p>makes cars.</p>"], "HTML"),
        (["x " * 60_000], "120,000 characters"),
        ([], "no claim"),
        (["--file", "/no/such/draft.txt"], "draft.txt"),
        (["Ford makes cars.", "--export", "pdf"], "pdf"),
        (["--recheck", "nothing"], "no check nothing"),
    ],
)
def test_what_can_not_be_checked_is_told_in_a_line(data: Path, arguments: list[str], reason: str) -> None:
    done = byline("check", *arguments, data=data)
    assert done.returncode == 1
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "text", ["Why?", "Ford", "Der Rat hat am Dienstag beschlossen, den Bau des Tunnels um ein Jahr zu verschieben."]
)
def test_a_text_without_a_claim_gets_a_clear_answer(data: Path, text: str) -> None:
    told = checked(text, data=data)
    assert told["claims"] == []
    assert told["not_checked"][0]["why"]


def test_exports_are_made_of_the_same_check(data: Path) -> None:
    done = byline("check", "VW has an assembly plant in Chattanooga, Tenn.", "--export", "annotations", data=data)
    (item, *_) = json.loads(done.stdout)["first"]["items"]
    assert item["target"]["selector"][0]["exact"] == "VW has an assembly plant in Chattanooga, Tenn."


def test_what_somebody_said(data: Path) -> None:
    done = byline("quotes", "Herbert Diess", "--json", data=data)
    quotes = [one["citation"]["quote"] for one in json.loads(done.stdout)["quotes"]]
    assert "Diess said VW planned to talk more about the Ford alliance in January." in quotes
    assert not any("Shanks" in quote for quote in quotes)
    assert "Nobody Atall say anything" in " ".join(byline("quotes", "Nobody Atall", data=data).stdout.split())


def test_what_is_said_of_two_companies_in_order(data: Path) -> None:
    told = json.loads(byline("timeline", "Ford Geely", "--json", data=data).stdout)["timeline"]
    assert all("Ford" in one["citation"]["quote"] and "Geely" in one["citation"]["quote"] for one in told)
    assert {"in talks", "agreed"} <= {one["stage"] for one in told}
