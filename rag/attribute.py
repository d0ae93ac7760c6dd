"""Who says what a sentence of an article says: on the record, anonymous, a document, another outlet, or the article.

By the verb of speech and its subject (`rag/checks/speech.py`), and by what that subject is. "Reported Reuters, citing
sources" is a chain of three: the sources, Reuters, and the article that we read it in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.checks.names import known, names_in, tokens
from rag.checks.quoted import QUOTED
from rag.checks.speech import Said, sayings
from rag.claims.records import Attribution, AttributionKind

_ANONYMOUS = re.compile(
    r"\b(?:sources?|insiders?|people|persons?|individuals?|officials?|executives?|analysts?|aides?|employees|witnesses)\b"
    r"(?: (?:familiar|close|with (?:direct )?knowledge|briefed|involved|who)\b)?"
    r"|\bunnamed\b|\banonym|\bone person\b|\bnot authori[sz]ed to\b",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(
    r"\b(?:report|release|filings?|study|survey|poll|documents?|complaint|indictment|affidavit|lawsuit|memo|letter|data|bill|"
    r"press release|news release|statement|records?|ruling|paper|census|transcript|audit|website|notice|emails?|"
    r"application|petition|findings|figures|forecast|index)\b"
)
# Agencies, papers and broadcasters that others cite, and the words by which any other is recognised.
_OUTLETS = (
    r"Reuters|Bloomberg(?: News)?|AP|Associated Press|AFP|Agence France-Presse|Financial Times|FT|New York Times|"
    r"Washington Post|Wall Street Journal|WSJ|CNN|BBC|NBC(?: News)?|CBS(?: News)?|ABC News|Fox News|NPR|PBS|Politico|"
    r"The Guardian|The Times|The Verge|TechCrunch|CNBC|MSNBC|Sky News|Al Jazeera|Nikkei|Der Spiegel|Le Monde|El País|"
    r"Los Angeles Times|USA Today|USA TODAY|Variety|Deadline|TMZ|ESPN|Axios|Business Insider|Forbes|Fortune|"
    r"Kyodo|Xinhua|Tass|Interfax|Yonhap|dpa|Automotive News|Page Six|Vogue|The Mail on Sunday|"
    r"Mail on Sunday|Daily Mail|The Sun|Newsweek|People magazine|Us Weekly|Entertainment Weekly|The Information|Wired|"
    r"The Atlantic|The New Yorker|Vanity Fair|BuzzFeed|HuffPost|Vox|Slate|The Independent|The Telegraph|Billboard|"
    r"Pitchfork|"
    r"[A-Z]\w+\.com|Rolling Stone|The Hollywood Reporter"
)
_OUTLET = re.compile(
    rf"\b(?:{_OUTLETS})\b|\b[A-Z][\w.]+ (?:Times|Post|Journal|Herald|Tribune|News|Gazette|Daily|Magazine)\b"
    r"|\b(?:news agency|newspaper|broadcaster|newswire|magazine|tabloid)\b"
)
_THE_REPORT = re.compile(r"\bthe (?:report|article|story|newspaper|outlet|agency)\b", re.IGNORECASE)
_CITING = re.compile(r"\b(?:citing|quoting) (?P<whom>[^,.;]{3,80})")
_IN_QUOTES = re.compile(r"^[“\"][^“”\"]+[”\"]?[.!?]?[”\"]?$")
_REPORTING = frozenset({"reported", "reports", "report", "according to", "wrote", "revealed"})
_SOMEBODY = re.compile(r"(?:another|an?|one|some|several|many|two|three|four|five) (?:[a-z-]+ )*", re.IGNORECASE)
_PLAIN = frozenset({"said", "says", "told", "tells", "according to", "according to the", "announced"})
_GROUP = re.compile(
    r"\b(?:spokes(?:man|woman|person)|company|ministry|government|police|department|agency|court)\b", re.IGNORECASE
)


def attribute(sentence: str, before: str = "", read_in: str | None = None) -> Attribution:
    """Who says it. `before` is what stands before it in the article, `read_in` the outlet that we read it in."""
    said = sayings(sentence)
    chosen = _chosen(said)
    citing = _CITING.search(sentence)
    if citing and kind_of(citing["whom"]) == "on the record":
        citing = None  # reasons can be cited too
    if chosen is None or chosen.speaker is None:
        if citing:
            return _of(citing["whom"].strip(), "citing", before, read_in, sentence)
        if _IN_QUOTES.match(sentence) and (speaker := _last_speaker(before)):
            return _of(speaker, "quoted", before, read_in, sentence)
        return Attribution("article", chain=_chain(read_in))
    if citing:
        outlet = _outlet_of(chosen, sentence)
        kind = kind_of(citing["whom"])
        chain = _chain(citing["whom"].strip(), outlet, read_in)
        return Attribution(kind, citing["whom"].strip(), f"{chosen.cue}, citing", chain, outlet)
    return _of(_resolved(chosen, sentence, before), chosen.cue, before, read_in, sentence)


def _chosen(said: Sequence[Said]) -> Said | None:
    """An outlet that reports comes before whom it lets speak; plain saying before asking; else the first."""
    reporting = (one for one in said if one.cue.lower() in _REPORTING and kind_of(one.speaker or "") == "outlet")
    plain = (one for one in said if one.cue.lower() in _PLAIN)
    return next(reporting, None) or next(plain, None) or next(iter(said), None)


def _of(source: str, cue: str, before: str, read_in: str | None, sentence: str) -> Attribution:
    kind = kind_of(source)
    origin = _origin(before) if kind in {"document", "anonymous"} else None
    if kind == "outlet":
        origin = _named_outlet(source) or source
    if kind == "document" and _THE_REPORT.search(sentence) and origin:
        return Attribution("outlet", source, cue, _chain(origin, read_in), origin)
    return Attribution(kind, source, cue, _chain(source if source != origin else None, origin, read_in), origin)


def kind_of(source: str) -> AttributionKind:
    """What a source is, by its words: a name is on the record unless it is an outlet's."""
    if _OUTLET.search(source):
        return "outlet"
    named = [name for name in names_in(source[:1].lower() + source[1:]) if len(name) > 2]
    if _ANONYMOUS.match(source) or (_ANONYMOUS.search(source) and not named):
        return "anonymous"
    if _DOCUMENT.search(source):
        return "document"
    if _ANONYMOUS.search(source) and re.search(
        r"\b(?:familiar|unnamed|anonym|knowledge|briefed)\b", source, re.IGNORECASE
    ):
        return "anonymous"
    if _SOMEBODY.match(source) and not _GROUP.search(source):
        return "anonymous"
    return "on the record"


