from __future__ import annotations

from datetime import date

import pytest

from rag.missing import looks_english, missing
from rag.question import ask
from rag.types import Query
from tests.rag.reading import hit

HITS = [
    hit("Orsa Lines bought the Tarn wharf.", "Fares rose."),
    hit("Lind Yards builds ferries for $5 million.", rank=2),
]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What did Brax Ferries say?", "no passage mentions Brax Ferries"),
        ("Do Orsa Lines and Lind Yards work together?", "no passage mentions Orsa Lines and Lind Yards together"),
        ("How much did Orsa Lines pay?", "no passage mentions Orsa Lines together with a price"),
        ("How many boats has Orsa Lines?", "no passage mentions Orsa Lines together with a number"),
        ("How much does Lind Yards pay in tax?", "the passages that mention Lind Yards do not say what is asked"),
        ("how do zeppelins float?", "no passage speaks of zeppelins and float in one place"),
        ("warum ist der fährpreis eigentlich gestiegen?", "not to be in English"),
    ],
)
def test_what_is_missing(question: str, said: str) -> None:
    assert said in missing(ask(question), HITS)


def test_no_hits_at_all() -> None:
    assert missing(ask("how do zeppelins float?"), []) == "no passage has the words of the question"


def test_no_hits_within_the_limits() -> None:
    within = Query("", sources=("ferry.test",), as_of=date(1990, 1, 1)).within
    told = missing(ask("how do zeppelins float?"), [], within)
    assert told == "no article of ferry.test published by 1990-01-01 has the words of the question"


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Who bought the wharf?", True),
        ("Orsa Lines wharf", True),
        ("¿Quién compró el muelle de la naviera?", False),
        ("誰が埠頭を買いましたか", False),
        ("Qui a acheté le quai de la compagnie?", False),
    ],
)
def test_english_is_told_from_other_languages(text: str, english: bool) -> None:
    assert looks_english(text) is english
