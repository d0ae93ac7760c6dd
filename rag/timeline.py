"""How far a thing had come when: dated statements in order, and what changed from one to the next."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.claims.records import Dated
from rag.types import Citation

# The first that fits is the stage. Under a negation nearby it is not: "no formal agreement" is no agreement.
_STAGES: tuple[tuple[str, str], ...] = (
    ("denied", r"den(?:y|ies|ied)|no plans to|rul(?:ed|es|ing) out|not in talks|dismiss(?:ed|es)|disput(?:ed|es)"),
    (
        "ended",
        r"cancel(?:led|ed)|scrapp(?:ed|ing)|abandon(?:ed|ing)|called off|calls off|withdr(?:ew|awn)|terminated|"
        r"collapsed|"
        r"fell through|dropped (?:its|their|the) plans?|pulled out|suspended|shelved",
    ),
    (
        "agreed",
        r"announc(?:ed|es|ing)|agreed|agree to|sign(?:ed|s) (?:a|an|the|up|off)|approv(?:ed|es)|finali[sz]ed|"
        r"confirm(?:ed|s)|"
        r"unveil(?:ed|s)|agreement|memorandum|clinched|struck a deal|completed|launched|opened|passed|enacted|"
        r"took effect",
    ),
    (
        "in talks",
        r"in talks|talks|talking (?:with|to|about)|negotiat\w+|discuss\w*|consider(?:s|ed|ing)|weigh(?:s|ed|ing)|"
        r"explor(?:e|es|ed|ing)|"
        r"propos(?:e|es|ed|ing|al)|mull(?:s|ed|ing)|preliminary|conversations",
    ),
    (
        "planned",
        r"plan(?:s|ned)?|intend(?:s|ed)?|aim(?:s|ed)?|will|set to|expected|scheduled|vow(?:s|ed)|pledg(?:es|ed)|wants?",
    ),
)
_PATTERNS = tuple((stage, re.compile(rf"\b(?:{cues})\b", re.IGNORECASE)) for stage, cues in _STAGES)
_NOT = re.compile(r"\b(?:no|not|never|without|nor|n['’]t)\b(?:\W+\w+){0,2}\W*$", re.IGNORECASE)
REPORTED = "reported"  # no word says how far it has come
_APART = frozenset({frozenset(pair) for pair in (("in talks", "agreed"), ("agreed", "ended"), ("planned", "ended"))})


def stage_of(sentence: str) -> str:
    """How far a thing has come by this sentence: "in talks", "planned", "agreed", "ended", "denied", or "reported"."""
    for stage, pattern in _PATTERNS:
        for match in pattern.finditer(sentence):
            if stage == "denied" or not _NOT.search(sentence[: match.start()]):
                return stage
    return REPORTED


def differ(one: str, other: str) -> bool:
    """Whether two stages can't both be how far a thing has come."""
    return one != other and ("denied" in {one, other} or frozenset({one, other}) in _APART)


def timeline(statements: Sequence[Citation]) -> tuple[Dated, ...]:
    """The statements by the day of their article, undated ones last; of one day as given. A step from one stage to
    another is named.
    """
    ordered = sorted(statements, key=lambda one: one.article.published or "9999")
    found: list[Dated] = []
    for citation in ordered:
        stage = stage_of(citation.quote)
        last = next((one.stage for one in reversed(found) if one.stage != REPORTED and one.day), None)
        day = citation.article.published[:10] if citation.article.published else None
        changed = f"{last} → {stage}" if last and day and stage not in {REPORTED, last} else None
        found.append(Dated(day, stage, citation, changed))
    return tuple(found)
