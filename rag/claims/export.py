"""A check record in the forms that others read: Markdown, HTML, CSV, ClaimReview and web annotations.

Article text is quoted in each by that form's own rules, so that nothing in it is markup, a formula or a link.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Callable
from typing import Any, Literal, get_args

from rag.fragments import fragment_link
from rag.outlets import outlet_named

Format = Literal["markdown", "html", "csv", "claimreview", "annotations"]
FORMATS: tuple[str, ...] = get_args(Format)

_NAMES = {
    "supported": "Supported",
    "refuted": "Refuted",
    "disputed": "Disputed",
    "not_enough_evidence": "Not enough evidence",
}
_RATINGS = {"supported": 5, "disputed": 3, "refuted": 1}  # of 1 to 5; too little evidence has none
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+!|~])")
_FORMULA = re.compile(r"^[=+\-@\t\r]")
_SAFE_LINK = re.compile(r"^https?://", re.IGNORECASE)

Record = dict[str, Any]


def exported(record: Record, format_: Format) -> str:
    """The record as text that ends in a line break."""
    makers: dict[Format, Callable[[Record], str]] = {
        "markdown": markdown,
        "html": as_html,
        "csv": as_csv,
        "claimreview": lambda one: _json(claim_reviews(one)),
        "annotations": lambda one: _json(web_annotations(one)),
    }
    return makers[format_](record)


def link_of(citation: Record) -> str | None:
    """To the quote in its article; None where the article has no web address."""
    url = citation["article"]["url"]
    if not url or not _SAFE_LINK.match(url):
        return None
    return fragment_link(url, citation["quote"], citation["prefix"], citation["suffix"])


def place_of(citation: Record) -> str:
    article = citation["article"]
    outlet = outlet_named(article["source"], article["title"])
    day = article["published"][:10] if article["published"] else "date unknown"
    return f"{outlet}, {day}, characters {citation['start']}–{citation['end']}"


def said_by(citation: Record) -> str:
    """Who says it, from who knows to where we read it; empty where the article says so itself."""
    attribution = citation["attribution"] or {}
    if attribution.get("kind") in {None, "article"}:
        return ""
    return f"{attribution['kind']}: {' → '.join(attribution['chain'] or [attribution['source']])}"


def markdown(record: Record) -> str:
    """Claims with footnotes."""
    lines, notes, number = ["# Claims checked", ""], [], 0
    lines += [f"Check `{record['id']}`, {record['checked_at']}" + _as_of(record), ""]
    for claim in record["claims"]:
        marks = []
        for evidence in claim["evidence"]:
            if evidence["stance"] == "neutral":
                continue
            number += 1
            marks.append(f"[^{number}]")
            notes.append(f"[^{number}]: {_markdown_note(evidence)}")
        lines += [f"> {_plain(claim['text'])}", ""]
        lines += [
            f"**{_NAMES[claim['verdict']]}** ({claim['confidence']:.2f}). {_plain(_why(claim))}{''.join(marks)}",
            "",
        ]
    lines += [f"- not checked ({one['kind']}): {_plain(one['text'])}" for one in record["not_checked"]]
    return "\n".join([*lines, "", *notes]).rstrip() + "\n"


def _markdown_note(evidence: Record) -> str:
    citation = evidence["citation"]
    link = link_of(citation)
    said = said_by(citation)
    parts = [f"{evidence['stance']}: “{_plain(citation['quote'])}”", _plain(place_of(citation)), _plain(said)]
    return "; ".join(part for part in parts if part) + (f" <{link}>" if link else "")


def _plain(text: str) -> str:
    """Text in which nothing is Markdown, on one line."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _why(claim: Record) -> str:
    why = claim["explanation"]
    also = [
        claim["sources"],
        "attributed only: whatever supports it is somebody's word" if claim["attributed_only"] else "",
    ]
    return ". ".join(part for part in [why[:1].upper() + why[1:], *also] if part) + "."


def _as_of(record: Record) -> str:
    return f", as of {record['as_of']}" if record["as_of"] else ""


def as_html(record: Record) -> str:
    """A page without scripts or styles."""
    claims = "\n".join(_html_claim(one) for one in record["claims"])
    others = "".join(
        f"<li>{html.escape(one['kind'])}: {html.escape(one['text'])}</li>" for one in record["not_checked"]
    )
    when = record["checked_at"] + _as_of(record)
    title = f"Check {html.escape(record['id'])}"
    rest = f"<h2>Not checked</h2><ul>{others}</ul>\n" if others else ""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body>\n'
        f"<h1>{title}</h1>\n<p>{html.escape(when)}</p>\n{claims}\n{rest}</body></html>\n"
    )


