"""A run beside its baseline: is every metric no worse, within its margin and beyond chance?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from evals.compare.cases import CaseChange, case_changes
from evals.compare.exact import ALPHA, holm, mcnemar, smallest_effect
from evals.compare.resample import Pair, Resampled, resample
from evals.errors import INCOMPLETE, PASS, REGRESSION, NoBaseline
from evals.metrics import ALL, Metric
from evals.runs.record import Fingerprint, RunFile
from evals.scores import CaseScores, Observed, Table

Verdict = Literal["better", "no worse", "unclear", "regression"]
FINGERPRINTS = ("gold", "corpus", "archive")
_SAME = 1e-9


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MetricChange(_Record):
    """One metric in both runs. `gain` is positive when the run is better; `low` and `high` hold it with 95 %.

    `holm` is set for the metrics that gate; `broke` and `mended` count cases of a yes/no metric.
    """

    name: str
    old: float
    new: float
    gain: float
    low: float
    high: float
    p: float
    test: Literal["mcnemar", "permutation"]
    holm: float | None = None
    mcnemar: float | None = None
    broke: int | None = None
    mended: int | None = None
    margin: float | None = None
    smallest_effect: float
    n: int
    verdict: Verdict


class Comparison(_Record):
    """`differs` names what else is not the same; it does not stand in the way of comparing."""

    metrics: tuple[MetricChange, ...]
    cases: tuple[CaseChange, ...]
    compared: int
    differs: dict[str, str]
    incomplete: dict[str, str]
    strict: bool = False

    @property
    def regressions(self) -> list[MetricChange]:
        bad = ("regression", "unclear") if self.strict else ("regression",)
        return [one for one in self.metrics if one.verdict in bad and (one.margin is not None)]

    @property
    def exit_code(self) -> int:
        if self.incomplete:
            return INCOMPLETE
        return REGRESSION if self.regressions else PASS


def compare(
    old: RunFile,
    new: RunFile,
    *,
    ignore: Collection[str] = (),
    margins: dict[str, float] | None = None,
    metrics: Sequence[Metric] = ALL,
    strict: bool = False,
) -> Comparison:
    """`ignore` names fingerprints that may differ: then the cases that both runs have word for word are compared.

    Raises NoBaseline when the runs can't be compared.
    """
    _comparable(old.fingerprint, new.fingerprint, ignore)
    olds, news = _common(old, new)
    before, after = Table(olds), Table(news)
    pairs = _pairs(before, after, metrics)
    drawn = resample(pairs, len(before.clusters))
    told = [_change(two, drawn[two.metric.name], margins or {}) for two in pairs]
    promises = {metric.name for metric in metrics if metric.invariant}
    family = [one for one in told if one.margin is not None and one.name not in promises]
    adjusted = dict(zip([one.name for one in family], holm([one.p for one in family]), strict=True))
    judged = [_judged(one, adjusted.get(one.name)) for one in told]
    return Comparison(
        metrics=tuple(judged),
        cases=tuple(case_changes(olds, news, metrics)),
        compared=len(olds),
        differs=_differs(old, new),
        incomplete={**old.incomplete, **new.incomplete},
        strict=strict,
    )


def _comparable(old: Fingerprint, new: Fingerprint, ignore: Collection[str]) -> None:
    faults = [
        f"{name} (baseline {getattr(old, name)}, run {getattr(new, name)})"
        for name in FINGERPRINTS
        if name not in ignore
        and None not in (getattr(old, name), getattr(new, name))
        and getattr(old, name) != getattr(new, name)
    ]
    if faults:
        raise NoBaseline(
            f"The runs can't be compared: they differ in {'; '.join(faults)}.",
            remedy="Make the baseline anew on the same gold and articles, or add --ignore NAME to compare what is "
            "common.",
        )


def _common(old: RunFile, new: RunFile) -> tuple[list[CaseScores], list[CaseScores]]:
    """The cases that say the same in both runs, in the order of the new one."""
    known = {(case.id, case.digest): case for case in old.cases}
    news = [case for case in new.cases if (case.id, case.digest) in known]
    if not news:
        raise NoBaseline("The runs have no case in common.", remedy="Make the baseline anew on the same gold.")
    return [known[case.id, case.digest] for case in news], news


def _pairs(before: Table, after: Table, metrics: Sequence[Metric]) -> list[Pair]:
    """The metrics that both runs have a score of. A case's cluster is that of the new run, in both."""
    told = []
    for metric in metrics:
        old, new = before.observed(metric), after.observed(metric)
        if metric.group != "cost" and len(old.rows) and len(new.rows):
            told.append(Pair(old, new, after.cluster_of[old.case_of], after.cluster_of[new.case_of]))
    return told


