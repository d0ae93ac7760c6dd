from __future__ import annotations

import time

import numpy as np
import pytest
from scipy.stats import permutation_test

from evals.compare.compare import Comparison, MetricChange, compare
from evals.compare.resample import PERMUTATIONS
from evals.errors import INCOMPLETE, PASS, REGRESSION, NoBaseline
from evals.metrics import BY_NAME
from evals.reply import Reply
from evals.runs.record import RunFile, baseline_of
from tests.evals import systems
from tests.evals.runfiles import PRINT, chance_run, run_of
from tests.evals.systems import CASES

RIGHT = [BY_NAME["right"]]


def change(told: Comparison, name: str) -> MetricChange:
    return next(one for one in told.metrics if one.name == name)


def flips(n: int, broke: int, mended: int) -> tuple[RunFile, RunFile]:
    old = [i % 2 == 0 for i in range(n)]
    new = list(old)
    for i in [i for i in range(n) if old[i]][:broke] + [i for i in range(n) if not old[i]][:mended]:
        new[i] = not new[i]
    return chance_run(old), chance_run(new)


def test_a_run_is_no_worse_than_itself_and_nothing_broke() -> None:
    run = run_of(systems.oracle)
    told = compare(run, run)
    assert told.exit_code == PASS
    assert not told.cases
    assert {one.verdict for one in told.metrics} == {"no worse"}
    assert all(one.p == 1 for one in told.metrics)


def test_a_baseline_compares_as_its_run_does() -> None:
    old, new = run_of(systems.oracle), run_of(systems.copycat)
    assert compare(baseline_of(old), new).metrics == compare(old, new).metrics


def test_a_loss_beyond_chance_and_margin_is_a_regression() -> None:
    old, new = flips(200, broke=30, mended=2)
    told = compare(old, new, metrics=RIGHT)
    one = change(told, "right")
    assert (one.broke, one.mended, one.test) == (30, 2, "mcnemar")
    assert one.gain == pytest.approx(-0.14)
    assert one.low < -0.14 < one.high < 0
    assert one.verdict == "regression"
    assert told.exit_code == REGRESSION
    assert [case.was for case in told.cases if case.broke] == [None] * 30


def test_a_loss_within_the_margin_passes_however_sure_it_is() -> None:
    old, new = flips(2000, broke=14, mended=0)
    assert change(compare(old, new, metrics=RIGHT), "right").verdict == "no worse"
    tight = compare(old, new, metrics=RIGHT, margins={"right": 0.001})
    assert tight.exit_code == REGRESSION


def test_what_the_set_cannot_tell_is_unclear_and_fails_only_when_strict() -> None:
    old, new = flips(40, broke=3, mended=2)
    told = compare(old, new, metrics=RIGHT)
    assert change(told, "right").verdict == "unclear"
    assert told.exit_code == PASS
    assert compare(old, new, metrics=RIGHT, strict=True).exit_code == REGRESSION


def test_a_gain_beyond_chance_is_better() -> None:
    old, new = flips(200, broke=2, mended=30)
    assert change(compare(old, new, metrics=RIGHT), "right").verdict == "better"


def test_a_broken_promise_needs_no_statistics() -> None:
    def one_wrong_quote(case: systems.Case) -> Reply:
        told = systems.oracle(case)
        if case.id != "price":
            return told
        bad = told.citations[0].model_copy(update={"exact": False})
        return told.model_copy(update={"citations": (bad,)})

    told = compare(run_of(systems.oracle), run_of(one_wrong_quote))
    assert [one.name for one in told.regressions] == ["quotes_exact"]
    (case,) = told.cases
    assert (case.id, case.was, case.now, case.broke) == ("price", None, "a quote is not exact", ("quotes_exact",))


def test_p_values_are_scipys() -> None:
    rng = np.random.default_rng(5)
    old, new = chance_run([True] * 80, seed=1), chance_run([True] * 80, seed=2)
    metric = BY_NAME["squad_f1"]
    one = change(compare(old, new, metrics=[metric]), "squad_f1")
    pairs = [np.array([float(case.scores["squad_f1"]) for case in run.cases]) for run in (old, new)]  # type: ignore[arg-type]
    expected = permutation_test(
        pairs, lambda a, b: np.mean(b - a), permutation_type="samples", n_resamples=PERMUTATIONS, rng=rng
    )
    assert one.p == pytest.approx(float(expected.pvalue), abs=0.02)


