"""Text to sentences, with offsets: nupunkt inside each paragraph, joined or split where news needs it.

A paragraph ends at a blank line and at every other line break, unless the break only wraps a line (see
`paragraph_spans`). nupunkt's model is loaded once, on first use.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

from rag.types import Span

LONGEST = 2_000  # code points: a longer sentence is cut at a clause, else at a space, so that a passage stays bounded

_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_WIDEST_WRAP = 120  # characters: longer lines were not wrapped by hand or by a page
_NARROWEST_WRAP = 40

_CLOSERS = "\"'”’»)]"
_CLOSING = re.escape(_CLOSERS)
# Every place where a sentence may end.
_MAY_END = re.compile(rf"[.!?…。！？।؟]+[{_CLOSING}」』]*(\s*)(?=\S)")
_NO_SPACES = "。！？।؟"  # end marks that need no space after them
# A full stop after a number inside the paragraph, or after a word in small letters that is no abbreviation.
_SURE_BEFORE = re.compile(
    rf"(?:(?<![\w.’'-])(?!(?:approx|art|dept|ed|est|etc|ext|figs?|govt|incl?|max|min|misc|sec|tel|vols?|viz)\.)[a-z’']{{3,}}"
    rf"|(?<=\w )\d{{2,}})\.[{_CLOSING}]*\Z"
)
_WORD_BEFORE = re.compile(rf"(?<![\w.])[A-Za-z][a-z’']{{2,}}\.[{_CLOSING}]*\Z")
_LIST_NUMBER = re.compile(r"(?:\d{1,3}|[A-Za-z]|[ivx]{2,4})\.\Z")
_SURE_AFTER = re.compile(r"[\"“‘(]*[A-Z]")

# Words that open a sentence far more often than they follow an abbreviation inside one.
_OPENERS = (
    "The|This|That|These|Those|There|Then|They|Their|He|She|His|Her|It|Its|We|Our|You|Your|I|But|And|Or|So|Yet|Of|In|"
    "On|At|As|By|For|From|To|With|After|Before|While|When|Where|What|Who|Why|How|If|Although|Though|Since|Because|"
    "Under|During|Among|According|However|Meanwhile|Also|Now|Not|No|A|An|Some|Many|Most|All|Both|Another|One|Once"
)
_OPENS = re.compile(rf"[\"“‘'(\[]*(?:{_OPENERS})(?=[\s,’'])")
# Abbreviations that can end a sentence: places, companies, times, countries.
_CAN_END = (
    r"(?:Ala|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ga|Ill|Ind|Kan|Kans|Ky|La|Md|Mich|Minn|Miss|Mont|Neb|Nev|Okla|Ont|Ore|Pa|"
    r"Penn|Que|Tenn|Tex|Va|Vt|Wash|Wis|Wyo|N\.[CDHJMY]|S\.[CD]|W\.Va|R\.I|B\.C|D\.C|U\.[SKN]|U\.S\.A|E\.U|P\.R|"
    r"Inc|Corp|Ltd|Cos?|Bros|Jr|Sr|etc|al|a\.m|p\.m|A\.M|P\.M|Ave|Blvd)"
)
# One capital can end a sentence, if what opens the next is not also a surname.
_ENDS_IN_LETTER = re.compile(r"\s[A-Z]\.\Z")
_OPENS_NO_NAME = re.compile(r"(?:The|This|That|It|They|But|And|In)\s")
_ENDS_IN_TITLE = re.compile(
    r"(?<![\w.])(?:Mr|Mrs|Ms|Mx|Dr|Prof|Gen|Lt|Col|Maj|Capt|Cmdr|Cpl|Sgt|Pvt|Adm|Sen|Sens|Rep|Reps|Gov|Govs|Pres|Rev|Hon|Fr|"
    r"Msgr|Supt|Det|Insp|Messrs|Mme|Mlle|St|Ste|Mt|Ft|Brig|No|"
    r"Nos|vs|v|ca|cf|i\.e|e\.g|approx)\.$"
)
_ENDS_IN_MONTH = re.compile(r"(?<!\w)(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.$")
_ENDS_IN_INITIAL = re.compile(r"(?:^|[\s(“\"])(?:[A-Z][\w’'-]+ |(?:[A-Z]\. ?)+|)[A-Z]\.$")
_ENDS_IN_ABBREVIATION = re.compile(rf"(?<![\w.]){_CAN_END}\.[{_CLOSING}]*\Z")
_STARTS_LOW = re.compile(r"[(\[]?[a-z](?![A-Z])")
_CLAUSE_END = re.compile(r"[;:,—–]\s+")


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The sentences of `text[start:end]` in order, each trimmed of space, none empty and none over `LONGEST` long.

    Offsets are into `text`. Every character that is not white space is in exactly one of them.
    """
    found: list[Span] = []
    for paragraph in paragraph_spans(text, start, end):
        for first, last in _sentences(text, paragraph):
            found.extend(_bounded(text, first, last))
    return found