def _change(two: Pair, drawn: Resampled, margins: dict[str, float]) -> MetricChange:
    metric = two.metric
    old, new = two.old.value() or 0.0, two.new.value() or 0.0
    gain = new - old if metric.better == "higher" else old - new
    low, high = (float(bound) for bound in np.percentile(drawn.gains, [2.5, 97.5]))
    counts = _discordant(two.old, two.new) if metric.yes_no else None
    exact = mcnemar(*counts) if counts else None
    single = exact is not None and _single(two)
    return MetricChange(
        name=metric.name,
        old=round(old, 6),
        new=round(new, 6),
        gain=round(gain, 6),
        low=round(low, 6),
        high=round(high, 6),
        # McNemar's test takes cases to be independent; where clusters hold several, whole clusters are permuted.
        p=exact if exact is not None and single else drawn.p,
        test="mcnemar" if single else "permutation",
        mcnemar=exact,
        broke=counts[0] if counts else None,
        mended=counts[1] if counts else None,
        margin=margins.get(metric.name, metric.margin),
        smallest_effect=round(smallest_effect(drawn.gains, len(np.unique(two.new_cluster))), 6),
        n=len(np.intersect1d(two.old.case_of, two.new.case_of)),
        verdict="regression" if metric.invariant and gain < -_SAME else "unclear",
    )


def _judged(one: MetricChange, adjusted: float | None) -> MetricChange:
    """A loss is a regression when it is beyond chance and may be beyond the margin; a promise was judged before."""
    if one.verdict == "regression":
        return one.model_copy(update={"holm": adjusted})
    margin, p = one.margin or 0.0, one.p if adjusted is None else adjusted
    verdict: Verdict = "unclear"
    if one.low >= -margin - _SAME:
        verdict = "better" if p < ALPHA and one.gain > 0 else "no worse"
    elif p < ALPHA:
        verdict = "regression" if one.gain < 0 else "better"
    return one.model_copy(update={"holm": adjusted, "verdict": verdict})


def _single(two: Pair) -> bool:
    """Whether no cluster holds two cases of this metric."""
    return len(np.unique(two.old_cluster)) == len(two.old_cluster) and len(np.unique(two.new_cluster)) == len(
        two.new_cluster
    )


def _discordant(old: Observed, new: Observed) -> tuple[int, int] | None:
    """Cases that broke and that were mended; None where repeats make more than yes and no of them."""
    if len(np.unique(old.case_of)) < len(old.case_of) or len(np.unique(new.case_of)) < len(new.case_of):
        return None
    shared, left, right = np.intersect1d(old.case_of, new.case_of, return_indices=True)
    if not len(shared):
        return None
    sign = 1.0 if old.metric.better == "higher" else -1.0
    change = sign * (new.rows[right, 0] - old.rows[left, 0])
    return int((change < 0).sum()), int((change > 0).sum())


def _differs(old: RunFile, new: RunFile) -> dict[str, str]:
    """Settings, models and repeats that are not the same, as "was -> is"."""
    told = {}
    if old.fingerprint.repeats != new.fingerprint.repeats:
        told["repeats"] = f"{old.fingerprint.repeats} -> {new.fingerprint.repeats}"
    for what, was, now in (
        ("setting", old.target.settings, new.target.settings),
        ("model", old.target.models, new.target.models),
    ):
        for name in sorted({*was, *now}):
            if was.get(name) != now.get(name):
                told[f"{what} {name}"] = f"{was.get(name)} -> {now.get(name)}"
    if (old.target.kind, old.target.name) != (new.target.kind, new.target.name):
        told["target"] = f"{old.target.kind} {old.target.name} -> {new.target.kind} {new.target.name}"
    return told
