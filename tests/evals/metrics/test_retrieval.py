"""The adapter to ir-measures against pytrec_eval called directly and against scikit-learn."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import pytrec_eval
from sklearn.metrics import label_ranking_average_precision_score, ndcg_score

from evals.metrics.retrieval import measures, ranking
from evals.reply import Found


def hits(*covers: tuple[int, ...]) -> tuple[Found, ...]:
    return tuple(Found(file="a.txt", covers=one) for one in covers)


def rankings() -> list[tuple[tuple[str, ...], int]]:
    chance = random.Random(7)
    told = []
    for _ in range(200):
        quotes = chance.randint(1, 4)
        found = hits(*(tuple(q for q in range(quotes) if chance.random() < 0.1) for _ in range(chance.randint(1, 25))))
        told.append((ranking(found), quotes))
    return told


def test_a_hit_stands_for_the_quotes_that_no_better_hit_held() -> None:
    assert ranking(hits((), (0,), (0,), (0, 1, 2))) == ("h1", "q0", "h3", "q1", "q2")


@pytest.mark.parametrize(("ranked", "quotes"), rankings()[:60])
def test_the_figures_are_those_of_trec_eval(ranked: tuple[str, ...], quotes: int) -> None:
    wanted = {"q": {f"q{n}": 1 for n in range(quotes)}}
    given = {"q": {name: 100.0 - place for place, name in enumerate(ranked)}}
    names = {"ndcg_cut_10", "recall_5", "recall_20", "recip_rank", "success_1", "success_5"}
    told = pytrec_eval.RelevanceEvaluator(wanted, names).evaluate(given)["q"]
    ours = measures(ranked, quotes)
    assert ours["nDCG@10"] == pytest.approx(told["ndcg_cut_10"])
    assert ours["R@5"] == pytest.approx(told["recall_5"])
    assert ours["R@20"] == pytest.approx(told["recall_20"])
    assert ours["Success@1"] == told["success_1"]
    assert ours["Success@5"] == told["success_5"]
    first = told["recip_rank"]
    assert ours["RR@10"] == pytest.approx(first if first >= 1 / 10 else 0)


def test_ndcg_and_mrr_are_those_of_scikit_learn() -> None:
    for ranked, quotes in rankings():
        lost = [f"q{n}" for n in range(quotes) if f"q{n}" not in ranked]
        # What was not found stands far behind: no measure here looks there.
        pool = [*ranked, *[f"h{n}" for n in range(100, 140)], *lost]
        gains = np.array([[float(name.startswith("q")) for name in pool]])
        order = np.array([[-float(place) for place in range(len(pool))]])
        assert measures(ranked, quotes)["nDCG@10"] == pytest.approx(ndcg_score(gains, order, k=10))
        if quotes == 1 and ranked.index("q0") < 10 if "q0" in ranked else False:
            expected = label_ranking_average_precision_score(gains, order)
            assert measures(ranked, quotes)["RR@10"] == pytest.approx(expected)


def test_a_second_copy_of_a_quote_earns_nothing() -> None:
    once = measures(ranking(hits((0,), ())), 2)
    twice = measures(ranking(hits((0,), (0,))), 2)
    assert once == twice
    assert twice["nDCG@10"] == pytest.approx(1 / (1 + 1 / math.log2(3)))
