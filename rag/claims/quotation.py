"""Quoted words of a claim, looked up in the archive: exact, altered, misattributed, stitched together, or not found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from rag.checks.names import named, names_in, same_name
from rag.checks.quoted import Quoted, nearest, plain, quoted, verbatim
from rag.checks.speech import sayings
from rag.claims.records import QuoteCheck
from rag.types import ArticleRef, Citation, Hit, Span

LEAST_WORDS = 3  # fewer are a term, not a quotation
_MARKS = "“”\" '"
_FRAGMENT = 3  # words at least, of each piece of a stitched quote
_MOST_FRAGMENTS = 3

Cite = Callable[[Hit, Span], Citation]
TextOf = Callable[[ArticleRef], str]


def check_quotes(
    claim: str, find: Callable[[str], Sequence[Hit]], text_of: TextOf, cite: Cite
) -> tuple[QuoteCheck, ...]:
    """One check of each quotation. `find` searches the archive for words."""
    return tuple(
        _checked(one, claim, find(one.words), text_of, cite)
        for one in quoted(claim)
        if len(one.words.split()) >= LEAST_WORDS
    )


def _checked(one: Quoted, claim: str, hits: Sequence[Hit], text_of: TextOf, cite: Cite) -> QuoteCheck:
    exact = [(hit, span) for hit in hits for span in _sentences_with(one.words, hit)]
    if exact:
        return _exact(one, claim, exact, text_of, cite)
    stitched = next((found for hit in hits if (found := _fragments(one.words, hit))), None)
    if stitched:
        hit, spans = stitched
        pieces = " … ".join(f"“{hit.sentence(span)[:60]}”" for span in spans)
        detail = f"put together from {len(spans)} places of one article: {pieces}"
        return QuoteCheck(one.words, one.start, one.end, "stitched", detail, tuple(cite(hit, span) for span in spans))
    like = next(((hit, span, text) for hit in hits for span, text in _like(one.words, hit)), None)
    if like:
        hit, span, text = like
        detail = f"the article has “{text.strip(_MARKS)}”"
        return QuoteCheck(one.words, one.start, one.end, "altered", detail, (cite(hit, span),))
    return QuoteCheck(one.words, one.start, one.end, "not found", "no article found has these words", ())


def _exact(one: Quoted, claim: str, places: Sequence[tuple[Hit, Span]], text_of: TextOf, cite: Cite) -> QuoteCheck:
    """Exact where any place has the claim's speaker say it, or nobody is named on one of the sides."""
    told = next((said.speaker for said in sayings(claim) if said.named and said.speaker), None)
    others = []
    for hit, span in places:
        speaker = _speaker(text_of(hit.article), span)
        if told is None or speaker is None or same_name(told, speaker) or named(told, speaker):
            left_out = " (with words left out)" if plain(one.words) not in plain(hit.text) else ""
            by = f", said by {speaker}" if speaker else ""
            return QuoteCheck(one.words, one.start, one.end, "exact", f"verbatim{left_out}{by}", (cite(hit, span),))
        others.append((hit, span, speaker))
    hit, span, speaker = others[0]
    detail = f"the article has {speaker} say it, not {told}"
    return QuoteCheck(one.words, one.start, one.end, "misattributed", detail, (cite(hit, span),))


def _speaker(text: str, span: Span) -> str | None:
    """Who says the sentence at `span`: named in it, or the last who spoke before it in the article."""
    said = [one for one in sayings(text[span.start : span.end]) if one.speaker]
    here = next((one.speaker for one in said if one.named), None)
    if here:
        return here
    if said and names_in(said[0].speaker or ""):
        return said[0].speaker
    before = [one.speaker for one in sayings(text[max(0, span.start - 1_000) : span.start]) if one.named]
    return before[-1] if before else None


def _sentences_with(words: str, hit: Hit) -> list[Span]:
    """Where the hit has the words: in a sentence, or in two that follow each other."""
    spans = hit.passage.sentences
    alone = [span for span in spans if verbatim(words, hit.sentence(span))]
    if alone:
        return alone
    joined = [Span(a.start, b.end) for a, b in pairwise(spans)]
    return [span for span in joined if verbatim(words, hit.sentence(span))][:1]


def _like(words: str, hit: Hit) -> list[tuple[Span, str]]:
    found = [(span, nearest(words, hit.sentence(span))) for span in hit.passage.sentences]
    return [(span, text) for span, text in found if text]


def _fragments(words: str, hit: Hit) -> tuple[Hit, tuple[Span, ...]] | None:
    """Up to three pieces of the quote, of three words or more each, in different sentences of the passage."""
    rest = words.split()
    places: list[Span] = []
    while rest:
        if len(places) == _MOST_FRAGMENTS:
            return None
        found = next(
            (
                (n, span)
                for n in range(len(rest), _FRAGMENT - 1, -1)
                for span in hit.passage.sentences
                if span not in places and verbatim(" ".join(rest[:n]), hit.sentence(span))
            ),
            None,
        )
        if found is None:
            return None
        places.append(found[1])
        rest = rest[found[0] :]
    return (hit, tuple(places)) if len(places) > 1 else None
