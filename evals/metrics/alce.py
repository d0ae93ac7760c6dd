"""Citations against the supporting quotes: ALCE's precision and recall, with quotes in place of an entailment model.

ALCE: a sentence has recall 1 when its citations together support it; a citation is precise when its sentence has recall
1 and it supports the sentence itself. Here a citation supports when it quotes what gold names.
"""

from __future__ import annotations

from evals.gold import Case
from evals.metrics.base import Metric, Outcome, answerable, score, share
from evals.metrics.support import is_of, supports
from evals.reply import Cited, Reply

_ALCE = "Gao et al. 2023, Enabling Large Language Models to Generate Text with Citations (ALCE)"


def _of(reply: Reply, numbers: tuple[int, ...]) -> list[Cited]:
    return [one for one in reply.citations if one.n in numbers]


def _recall(case: Case, reply: Reply) -> Outcome:
    backed = [any(supports(one, case) for one in _of(reply, s.citations)) for s in reply.sentences]
    return share(sum(backed), len(backed)) if backed else score(0)


def _precision(case: Case, reply: Reply) -> Outcome:
    cited = [one for sentence in reply.sentences for one in _of(reply, sentence.citations)]
    return share(sum(supports(one, case) for one in cited), len(cited)) if cited else score(0)


def _evidence(case: Case, reply: Reply) -> Outcome:
    found = [any(is_of(one, gold) for one in reply.citations) for gold in case.supporting]
    return share(sum(found), len(found))


METRICS = (
    Metric(
        name="citation_recall",
        title="Citation recall",
        group="citation",
        about="Answer sentences of which a citation quotes the supporting evidence; an abstention has none.",
        source=_ALCE,
        observe=_recall,
        applies=answerable,
        margin=0.03,
    ),
    Metric(
        name="citation_precision",
        title="Citation precision",
        group="citation",
        about="Citations that quote the supporting evidence.",
        source=_ALCE,
        observe=_precision,
        applies=answerable,
        margin=0.03,
    ),
    Metric(
        name="evidence_recall",
        title="Supporting quotes cited",
        group="citation",
        about="Of the quotes that gold names, those that the answer cites.",
        source="DeYoung et al. 2020, ERASER (rationale recall)",
        observe=_evidence,
        applies=answerable,
    ),
)
