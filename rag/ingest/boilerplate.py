"""What in an article's text is not the story: marked, kept, and not retrieved.

`phrases` tells a paragraph by its own words; here are the kinds that only their place gives away: headings, promotion
above a call to action, and the author's biography below the story. In doubt nothing is marked: an unmarked advert
costs a wasted passage, a marked sentence is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.ingest.instructions import instruction_spans
from rag.ingest.phrases import NAME, kind_of
from rag.sentences import paragraph_spans
from rag.types import Mark, MarkKind

_Kinds = list[MarkKind | None]

_LONGEST_HEADING = 100  # characters
_MOST_HEADING_WORDS = 14
_HEADING = re.compile(r"[#A-Z0-9À-ÖØ-ÞΑ-ΩА-Я‘'“\"¿]")
_NOT_HEADING = re.compile(
    r"[.,;:…!”\"*)]\Z|: |[$€£¥%]|\bsaid\b|\bsays\b|\d[-–]\d|https?:|@|\A[-–—•*►▪♦]|\A\d+(?:[.,]\d+)*\+?\Z"
    r"|\A\S+ \d+, \S+ \d+"  # a score
)
_MONTH = re.compile(
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?"
)
_DATE_WORD = re.compile(
    r"\d{1,4}(?:st|nd|rd|th)?|(?:mon|tues|wednes|thurs|fri|satur|sun)day|early|mid|late|and|to|of|the"
)
_NUMBERED = re.compile(r"\d{1,2}[.)] ?\D")
_MARKDOWN_HEADING = re.compile(r"#{1,6} \S")
_PROSE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*\Z")
_MOST_HEADINGS = 0.6  # of the paragraphs: with more, the text just does not use full stops

_CALL = re.compile(
    r"\W*(?:(?:find out|learn|discover|explore) more(?: here| now| today| about \w[\w ]{0,30})?"
    r"|(?:shop|buy|order|book|register|join|apply|subscribe|download|enquire|enroll|get it|get started|start|act|call|"
    r"try it|try)(?: it| free| yours)? (?:now|today|here|free|your free trial|for free)"
    r"|get started|request a demo|get (?:the|your) (?:deal|offer|report|free \w+)|view (?:deal|offer|product)s?"
    r"|start your (?:free )?trial|contact us(?: today| now)?|claim (?:your|this) offer"
    r"|download (?:the )?(?:free )?(?:report|whitepaper|white paper|brochure|guide|app))\W*\Z",
    re.IGNORECASE,
)
_PROMOTION = re.compile(  # how it begins: an order to the reader, or a question about their wishes
    r"\W*(?:discover|combine|explore|unlock|boost|gain|reach|access|join|save|transform|grow|enjoy|experience|upgrade|"
    r"maximi[sz]e|accelerate|elevate|empower|harness|leverage|drive|deliver|connect|engage|get|give|make|take|stay|"
    r"start|try|build|find|shop|download|learn|subscribe|sign|register|book|browse|choose|compare|protect|secure|treat|"
    r"introducing|don['’]t miss|looking for|ready to|want to|need|are you|do you|why not|with our|we offer|we help)\b",
    re.IGNORECASE,
)
_REPORTED = re.compile(r"[“”\"]|\b(?:said|says|told|according to|reported|announced|yesterday)\b")
_LONGEST_PROMOTION = 260
_MOST_PROMOTION = 4  # paragraphs above one call to action

_PERSON = re.compile(rf"(?:Dr\.? |Prof\.? )?{NAME}(?=,| [a-z(])")
_CAREER = re.compile(
    r"\b(?:reporter|journalist|correspondent|columnist|(?<!film )editor|freelancer?|contributor|blogger|podcast|"
    r"(?:staff|senior|freelance|feature|contributing|opinion|science|travel|film|culture|sports|business|technology|"
    r"food) writer|(?:news|video|audience|digital|multimedia|trending|visual) producer|author of|"
    r"(?:fellow|analyst) at|professor (?:of|at)|writes? (?:about|for|the|on|a)|writing (?:about|for)|"
    r"wrote (?:about|for)|cover(?:s|ed|ing)|report(?:s|ed|ing) (?:on|for|from|about)|"
    r"(?:reviews?|road tests?|columns?|articles|stories) (?:and|for|in)|journalism|newsroom)\b"
)
_LONGEST_BIOGRAPHY = 700


def mark(text: str) -> tuple[Mark, ...]:
    """The marks of a text in order, without overlap, each over whole paragraphs; an instruction over the end of one."""
    spans = paragraph_spans(text)
    paragraphs = [text[span.start : span.end] for span in spans]
    kinds: _Kinds = [kind_of(one, before) for one, before in zip(paragraphs, ["", *paragraphs], strict=False)]
    _mark_promotion(paragraphs, kinds)
    _mark_biographies(paragraphs, kinds)
    _mark_headings(paragraphs, kinds)
    boilerplate = [Mark(span.start, span.end, kind) for span, kind in zip(spans, kinds, strict=True) if kind]
    orders = [Mark(span.start, span.end, "instruction") for span in instruction_spans(text, spans)]
    kept = [mark for mark in boilerplate if not _overlaps(mark, orders)]
    return tuple(sorted([*kept, *orders], key=lambda mark: mark.start))


def _overlaps(mark: Mark, others: Iterable[Mark]) -> bool:
    return any(mark.start < other.end and other.start < mark.end for other in others)


def _mark_promotion(paragraphs: Sequence[str], kinds: _Kinds) -> None:
    """A call to action alone on its line, and the promotion right above it."""
    for n, paragraph in enumerate(paragraphs):
        if len(paragraph) > 80 or not _CALL.match(paragraph):
            continue
        kinds[n] = "advert"
        for above in range(n - 1, max(n - 1 - _MOST_PROMOTION, -1), -1):
            if not _promotes(paragraphs[above]):
                break
            kinds[above] = "advert"


def _promotes(paragraph: str) -> bool:
    """Whether a paragraph addresses a customer and reports nothing."""
    return (
        len(paragraph) <= _LONGEST_PROMOTION
        and _PROMOTION.match(paragraph) is not None
        and not _REPORTED.search(paragraph)
    )


def _mark_biographies(paragraphs: Sequence[str], kinds: _Kinds) -> None:
    """Below the story, with nothing but boilerplate after it: a person whom the story doesn't know, and their trade."""
    for n in range(len(paragraphs) - 1, 0, -1):
        if kinds[n] is None and _is_biography(paragraphs[n], paragraphs[:n], kinds):
            kinds[n] = "biography"
        elif kinds[n] is None and not _looks_like_heading(paragraphs[n]):
            return


