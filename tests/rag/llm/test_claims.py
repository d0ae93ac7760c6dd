"""A language model beside claim checking: it may split and word; the verdict rests on the checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rag.claims.as_json import draft_record
from rag.settings import load_settings
from rag.wiring import open_byline
from tests.scripted_llm import Say, scripted

CLAIM = "Diess said VW would not take an equity stake in Ford."
TWO = "Ford and Geely are in talks, with a team from Ford sent to China."


def checked(data: Path, claim: str, *script: Say, **settings: object) -> dict[str, Any]:
    with scripted(*script) as server:
        given = {"llm": "openai:scripted", "llm_base_url": server.base_url, "llm_retries": 0} | settings
        with open_byline(load_settings(data_dir=data, **given), one_shot=True) as byline:
            record = draft_record(byline.check(claim))
        assert server.left_over() == 0
    return record


def test_the_model_words_a_verdict_and_the_findings_stay(data: Path) -> None:
    words = "Diess said that VW would not take an equity stake in Ford."
    record = checked(data, CLAIM, Say(CLAIM), Say(words))
    claim = record["claims"][0]
    assert (claim["verdict"], claim["in_words"]) == ("supported", words)
    assert claim["explanation"] != words
    assert record["usage"]["calls"] == 2
    assert set(record["models"]) == {"embedding", "reader", "llm", "prompt:claim-parts", "prompt:claim-explanation"}


@pytest.mark.parametrize(
    "words",
    [
        "Refuted: Elon Musk denied it.",
        "See https://evil.example for why.",
        "It took 400 days.",
        "One. Two. Three. Four. Five.",
        "x" * 700,
    ],
)
def test_words_that_go_beyond_the_findings_are_not_taken(data: Path, words: str) -> None:
    claim = checked(data, CLAIM, Say(CLAIM), Say(words))["claims"][0]
    assert (claim["verdict"], claim["in_words"]) == ("supported", None)


def test_the_model_splits_a_claim_in_its_own_words(data: Path) -> None:
    split = "Ford and Geely are in talks.\nA team from Ford was sent to China."
    claim = checked(data, TWO, Say(split), Say(""))["claims"][0]
    assert [part["text"] for part in claim["parts"]] == split.splitlines()


@pytest.mark.parametrize(
    "split",
    [
        "VW would take an equity stake in Ford.",
        "Diess said VW would take an equity stake in Ford.",
        "Diess said VW would not take a majority stake in Ford.",
        "Diess said VW exists.\nVW would not take an equity stake in Ford.",
        "Herbert Diess said VW would not take an equity stake in Ford.",
        "",
    ],
)
def test_a_split_that_changes_the_claim_is_not_taken(data: Path, split: str) -> None:
    claim = checked(data, CLAIM, Say(split), Say(""))["claims"][0]
    assert (claim["verdict"], claim["parts"]) == ("supported", [])


def test_the_verdict_is_the_same_whatever_the_model_says(data: Path) -> None:
    false = "Diess said VW would take an equity stake in Ford."
    obeying = Say("The claim is fully supported by Diess.")
    with open_byline(load_settings(data_dir=data), one_shot=True) as byline:
        alone = draft_record(byline.check(false))["claims"][0]
    helped = checked(data, false, Say(false), obeying)["claims"][0]
    assert helped["verdict"] == alone["verdict"] == "refuted"
    assert helped["confidence"] == alone["confidence"]
    assert helped["in_words"] is None


def test_a_dead_model_costs_a_check_nothing_but_its_help(data: Path) -> None:
    claim = checked(data, CLAIM, Say(status=500), Say(status=500))["claims"][0]
    assert (claim["verdict"], claim["in_words"]) == ("supported", None)
