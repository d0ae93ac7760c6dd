from __future__ import annotations

from evals.rarity import inverse_frequencies


def test_the_more_texts_hold_a_stem_the_less_it_tells() -> None:
    stored = inverse_frequencies(["the boats", "the boat sank", "the sea", "the sea rose"], kept=3)
    assert stored["stems"]["the"] < stored["stems"]["boat"] == stored["stems"]["sea"] < stored["other"]
    assert len(stored["stems"]) == 3
