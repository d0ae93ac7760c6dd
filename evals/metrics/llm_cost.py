"""Tokens and money, where an LLM is used. Shown, never gated."""

from __future__ import annotations

from evals.gold import Case
from evals.metrics.base import Matrix, Metric, Outcome, Unscored, ratio, score
from evals.reply import Reply


def _tokens(_case: Case, reply: Reply) -> Outcome:
    used = reply.usage
    return score(used.input_tokens + used.output_tokens) if used else Unscored("no LLM was used")


def _price(_case: Case, reply: Reply) -> Outcome:
    return score(reply.usage.price) if reply.usage else Unscored("no LLM was used")


def _total(parts: Matrix, weights: Matrix) -> Matrix:
    """The mean of the weighted observations, times how many there are."""
    return ratio(weights @ parts[:, 0], weights.sum(axis=1)) * len(parts)


METRICS = (
    Metric(
        name="tokens",
        title="Tokens a reply",
        group="cost",
        about="Tokens in and out, a reply.",
        source="As the provider counts them",
        observe=_tokens,
        missing=None,
        better="lower",
        unit="tokens",
    ),
    Metric(
        name="price",
        title="Price of the run",
        group="cost",
        about="US dollars, by the prices of the run.",
        source="As the provider bills them",
        observe=_price,
        missing=None,
        summarise=_total,
        better="lower",
        unit="usd",
    ),
)
