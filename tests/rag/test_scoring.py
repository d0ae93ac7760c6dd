from __future__ import annotations

import pytest

from rag.candidates import candidates
from rag.scoring import ALONE, stands_out
from tests.rag.reading import hit


def test_a_candidate_stands_out_from_the_rest_of_its_passage_only() -> None:
    found = candidates([hit("Lind came.", "Orsa grew."), hit("Rain fell.", rank=2)])
    assert stands_out(found, [3.0, 1.0, 2.9]) == [pytest.approx(0.5), 0.0, ALONE]


def test_a_sentence_does_not_stand_out_from_itself_joined() -> None:
    found = candidates([hit("Lind came.", "She left.", "Orsa grew.")])
    assert stands_out(found, [3.0, 2.9, 1.0])[0] == pytest.approx(0.5)
