"""An answer sentence against its citations: so far that an extractive sentence is the quote that it cites."""

from __future__ import annotations

from collections.abc import Sequence

from rag.types import Check, Citation, Verdict


def verify(sentence: str, citations: Sequence[Citation]) -> tuple[Verdict, tuple[Check, ...]]:
    """Supported when the sentence is the words of one of its citations; runs of white space count as one space."""
    check = check_quote(sentence, citations)
    return ("supported" if check.ok else "unsupported"), (check,)


def check_quote(sentence: str, citations: Sequence[Citation]) -> Check:
    for one in citations:
        if sentence.split() == one.quote.split() and one.quote.strip():
            return Check("quote", True, f"verbatim at [{one.start}, {one.end}) of the stored article")
    numbers = ", ".join(str(one.n) for one in citations) or "none"
    return Check("quote", False, f"not the words of its citations ({numbers})")
