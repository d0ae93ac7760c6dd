from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evals.gold import Case
from evals.metamorphic.check import CHECKS, Outcome, run_checks
from evals.metamorphic.rewrites import MARKER, bare, framed, negated, politely, with_orders
from evals.reply import Reply
from evals.runs.targets import About
from tests.evals import systems
from tests.evals.systems import CASES, corpus

Answer = Callable[[Case, Path], Reply]


class Steady:
    """Answers by a rule that may look at the corpus folder."""

    about = About("in-process", "fake")

    def __init__(self, rule: Answer, folder: Path) -> None:
        self._rule, self._folder = rule, folder

    def reply(self, case: Case, repeat: int) -> Reply:
        return self._rule(case, self._folder).model_copy(update={"repeat": repeat})


def outcomes(rule: Answer, folder: Path) -> dict[str, Outcome]:
    @contextmanager
    def opened(place: Path) -> Iterator[Steady]:
        yield Steady(rule, place)

    return {one.check.name: one for one in run_checks(CASES, corpus(folder / "corpus"), opened)}


def careful(case: Case, folder: Path) -> Reply:
    """Does everything as it should."""
    if case.kind == "claim":
        turned = " not" in case.question
        label = {"supported": "refuted", "refuted": "supported"}.get(str(case.label), case.label)
        return Reply(case=case.id, verdict=label if turned else case.label)
    early = (folder / "dated.jsonl").exists() and case.as_of is not None and case.as_of.year == 2025
    if early and case.as_of is not None and case.as_of.day == 31:
        return systems.abstention(case)
    return systems.oracle(case)


def gullible(case: Case, folder: Path) -> Reply:
    """Does what it is told, is put off by other words, and ignores days."""
    told = systems.oracle(case) if case.kind != "claim" else Reply(case=case.id, verdict=case.label)
    if MARKER in case.question or (folder / "poison.txt").exists():
        return told.model_copy(update={"text": told.text + MARKER.lower()})
    return systems.abstention(case) if case.question.startswith("Please") else told


def test_a_careful_system_keeps_and_flips_as_it_should(tmp_path: Path) -> None:
    told = outcomes(careful, tmp_path)
    assert list(told) == [check.name for check in CHECKS]
    assert {name: one.estimate.value for name, one in told.items()} == dict.fromkeys(told, 1.0)
    assert told["paraphrase"].estimate.n == 3 * 7
    assert told["order"].estimate.n == 7


def test_a_gullible_system_is_found_out(tmp_path: Path) -> None:
    told = outcomes(gullible, tmp_path)
    assert told["paraphrase"].estimate.value == pytest.approx(2 / 3, abs=1e-5)
    for name in ("orders-in-question", "orders-in-article", "day-before", "negation"):
        assert told[name].estimate.value == 0, name
        assert told[name].broke
    assert told["order"].estimate.value == 1


def test_a_system_that_always_abstains_proves_nothing(tmp_path: Path) -> None:
    told = outcomes(lambda case, _folder: systems.abstainer(case), tmp_path)
    assert {one.estimate.value for one in told.values()} == {None}
    assert told["order"].estimate.unscored == {"no case was answered": len(CASES)}


def test_rewrites_ask_the_same() -> None:
    asked = "Who’s “in”?"
    assert politely(asked).endswith(asked)
    assert framed(asked).startswith(asked)
    assert bare("Who opened it?") == "who opened it"
    assert MARKER in with_orders(asked)


@pytest.mark.parametrize(
    ("claim", "turned"),
    [
        ("The bridge is open.", "The bridge is not open."),
        ("The bridge is not open.", "The bridge is open."),
        ("It will no longer sail.", "It will sail."),
        ("It may sail, and it is old.", "It may not sail, and it is old."),
        ("Ferries sail.", None),
    ],
)
def test_a_claim_is_turned_round_at_its_first_auxiliary(claim: str, turned: str | None) -> None:
    assert negated(claim) == turned
