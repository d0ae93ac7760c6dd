"""Citations against the supporting quotes: ALCE's precision and recall, with quotes in place of an entailment model.

ALCE: a sentence has recall 1 when its citations together support it; a citation is precise when its sentence has recall
1 and it supports the sentence itself. Here a citation supports when it quotes what gold names.
"""

from __future__ import annotations

from pathlib import PurePath

from evals.gold import Case, Supporting
from evals.gold.text import covers
from evals.metrics.base import Metric, Outcome, Unscored, answerable, asked, score, share
from evals.reply import Cited, Reply

_ALCE = "Gao et al. 2023, Enabling Large Language Models to Generate Text with Citations (ALCE)"
_POINTS = 3  # a citation that is more times as long as the supporting quote does not point at it


def supports(citation: Cited, case: Case) -> bool:
    """Whether the citation quotes a supporting stretch of its file, and not a whole passage around it."""
    return any(_is_of(citation, gold) for gold in case.supporting)


def _is_of(citation: Cited, gold: Supporting) -> bool:
    short_enough = len(citation.quote) <= _POINTS * len(gold.quote)
    return file_name(citation) == gold.file and short_enough and covers(citation.quote, gold.quote)


def file_name(citation: Cited) -> str:
    return PurePath(citation.file).name


def _of(reply: Reply, numbers: tuple[int, ...]) -> list[Cited]:
    return [one for one in reply.citations if one.n in numbers]


def _recall(case: Case, reply: Reply) -> Outcome:
    backed = [any(supports(one, case) for one in _of(reply, s.citations)) for s in reply.sentences]
    return share(sum(backed), len(backed)) if backed else score(0)


def _precision(case: Case, reply: Reply) -> Outcome:
    cited = [one for sentence in reply.sentences for one in _of(reply, sentence.citations)]
    return share(sum(supports(one, case) for one in cited), len(cited)) if cited else score(0)


def _evidence(case: Case, reply: Reply) -> Outcome:
    found = [any(_is_of(one, gold) for one in reply.citations) for gold in case.supporting]
    return share(sum(found), len(found))


def _exact(_case: Case, reply: Reply) -> Outcome:
    checked = [one.exact for one in reply.citations if one.exact is not None]
    return share(sum(checked), len(checked)) if checked else Unscored("nothing is cited")


def _uncited(_case: Case, reply: Reply) -> Outcome:
    if reply.abstained:
        return Unscored("it abstained")
    numbers = {one.n for one in reply.citations}
    bare = [not numbers.intersection(sentence.citations) for sentence in reply.sentences]
    return share(sum(bare), len(bare)) if bare else score(1)


def _wrong_article(case: Case, reply: Reply) -> Outcome:
    if not reply.citations:
        return Unscored("nothing is cited")
    right = {gold.file for gold in case.supporting}
    return share(sum(file_name(one) not in right for one in reply.citations), len(reply.citations))


METRICS = (
    Metric(
        name="quotes_exact",
        title="Quotes are exact",
        group="citation",
        about="Citations whose quote is, character for character, what stands at their place in the stored article.",
        source="Byline's promise: article.text[start:end] == quote",
        observe=_exact,
        applies=asked,
        missing=None,
        margin=0.0,
        invariant=True,
    ),
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
    Metric(
        name="uncited_rate",
        title="Sentences without a citation",
        group="citation",
        about="Answer sentences that cite nothing.",
        source=_ALCE + "; Liu et al. 2023, Evaluating Verifiability in Generative Search Engines",
        observe=_uncited,
        applies=asked,
        missing=None,
        better="lower",
        margin=0.01,
    ),
    Metric(
        name="wrong_article_rate",
        title="Citations of a wrong article",
        group="citation",
        about="Citations of an article that holds none of the supporting quotes.",
        source="Liu et al. 2023, Evaluating Verifiability in Generative Search Engines",
        observe=_wrong_article,
        applies=answerable,
        missing=None,
        better="lower",
        margin=0.03,
    ),
)