def test_the_interval_is_as_wide_as_theory_says_and_wider_for_clusters() -> None:
    rng = np.random.default_rng(9)
    old, new = (rng.random(100) < 0.5).repeat(4), (rng.random(100) < 0.5).repeat(4)
    alone = change(compare(chance_run(old), chance_run(new), metrics=RIGHT), "right")
    grouped = change(compare(chance_run(old, per_cluster=4), chance_run(new, per_cluster=4), metrics=RIGHT), "right")
    gains = new.astype(float) - old
    assert alone.high - alone.low == pytest.approx(2 * 1.96 * gains.std() / np.sqrt(400), rel=0.1)
    assert grouped.high - grouped.low == pytest.approx(2 * (alone.high - alone.low), rel=0.15)
    assert (alone.test, grouped.test) == ("mcnemar", "permutation")
    assert grouped.p > alone.p


def test_the_false_alarm_rate_is_what_it_says() -> None:
    rng = np.random.default_rng(11)
    alarms = 0
    for seed in range(30):
        old, new = rng.random((2, 60)) < 0.5
        alarms += compare(chance_run(old, seed=seed), chance_run(new, seed=seed + 1000)).exit_code == REGRESSION
    assert alarms <= 5  # 5 % of 30 are expected at most; more than 5 have a chance of 0.3 %


def test_a_metric_of_the_whole_set_is_compared_too() -> None:
    told = compare(run_of(systems.oracle), run_of(systems.abstainer))
    assert change(told, "abstention_f1").gain < 0
    assert change(told, "aurc").gain < 0
    assert change(told, "claims_macro_f1").gain < 0


@pytest.mark.parametrize("name", ["gold", "corpus", "archive"])
def test_fingerprints_that_differ_are_refused_by_name_unless_ignored(name: str) -> None:
    old = run_of(systems.oracle)
    new = old.model_copy(update={"fingerprint": PRINT.model_copy(update={name: "other"})})
    with pytest.raises(NoBaseline, match=rf"differ in {name} \(baseline \w, run other\)"):
        compare(old, new)
    assert compare(old, new, ignore=[name]).exit_code == PASS


def test_an_unknown_archive_can_be_compared_with_a_known_one() -> None:
    old = run_of(systems.oracle)
    new = old.model_copy(update={"fingerprint": PRINT.model_copy(update={"archive": None})})
    assert compare(old, new).exit_code == PASS


def test_only_cases_that_say_the_same_are_compared() -> None:
    old = run_of(systems.oracle)
    changed = CASES[0].model_copy(update={"question": "When could people cross?"})
    new = run_of(systems.oracle, [changed, *CASES[1:]])
    assert compare(old, new, ignore=["gold"]).compared == len(CASES) - 1
    with pytest.raises(NoBaseline, match="no case in common"):
        compare(run_of(systems.oracle, CASES[:1]), run_of(systems.oracle, [changed]), ignore=["gold"])


def test_missing_predictions_make_it_incomplete_and_not_a_regression() -> None:
    told = compare(run_of(systems.oracle), run_of(systems.silent))
    assert told.exit_code == INCOMPLETE
    assert set(told.incomplete) == {case.id for case in CASES}


def test_settings_and_models_that_differ_are_named_and_compared() -> None:
    old = run_of(systems.oracle)
    target = old.target.model_copy(update={"settings": {"threshold": 0.4}, "models": {"reader": "x"}})
    told = compare(old, old.model_copy(update={"target": target}))
    assert told.differs == {"setting threshold": "0.3 -> 0.4", "model reader": "None -> x"}


def test_five_thousand_cases_are_compared_in_seconds() -> None:
    rng = np.random.default_rng(1)
    old, new = (chance_run(rng.random(5000) < 0.7, per_cluster=2, seed=seed) for seed in (1, 2))
    began = time.process_time()
    told = compare(old, new)
    assert told.compared == 5000
    assert time.process_time() - began < 20  # 4 s on two idle cores
