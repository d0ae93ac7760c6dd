"""One run from gold to run file: ask what the journal does not hold yet, score everything, write it down."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evals.errors import EvalError, Incomplete
from evals.estimate import estimate, summarise
from evals.gold import Case
from evals.metrics import ALL, BY_NAME, Metric
from evals.metrics.abstention import confusion
from evals.reply import Reply
from evals.runs.engine import Work, ask_all
from evals.runs.fingerprint import code_fingerprint, corpus_fingerprint, gold_fingerprint, surroundings
from evals.runs.journal import Journal, not_written
from evals.runs.record import Fingerprint, Past, RunFile, TargetRecord, dump, load_run, write_text
from evals.runs.targets import Target
from evals.scores import CaseScores, Table, case_scores

PAST = 30  # earlier runs whose figures a run file carries along
COST: tuple[Metric, ...] = tuple(metric for metric in ALL if metric.group == "cost")
QUALITY: tuple[Metric, ...] = tuple(metric for metric in ALL if metric.group != "cost")

Tell = Callable[[Reply], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to ask. `max_cost` is in US dollars; None for no cap."""

    out: Path
    corpus: Path
    repeats: int = 1
    concurrency: int = 1
    timeout_s: float = 60.0
    max_cost: float | None = None
    fresh: bool = False

    @property
    def journal(self) -> Path:
        return self.out.with_name(self.out.name + ".journal")


def run(plan: Plan, cases: Sequence[Case], target: Target, tell: Tell = lambda _reply: None) -> RunFile:
    """Asks, scores and writes `plan.out`. Every reply is safe in the journal before it counts.

    Raises EvalError, and Incomplete when a cap or the disk ends it: the journal stays and the next run goes on from it.
    The journal also stays while cases failed, so that the same command asks those again and no others.
    """
    began = time.perf_counter()
    fingerprint = Fingerprint(
        gold=gold_fingerprint(cases),
        corpus=corpus_fingerprint(plan.corpus),
        archive=target.about.fingerprint,
        repeats=plan.repeats,
    )
    with Journal(plan.journal, _key(fingerprint, target), fresh=plan.fresh) as journal:
        replies = _asked(plan, cases, target, journal, tell)
        made = run_file(fingerprint, cases, replies, target)
        seconds = round(time.perf_counter() - began, 2)
        made = made.model_copy(update={"made": _made(seconds), "history": _history(plan.out)})
        try:
            write_text(plan.out, dump(made))
        except OSError as error:
            raise not_written(plan.out, plan.journal, journal.written, error) from error
    if not made.incomplete:
        plan.journal.unlink(missing_ok=True)
    return made


def run_file(fingerprint: Fingerprint, cases: Sequence[Case], replies: Sequence[Reply], target: Target) -> RunFile:
    """The scores of replies. Pure: the same replies give the same file."""
    of: dict[str, list[Reply]] = {case.id: [] for case in cases}
    for reply in sorted(replies, key=lambda one: one.repeat):
        of[reply.case].append(reply)
    scored = [case_scores(case, of[case.id], QUALITY) for case in cases]
    table = Table(scored)
    about = target.about
    return RunFile(
        fingerprint=fingerprint,
        target=TargetRecord(
            kind=about.kind,
            name=about.name,
            settings=dict(about.settings),
            models={name: model for reply in replies for name, model in reply.models.items()},
        ),
        summary=summarise(table, QUALITY),
        confusion=confusion(table.observed(BY_NAME["abstention_f1"]).rows) if _any_asked(table) else {},
        cost=_cost(cases, of),
        cases=tuple(scored),
        gold=tuple(cases),
        replies=tuple(reply for case in cases for reply in of[case.id]),
    )


def _asked(plan: Plan, cases: Sequence[Case], target: Target, journal: Journal, tell: Tell) -> list[Reply]:
    """Replies to all of the cases: those kept by the journal, unless they failed, and new ones."""
    known = {(case.id, repeat) for case in cases for repeat in range(plan.repeats)}
    replies = {(r.case, r.repeat): r for r in journal.kept if r.trouble in (None, "refused")}
    spent = sum(reply.usage.price for reply in journal.kept if reply.usage)
    for reply in replies.values():
        tell(reply)
    work: list[Work] = [
        (case, repeat) for repeat in range(plan.repeats) for case in cases if (case.id, repeat) not in replies
    ]
    for reply in ask_all(target, work, concurrency=plan.concurrency, timeout_s=plan.timeout_s):
        journal.add(reply)
        replies[reply.case, reply.repeat] = reply
        tell(reply)
        spent += reply.usage.price if reply.usage else 0.0
        if plan.max_cost is not None and spent >= plan.max_cost and len(replies) < len(known):
            raise Incomplete(
                f"The cost cap of ${plan.max_cost:g} is reached after {len(replies)} of {len(known)} replies.",
                remedy="Run the same command with a higher --max-cost: it goes on from there.",
            )
    return list(replies.values())


def _key(fingerprint: Fingerprint, target: Target) -> dict[str, Any]:
    about = target.about
    return {
        **fingerprint.model_dump(),
        "target": f"{about.kind} {about.name}",
        "settings": dict(about.settings),
        "code": code_fingerprint(),
    }


def _made(seconds: float) -> dict[str, Any]:
    return {"when": datetime.now(UTC).isoformat(timespec="seconds"), "seconds": seconds, **surroundings()}


def _cost(cases: Sequence[Case], replies: Mapping[str, Sequence[Reply]]) -> dict[str, Any]:
    scored: list[CaseScores] = [case_scores(case, replies[case.id], COST) for case in cases]
    table = Table(scored)
    return {metric.name: estimate(table, table.observed(metric)) for metric in COST}


def _any_asked(table: Table) -> bool:
    return len(table.observed(BY_NAME["abstention_f1"]).rows) > 0


def _history(out: Path) -> tuple[Past, ...]:
    """What the run file that is about to be replaced knew, and its own figures."""
    try:
        old = load_run(out)
    except EvalError:
        return ()
    values = {name: one.value for name, one in old.summary.items() if one.value is not None}
    past = Past(when=str(old.made.get("when", "")), commit=old.made.get("commit"), values=values)
    return (*old.history, past)[-PAST:]
