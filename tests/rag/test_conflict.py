from __future__ import annotations

import pytest

from rag.conflict import figure, figures_differ, stage_of, stages_differ
from rag.spans import Found, find


def only(text: str, kind: str) -> Found:
    (found,) = [one for one in find(text) if one.kind == kind]
    return found


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit"),
    [
        ("a $3.5 billion port", "money", 3.5e9, "$"),
        ("paid two million euros", "money", 2e6, "euro"),
        ("up 12.5 percent", "percent", 12.5, "%"),
        ("some 1,200 sailors", "number", 1200.0, "sailor"),
        ("twenty-one ships", "number", 21.0, "ship"),
    ],
)
def test_figures_are_read(text: str, kind: str, value: float, unit: str) -> None:
    assert figure(text, only(text, kind)) == (value, unit)


@pytest.mark.parametrize(
    ("one", "other", "kind", "differ"),
    [
        ("It cost $3 million.", "It cost $5 million.", "money", True),
        ("It cost $3.0 million.", "It cost about $3.1 million.", "money", False),
        ("It cost $3 million.", "It cost £5 million.", "money", False),
        ("There were 40 sailors.", "There were 90 ships.", "number", False),
        ("There were 40 sailors.", "There were 90 sailors.", "number", True),
        ("It sank in 1912.", "It sank in 1915.", "date", True),
        ("It sank on Tuesday.", "It sank in 1915.", "date", False),
    ],
)
def test_only_figures_of_one_unit_that_are_clearly_apart_differ(one: str, other: str, kind: str, differ: bool) -> None:
    assert figures_differ(one, only(one, kind), other, only(other, kind)) is differ


def test_stages() -> None:
    assert stage_of("Lind and Orsa are in talks about a ferry.") == "talks"
    assert stage_of("Lind signed the contract with Orsa.") == "done"
    assert stage_of("Orsa denied that talks were held.") == "denied"
    assert stage_of("The ferry is blue.") is None


def test_stages_differ_only_over_the_same_parties() -> None:
    talks = "Lind Lines is in talks with Orsa."
    assert stages_differ(talks, "Lind Lines has signed with Orsa.")
    assert not stages_differ(talks, "Brax Ferries has signed with Orsa.")
    assert not stages_differ(talks, "Orsa and Lind Lines are negotiating.")
