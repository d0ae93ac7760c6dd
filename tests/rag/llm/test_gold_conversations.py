"""Every conversation of the gold set with a language model behind it: it words the question on its own, as a person
would, and quotes what bears the answer out where it is shown. What Byline makes of that is told by the real wire.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rag.settings import load_settings
from rag.types import Answer, Turn
from rag.wiring import open_byline
from tests.command import ROOT
from tests.scripted_llm import Say, scripted

ALONE = {
    "talk-stake": "Does Volkswagen want to own part of Ford?",
    "talk-valencia-sources": "How many sources named the Ford plant that might build cars for Geely?",
    "talk-geely-duration": "For how long has Ford been talking to Geely?",
    "talk-levy-year": "In which year did the EU's levies on electric cars from China come in?",
    "talk-june-day": "On which day exactly in June did Ford and Volkswagen announce something?",
    "talk-finance-when": "When did the man who looks after Ford's finances give an interview?",
    "talk-second-site": "Where is VW negotiating about another factory in America?",
    "talk-growth-volume": "To how many vehicles did Geely Auto grow in 2025?",
    "talk-goal-when": "By when does Geely Holding mean to sell that worldwide?",
    "talk-which-stellantis": "Which Chinese brand that is setting up in Europe goes to a Stellantis plant?",
    "talk-magna-country": "In which country do XPeng and Guangzhou Automobile work with Magna?",
    "talk-agency": "Which agency said that Farley met Trump's people about Chinese cars?",
    "talk-in-charge": "Who would be in charge of the venture that Ford proposes in the US?",
    "talk-xiaomi-reply": "What did Ford and Xiaomi say to the report that they would be partners?",
    "talk-cabinet": "Does Trump's cabinet mind Chinese firms building cars in America?",
    "talk-cabinet-why": "For what reasons does Trump's cabinet mind Chinese firms building cars in America?",
    "talk-own-evs": "What is Ford doing with its own electric cars?",
    "talk-with-whom": "With whom has Ford joint ventures for the Chinese market?",
    "talk-his-post": "What is Bill Ford's position?",
    "talk-argo-investor": "Who was thinking of investing in Argo AI?",
    "talk-new-topic": "Who leads Volkswagen?",
    "talk-renault-asia": "In which Asian country do Geely and Renault work together?",
    "talk-meetings": "Where had senior executives of Ford met before it sent people to China?",
    "talk-who-else": "Who said that VW and Ford thought of making electric vehicles together?",
    "talk-valencia-staff": "How many people work at the Ford plant that may assemble Geely vehicles?",
    "talk-diess-age": "How old is VW's chief?",
    "talk-geely-margin": "What profit did Geely Auto make on three million cars?",
    "talk-team-return": "When does the team that Ford sent to China come back?",
    "talk-stake-price": "How much did VW pay for its Ford shares?",
    "talk-ignore-articles": "In which state was VW negotiating about a plant?",
    "talk-who-said-valencia": "Who said which Ford plant is the leading candidate to build Geely cars?",
    "talk-diess-again": "Does Audi need another plant in the United States?",
    "talk-leapmotor-xpeng": "With whom does XPeng plan to build cars in Europe?",
    "talk-farley-her": "Which agency reported on the meeting of a car boss with members of the Trump administration?",
    "talk-geely-year": "By how much did Geely Auto sell more cars in 2025?",
    "talk-duties-why": "Since which year does the European Union have provisional levies on Chinese EVs?",
    "talk-argo-duration": "For how long have Ford and VW been in talks about investing in Argo AI?",
    "talk-new-topic-ventures": "Which companies are Ford's joint venture partners in China?",
    "talk-shanks-when": "When did Bob Shanks speak about collaboration with VW?",
    "talk-renault-where": "Where does Geely already work with Renault?",
    "talk-valencia-price": "At what price would the leading candidate among the Ford plants build Geely cars?",
}
FLOOR = 20
CASES = [
    case
    for line in (ROOT / "evals/gold/seeds.jsonl").read_text(encoding="utf-8").splitlines()
    if (case := json.loads(line))["kind"] == "conversation"
]


def reply(request: dict[str, Any], case: dict[str, Any]) -> str:
    """The question on its own when it is asked for that; else the gold quotes that it is shown, with their keys."""
    shown = str(request["messages"][-1]["content"])
    lines = [line.partition("] ") for line in shown.splitlines() if line.startswith("[E")]
    if not lines:
        return ALONE[case["id"]]
    gold = [" ".join(one["quote"].split())[:40] for one in case.get("supporting", ())]
    told = [f"{quote} {key}]" for key, _, quote in lines if any(words in quote for words in gold)]
    return "\n".join(told[:1]) or "NO ANSWER"


def test_every_conversation_has_its_question_on_its_own() -> None:
    assert len(CASES) >= 40
    assert {case["id"] for case in CASES} == set(ALONE)


@pytest.fixture(scope="module")
def answers(data: Path) -> dict[str, Answer]:
    """Each conversation's answer, with one model for all."""
    told = {}
    asked: list[dict[str, Any]] = []
    with scripted(*[Say(lambda request: reply(request, asked[-1]))] * 2 * len(CASES)) as model:
        given = {"llm": "openai:scripted", "llm_base_url": model.base_url, "llm_structured": "never"}
        with open_byline(load_settings(data_dir=data, **given)) as byline:
            for case in CASES:
                asked.append(case)
                history = [Turn("user", text) for text in case["history"]]
                told[case["id"]] = byline.ask(case["question"], history=history).answer
    return told


@pytest.mark.parametrize("case", CASES, ids=lambda one: one["id"])
def test_a_conversation_with_a_model(case: dict[str, Any], answers: dict[str, Answer]) -> None:
    answer = answers[case["id"]]
    assert (answer.standalone or answer.question) == ALONE[case["id"]]
    if answer.status == "no_evidence":
        return
    assert case.get("answers"), "it answered what no article answers"
    assert {one.verdict for one in answer.sentences} == {"supported"}
    if answer.mode == "llm":
        gold = [one["quote"] for one in case["supporting"]]
        assert any(quote in one.quote or one.quote in quote for quote in gold for one in answer.citations)


def test_a_good_part_of_the_conversations_is_answered(answers: dict[str, Answer]) -> None:
    """A floor, so that a change that loses some is seen."""
    answerable = [case["id"] for case in CASES if case.get("answers")]
    assert sum(answers[one].mode == "llm" and answers[one].status == "answered" for one in answerable) >= FLOOR