def _html_claim(claim: Record) -> str:
    items = "".join(_html_evidence(one) for one in claim["evidence"] if one["stance"] != "neutral")
    return (
        f"<section><blockquote>{html.escape(claim['text'])}</blockquote>"
        f"<p><strong>{_NAMES[claim['verdict']]}</strong> ({claim['confidence']:.2f}). {html.escape(_why(claim))}</p>"
        f"<ol>{items}</ol></section>"
    )


def _html_evidence(evidence: Record) -> str:
    citation = evidence["citation"]
    link = link_of(citation)
    place = html.escape("; ".join(part for part in (place_of(citation), said_by(citation)) if part))
    where = f'<a href="{html.escape(link, quote=True)}" rel="noreferrer">{place}</a>' if link else place
    return f"<li>{evidence['stance']}: <q>{html.escape(citation['quote'])}</q> {where}</li>"


_COLUMNS = (
    "claim", "verdict", "confidence", "explanation", "independent_sources", "stance", "score", "quote", "outlet",
    "published", "article", "version", "start", "end", "attribution", "source", "link",
)  # fmt: skip


def as_csv(record: Record) -> str:
    """A row for each piece of evidence; a claim without any has one row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for claim in record["claims"]:
        told = [
            claim["text"],
            claim["verdict"],
            claim["confidence"],
            claim["explanation"],
            claim["independent_sources"],
        ]
        for evidence in claim["evidence"] or [None]:
            writer.writerow([_cell(value) for value in [*told, *_evidence_cells(evidence)]])
    return out.getvalue()


def _evidence_cells(evidence: Record | None) -> list[Any]:
    if evidence is None:
        return [""] * (len(_COLUMNS) - 5)
    citation = evidence["citation"]
    article, attribution = citation["article"], citation["attribution"] or {}
    return [
        evidence["stance"], evidence["score"], citation["quote"], article["source"] or "", article["published"] or "",
        article["id"], article["version"], citation["start"], citation["end"], attribution.get("kind", ""),
        attribution.get("source") or "", link_of(citation) or "",
    ]  # fmt: skip


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets a leading quotation mark."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def claim_reviews(record: Record) -> list[Record]:
    """schema.org ClaimReview, a draft for whoever signs it: author and url are theirs to fill in."""
    return [_claim_review(record, number, claim) for number, claim in enumerate(record["claims"], 1)]


def _claim_review(record: Record, number: int, claim: Record) -> Record:
    rating: Record = {"@type": "Rating", "alternateName": _NAMES[claim["verdict"]], "ratingExplanation": _why(claim)}
    if claim["verdict"] in _RATINGS:
        rating |= {"ratingValue": _RATINGS[claim["verdict"]], "bestRating": 5, "worstRating": 1}
    cited = [_news_article(one["citation"]) for one in claim["evidence"] if one["stance"] != "neutral"]
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": f"urn:byline:check:{record['id']}:{number}",
        "datePublished": record["checked_at"][:10],
        "claimReviewed": claim["text"],
        "itemReviewed": {"@type": "Claim", "name": claim["text"]},
        "reviewRating": rating,
        "citation": cited,
    }


def _news_article(citation: Record) -> Record:
    article = citation["article"]
    told = {
        "@type": "NewsArticle",
        "headline": article["title"],
        "url": link_of(citation),
        "datePublished": article["published"],
        "publisher": {"@type": "Organization", "name": article["source"]} if article["source"] else None,
        "text": citation["quote"],
    }
    return {name: value for name, value in told.items() if value is not None}


def web_annotations(record: Record) -> Record:
    """A W3C annotation collection: each quote with what it says of which claim."""
    items = [
        _annotation(record, claim, evidence)
        for claim in record["claims"]
        for evidence in claim["evidence"]
        if evidence["stance"] != "neutral"
    ]
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"urn:byline:check:{record['id']}",
        "type": "AnnotationCollection",
        "total": len(items),
        "first": {"type": "AnnotationPage", "items": items},
    }


def _annotation(record: Record, claim: Record, evidence: Record) -> Record:
    citation = evidence["citation"]
    article = citation["article"]
    source = article["url"] or f"urn:byline:article:{article['id']}:{article['version']}"
    return {
        "id": f"urn:byline:check:{record['id']}:{claim['start']}:{article['id']}:{citation['start']}",
        "type": "Annotation",
        "motivation": "assessing",
        "created": record["checked_at"],
        "body": {"type": "TextualBody", "value": f"{evidence['stance']}: {claim['text']}", "format": "text/plain"},
        "target": {
            "source": source,
            "selector": [
                {
                    "type": "TextQuoteSelector",
                    "exact": citation["quote"],
                    "prefix": citation["prefix"],
                    "suffix": citation["suffix"],
                },
                {"type": "TextPositionSelector", "start": citation["start"], "end": citation["end"]},
            ],
        },
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
