"""Whether a name is a person's, by its form."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.checks.names import tokens

_ORGANISATION = re.compile(
    r"\b(?:Inc|Corp|Ltd|LLC|Plc|Co|Group|Holding|Motor|Motors|University|Bank|Agency|Department|Ministry|Council|Court|"
    r"Party|Union|House|Office|Company|Airlines|Auto|News|Times|Post|Administration|Institute|Association)\b"
)


def is_person(name: str, others: Iterable[str] = ()) -> bool:
    """By its form: two or three plain words, or the last of such a name among `others`."""
    if _ORGANISATION.search(name) or any(part.isupper() and len(part) > 2 for part in name.split()):
        return False
    if 2 <= len(tokens(name)) <= 3:
        return True
    return any(tokens(other)[-1:] == tokens(name) for other in others if len(tokens(other)) > 1)


def without_role(name: str) -> str:
    """ "Herbert Diess" of "VW CEO Herbert Diess": what follows the last word of a role."""
    parts = name.split()
    roles = [n for n, part in enumerate(parts[:-1]) if not tokens(part) or (part.isupper() and "." not in part)]
    return " ".join(parts[roles[-1] + 1 :]) if roles else name


def possessive(name: str) -> str:
    return f"{name}’" if name.endswith("s") else f"{name}’s"