def origin_of(text: str) -> str | None:
    """The outlet that an article rests on, if its beginning says so: "…, reported Reuters, citing sources"."""
    return _origin(text)


def _origin(before: str) -> str | None:
    for said in sayings(before):
        if said.cue.lower() in _REPORTING and said.speaker and _OUTLET.search(said.speaker):
            return _named_outlet(said.speaker)
    return None


def _outlet_of(said: Said, sentence: str) -> str | None:
    return _named_outlet(said.speaker or "") or _named_outlet(sentence)


def _named_outlet(text: str) -> str | None:
    match = re.search(rf"\b(?:{_OUTLETS})\b", text) or _OUTLET.search(text)
    return match[0] if match else None


def _resolved(said: Said, sentence: str, before: str) -> str:
    """Who a pronoun stands for: the last person named before it in the sentence, else the last who spoke."""
    speaker = said.speaker or ""
    if speaker.lower() not in {"he", "she", "they", "i", "we"}:
        return speaker
    outside = QUOTED.sub(" ", sentence[: said.at])
    persons = [name for name in names_in(outside) if len(tokens(name)) > 1 and known(name) is None]
    return persons[-1] if persons else _last_speaker(before) or speaker


def _last_speaker(before: str) -> str | None:
    """The last who spoke and is a person, as far as names tell: with a first name, or met with one."""
    full = {tokens(name)[-1] for name in names_in(before) if len(tokens(name)) in {2, 3}}
    for one in reversed(sayings(before)):
        if one.named and one.speaker and known(one.speaker) is None:
            parts = tokens(one.speaker)
            if len(parts) > 1 or parts[-1] in full:
                return one.speaker
    return None


def _chain(*links: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(link for link in links if link))
