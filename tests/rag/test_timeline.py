from __future__ import annotations

import pytest

from rag.cite import citation_at
from rag.timeline import differ, stage_of, timeline
from rag.types import Citation
from tests.rag.reading import article, hit


@pytest.mark.parametrize(
    ("sentence", "stage"),
    [
        ("Ford and Geely are in talks.", "in talks"),
        ("Ford and Geely announced a partnership.", "agreed"),
        ("There is no formal agreement, and the talks are preliminary.", "in talks"),
        ("Both companies denied the report.", "denied"),
        ("The plan was scrapped in May.", "ended"),
        ("Ford plans a plant.", "planned"),
        ("Ford has a plant.", "reported"),
    ],
)
def test_how_far_a_thing_has_come(sentence: str, stage: str) -> None:
    assert stage_of(sentence) == stage


def test_stages_that_can_not_both_be() -> None:
    assert differ("in talks", "agreed")
    assert differ("denied", "planned")
    assert not differ("in talks", "in talks")
    assert not differ("reported", "agreed")


def cited(sentence: str, day: str | None) -> Citation:
    one = hit(sentence, of=article(published=day))
    return citation_at(one, one.passage.sentences[0], one.text)


def test_a_timeline_is_in_the_order_of_days_and_names_each_step() -> None:
    told = timeline(
        [cited("They announced it.", "2024-05-02"), cited("They met.", None), cited("They are in talks.", "2024-03-01")]
    )
    assert [(one.day, one.stage, one.changed) for one in told] == [
        ("2024-03-01", "in talks", None),
        ("2024-05-02", "agreed", "in talks → agreed"),
        (None, "reported", None),
    ]