def paragraph_spans(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The paragraphs of `text[start:end]`, trimmed: lines, joined where a break only wraps a line.

    Wrapped lines are 40 to 120 wide and all but full, and go on in lower case more often than prose that ends its
    lines with its sentences would.
    """
    found: list[Span] = []
    for block in _blocks(text, start, len(text) if end is None else end):
        found.extend(_unwrapped(text, block) if len(block) > 1 else block)
    return found


def _blocks(text: str, start: int, end: int) -> Iterator[list[Span]]:
    """Runs of trimmed lines without a blank line between them."""
    block: list[Span] = []
    for line in _LINE.finditer(text, start, end):
        span = _trimmed(text, line.start(), line.end())
        if span is None:
            if block:
                yield block
                block = []
            continue
        if block and not _single_break(text[block[-1].end : span.start]):
            yield block
            block = []
        block.append(span)
    if block:
        yield block


def _single_break(gap: str) -> bool:
    breaks = gap.strip(" \t\xa0")
    return len(breaks) == 1 or breaks == "\r\n"


def _unwrapped(text: str, lines: list[Span]) -> list[Span]:
    width = max(line.end - line.start for line in lines)
    if not _NARROWEST_WRAP <= width <= _WIDEST_WRAP:
        return lines
    low = sum(1 for line in lines[1:] if text[line.start].islower())
    if low * 10 < 3 * (len(lines) - 1):
        return lines
    joined = [lines[0]]
    last_width = lines[0].end - lines[0].start
    for line in lines[1:]:
        if last_width * 10 >= 7 * width or text[line.start].islower():
            joined[-1] = Span(joined[-1].start, line.end)
        else:
            joined.append(line)
        last_width = line.end - line.start
    return joined


def _sentences(text: str, paragraph: Span) -> list[Span]:
    piece = text[paragraph.start : paragraph.end]
    cuts = _cuts(piece)
    if not cuts:
        return [paragraph]
    edges = [0, *cuts, len(piece)]
    spans = (_trimmed(piece, a, b) for a, b in pairwise(edges))
    return [Span(paragraph.start + s.start, paragraph.start + s.end) for s in spans if s is not None]


def _cuts(piece: str) -> list[int]:
    """Where sentences after the first begin in a paragraph. nupunkt decides what no rule does, if there is any."""
    cuts: list[int] = []
    punkt: set[int] | None = None
    last = 0
    for match in _MAY_END.finditer(piece):
        before = piece[max(last, match.start() - 40) : match.end()].rstrip()
        after = piece[match.end() : match.end() + 40]
        ends = _ends_by_rule(before, after, match) if last or not _LIST_NUMBER.match(before) else False
        if ends is None:
            if punkt is None:
                punkt = _punkt_starts(piece)
            ends = not punkt.isdisjoint(range(match.start() + 1, match.end() + 1))
            ends = ends and not _belong_together(before, after)
        if ends:
            last = match.end()
            cuts.append(last)
    return cuts


def _ends_by_rule(before: str, after: str, match: re.Match[str]) -> bool | None:
    """Whether a sentence ends between two texts, or None where no rule knows."""
    if match[0][0] in _NO_SPACES:
        return True
    if not match[1]:  # the space is lost, or this is a number, an address, an abbreviation
        return before[-len(match[0]) - 2 : -len(match[0])].islower() and _OPENS.match(after) is not None
    if _OPENS.match(after):
        if _ENDS_IN_ABBREVIATION.search(before):
            return True
        if _WORD_BEFORE.search(before) and not _ENDS_IN_TITLE.search(before):
            return True
    if _OPENS_NO_NAME.match(after) and _ENDS_IN_LETTER.search(before):
        return True
    if before[-1] in '”"' and before[-2] in ".!?" and after[0] in '“"':
        return True  # one quotation closes, the next opens
    if _SURE_AFTER.match(after) and _SURE_BEFORE.search(before):
        return True
    return None


def _punkt_starts(piece: str) -> set[int]:
    flat = piece.replace("\n", " ")
    return {first for first, _ in _segmenter()(flat)}


def _belong_together(before: str, after: str) -> bool:
    """Whether the break between two pieces is only an abbreviation, an initial or the end of quoted speech."""
    if _STARTS_LOW.match(after):
        return True
    if _ENDS_IN_TITLE.search(before[-16:]):
        return after[0].isupper() or after[0].isdigit()
    if _ENDS_IN_MONTH.search(before[-8:]):
        return after[0].isdigit()
    if _OPENS.match(after):
        return False
    if _ENDS_IN_ABBREVIATION.search(before[-10:]):
        return after[0].isalpha()
    return after[0].isupper() and _ENDS_IN_INITIAL.search(before[-40:]) is not None


def _bounded(text: str, start: int, end: int) -> Iterator[Span]:
    """A sentence in pieces of at most `LONGEST`, cut after a clause or a space in the last half where there is one."""
    while end - start > LONGEST:
        cut = _clear_cut(text, start + LONGEST // 2, start + LONGEST)
        span = _trimmed(text, start, cut)
        if span is not None:
            yield span
        start = cut + len(text[cut:end]) - len(text[cut:end].lstrip())
    if start < end:
        yield Span(start, end)


def _clear_cut(text: str, low: int, high: int) -> int:
    for pattern in (_CLAUSE_END, re.compile(r"\s+")):
        ends = [match.end() for match in pattern.finditer(text, low, high)]
        if ends:
            return ends[-1]
    while high > low + 1 and _continues_character(text[high]):
        high -= 1
    return high


def _continues_character(char: str) -> bool:
    """Combining marks, joiners, variation selectors and skin tones belong to the character before them."""
    return unicodedata.category(char) in {"Mn", "Me", "Mc"} or char == "\u200d" or "\U0001f3fb" <= char <= "\U0001f3ff"


def _trimmed(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    stripped = piece.strip()
    if not stripped:
        return None
    first = start + len(piece) - len(piece.lstrip())
    return Span(first, first + len(stripped))


@lru_cache(maxsize=1)
def _segmenter() -> Callable[[str], list[tuple[int, int]]]:
    import nupunkt

    spans: Any = nupunkt.sent_spans
    spans("Warm. Up.")
    return lambda text: list(spans(text))
