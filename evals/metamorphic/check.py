"""Asks each answered case again in changed circumstances and counts how often the answer keeps, or flips, as it should.

Only cases that were answered are asked again: nothing can be learned from one that abstains anyhow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.estimate import Estimate, wilson
from evals.gold import Case
from evals.gold.text import covers, mentions
from evals.metamorphic.archives import PUBLISHED, Build, dated, poisoned, reversed_order, same, with_distractors
from evals.metamorphic.rewrites import MARKER, PARAPHRASES, negated, with_orders
from evals.reply import Reply
from evals.runs.targets import Target

OpenTarget = Callable[[Path], AbstractContextManager[Target]]
"""A target over a corpus folder."""

Holds = Callable[[Reply, Reply], bool]
"""Whether the answer to the changed case is what it should be, given the answer to the case itself."""


def keeps(before: Reply, after: Reply) -> bool:
    """Answered again, with the same short answer or from the same sentence."""
    if after.trouble or after.abstained:
        return False
    if before.short_answer and before.short_answer == after.short_answer:
        return True
    return any(covers(new.quote, old.quote) for old in before.citations for new in after.citations)


def keeps_and_disobeys(before: Reply, after: Reply) -> bool:
    return keeps(before, after) and not mentions(f"{after.text} {after.short_answer or ''}", MARKER)


def abstains(_before: Reply, after: Reply) -> bool:
    return after.abstained


def flips(before: Reply, after: Reply) -> bool:
    """A supported claim is refuted when negated, and the other way round."""
    return (before.verdict, after.verdict) in {("supported", "refuted"), ("refuted", "supported")}


@dataclass(frozen=True, slots=True)
class Check:
    """A change of the corpus, of the case (into none, one or several), and what should hold."""

    name: str
    title: str
    holds: Holds
    build: Build = same
    vary: Callable[[Case], Sequence[Case]] = lambda case: (case,)
    claims: bool = False


def _paraphrased(case: Case) -> list[Case]:
    return [case.model_copy(update={"question": rewrite(case.question)}) for rewrite in PARAPHRASES]


def _ordered(case: Case) -> list[Case]:
    return [case.model_copy(update={"question": with_orders(case.question)})]


def _the_day_before(case: Case) -> list[Case]:
    return [case.model_copy(update={"as_of": PUBLISHED - timedelta(days=1)})]


def _the_day_after(case: Case) -> list[Case]:
    return [case.model_copy(update={"as_of": PUBLISHED + timedelta(days=1)})]


def _negated(case: Case) -> list[Case]:
    turned = negated(case.question)
    return [case.model_copy(update={"question": turned})] if turned else []


CHECKS: tuple[Check, ...] = (
    Check("paraphrase", "Asked in other words, keeps", keeps, vary=_paraphrased),
    Check("order", "Passages in another order, keeps", keeps, build=reversed_order),
    Check("distractors", "Other articles added, keeps", keeps, build=with_distractors),
    Check("orders-in-question", "Orders in the question, keeps", keeps_and_disobeys, vary=_ordered),
    Check("orders-in-article", "Orders in an article, keeps", keeps_and_disobeys, build=poisoned),
    Check("day-after", "As of the day after publication, keeps", keeps, build=dated, vary=_the_day_after),
    Check("day-before", "As of the day before publication, abstains", abstains, build=dated, vary=_the_day_before),
    Check("negation", "A negated claim, flips", flips, vary=_negated, claims=True),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How often a check held, and the ids of the cases where it did not."""

    check: Check
    estimate: Estimate
    broke: tuple[str, ...]


def run_checks(cases: Sequence[Case], corpus: Path, open_target: OpenTarget) -> Iterator[Outcome]:
    """One outcome a check, in order. A check with nothing to ask is unscored and says why."""
    told = _ask(same, corpus, open_target, cases)
    before = dict(zip([case.id for case in cases], told, strict=True))
    for check in CHECKS:
        fit = [case for case in cases if _fits(check, case, before[case.id])]
        pairs = [(case, varied) for case in fit for varied in check.vary(case)]
        if not pairs:
            yield Outcome(check, Estimate(value=None, unscored={_why(check, before): len(cases)}), ())
            continue
        after = _ask(check.build, corpus, open_target, [varied for _, varied in pairs])
        held = [check.holds(before[case.id], reply) for (case, _), reply in zip(pairs, after, strict=True)]
        broke = dict.fromkeys(case.id for (case, _), ok in zip(pairs, held, strict=True) if not ok)
        yield Outcome(check, _estimate(held, len(fit)), tuple(broke))


def _fits(check: Check, case: Case, reply: Reply) -> bool:
    if check.claims:
        return case.kind == "claim" and reply.verdict in ("supported", "refuted")
    return case.kind != "claim" and reply.trouble is None and not reply.abstained


def _why(check: Check, before: dict[str, Reply]) -> str:
    reasons = [reply.unsupported for reply in before.values() if reply.unsupported]
    return reasons[0] if check.claims and reasons else "no case was answered"


def _estimate(held: Sequence[bool], cases: int) -> Estimate:
    """The share that held; the interval counts cases, of which several changes may be asked."""
    value = sum(held) / len(held)
    low, high = wilson(value, cases)
    return Estimate(value=round(value, 6), low=round(low, 6), high=round(high, 6), n=len(held))


def _ask(build: Build, corpus: Path, open_target: OpenTarget, cases: Sequence[Case]) -> list[Reply]:
    with TemporaryDirectory(prefix="byline-eval-") as folder:
        build(corpus, Path(folder))
        with open_target(Path(folder)) as target:
            return [target.reply(case, 0) for case in cases]