def _is_biography(paragraph: str, above: Sequence[str], kinds: _Kinds) -> bool:
    person = _PERSON.match(paragraph)
    if person is None or len(paragraph) > _LONGEST_BIOGRAPHY or _REPORTED.search(paragraph):
        return False
    if not _CAREER.search(paragraph):
        return False
    surname = person.group().rstrip(".,").split()[-1]
    return not any(surname in one for one, kind in zip(above, kinds, strict=False) if kind is None and len(one) > 60)


def _mark_headings(paragraphs: Sequence[str], kinds: _Kinds) -> None:
    """Short lines without an end of sentence: one or two above prose, or left over below the story.

    Three or more in a row are a list, whose entries may each be a fact.
    """
    alike = [kind is None and _looks_like_heading(one) for one, kind in zip(paragraphs, kinds, strict=True)]
    plain = sum(1 for kind in kinds if kind is None)
    if sum(alike) > _MOST_HEADINGS * plain and plain > 2:
        alike = [
            is_alike and bool(_MARKDOWN_HEADING.match(one)) for is_alike, one in zip(alike, paragraphs, strict=True)
        ]
    if not any(kind is None and not is_alike for kind, is_alike in zip(kinds, alike, strict=True)):
        return  # nothing but headings is left: then they are what the article says
    n = 0
    while n < len(paragraphs):
        end = n
        while end < len(paragraphs) and alike[end]:
            end += 1
        if n < end <= n + 2 and _stands_over_prose(paragraphs, kinds, end):
            kinds[n:end] = ["heading"] * (end - n)
        n = max(end, n + 1)


def _stands_over_prose(paragraphs: Sequence[str], kinds: _Kinds, below: int) -> bool:
    """Whether what follows is prose, or nothing but boilerplate to the end."""
    if below < len(paragraphs) and kinds[below] is None:
        return _is_prose(paragraphs[below])
    return True


def _is_prose(paragraph: str) -> bool:
    return len(paragraph) >= 80 or (len(paragraph) >= 40 and _PROSE_END.search(paragraph) is not None)


def _looks_like_heading(paragraph: str) -> bool:
    if _MARKDOWN_HEADING.match(paragraph):
        return len(paragraph) <= 3 * _LONGEST_HEADING
    return (
        len(paragraph) <= _LONGEST_HEADING
        and len(paragraph.split()) <= _MOST_HEADING_WORDS
        and _HEADING.match(paragraph) is not None
        and not _NOT_HEADING.search(paragraph)
        and any(map(str.isalpha, paragraph))
        and not _is_date(paragraph)
    )


def _is_date(paragraph: str) -> bool:
    """Whether a line is a date and nothing else. Over an entry of a timeline it says when, and stays with it."""
    if _NUMBERED.match(paragraph):
        return False
    words = re.findall(r"\w+", paragraph.lower())
    months = sum(1 for word in words if _MONTH.fullmatch(word))
    return months > 0 and months + sum(1 for word in words if _DATE_WORD.fullmatch(word)) == len(words)
