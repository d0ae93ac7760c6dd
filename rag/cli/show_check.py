"""A check record for a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from rag.claims.export import link_of, said_by
from rag.cli.show import one_line, place, safe, show_notices, where

_STYLES = {"supported": "green", "refuted": "red", "disputed": "yellow", "not_enough_evidence": "dim"}
_NEAREST = 2  # sentences that say neither, shown where nothing else is
_WORDS = {"not_enough_evidence": "not enough evidence"}
_SIGNS = {"supports": "+", "refutes": "−", "neutral": "·"}


def show_check(record: dict[str, Any], console: Console | None = None) -> None:
    console = console or Console()
    if not record["claims"]:
        console.print(Text("\nNothing in it can be checked."), style="yellow")
    for claim in record["claims"]:
        _show_claim(console, claim)
    for one in record["not_checked"]:
        console.print(
            Text(f"\nnot checked ({one['kind']}, {safe(one['why'] or '')}): {one_line(one['text'])}"), style="dim"
        )
    show_notices(record["notices"], console)
    if "recheck" in record:
        _show_recheck(console, record["recheck"])
    console.print(Text(f"\ncheck {record['id']} · {record['checked_at']}"), style="dim")


def _show_claim(console: Console, claim: dict[str, Any]) -> None:
    verdict = claim["verdict"]
    console.print()
    console.print(Text(one_line(claim["text"]), style="bold"))
    if claim["edits"]:
        console.print(Text(f"  read as: {one_line(claim['read_as'])}"), style="dim")
    line = Text(f"  {_WORDS.get(verdict, verdict)} {claim['confidence']:.2f}", style=_STYLES[verdict])
    console.print(line.append(f"  {one_line(claim['explanation'])}", style="default"))
    if claim["in_words"]:
        console.print(Text(f"  {one_line(claim['in_words'])}", style="italic"))
    if claim["sources"]:
        only = "; attributed only" if claim["attributed_only"] else ""
        console.print(Text(f"  {one_line(claim['sources'])}{only}"), style="dim")
    for part in claim["parts"]:
        console.print(Text(f"  part: {_WORDS.get(part['verdict'], part['verdict'])}: {one_line(part['text'])}"))
    for quote in claim["quotes"]:
        console.print(Text(f"  quote {quote['found']}: “{one_line(quote['words'])}”, {one_line(quote['detail'])}"))
    telling = [one for one in claim["evidence"] if one["stance"] != "neutral"]
    for evidence in telling or claim["evidence"][:_NEAREST]:
        _show_evidence(console, evidence)
    for one in claim["timeline"]:
        changed = f" ({one['changed']})" if one["changed"] else ""
        console.print(
            Text(f"  {one['day'] or 'undated'} {one['stage']}{changed}: {one_line(one['citation']['quote'])[:100]}")
        )


def _show_evidence(console: Console, evidence: dict[str, Any]) -> None:
    citation = evidence["citation"]
    console.print()
    sign = _SIGNS[evidence["stance"]]
    console.print(
        Text(f"  {sign} {evidence['stance']} {evidence['score']:.2f}  {where(citation['article'])}"), style="cyan"
    )
    said = said_by(citation)
    console.print(Text(f"    {place(citation)}" + (f" · {safe(said)}" if said else "")), style="dim")
    console.print(Text(f"    “{one_line(citation['quote'])}”"))
    for check in evidence["checks"]:
        if not check["ok"]:
            console.print(Text(f"    {check['kind']}: {one_line(check['detail'])}"), style="yellow")
    link = link_of(citation)
    if link:
        console.print(Text(f"    {safe(link)}"), style="dim")


def _show_recheck(console: Console, told: dict[str, Any]) -> None:
    console.print(Text(f"\nChecked again {told['checked_at']}:"), style="bold")
    for one in told["articles"]:
        newest = f", newest is version {one['newest']}" if one["state"] == "changed" else ""
        damaged = "" if one["intact"] or one["state"] == "removed" else "; its text is not what was read"
        console.print(Text(f"  article {one['id']} version {one['version']}: {one['state']}{newest}{damaged}"))
    for one in told["claims"]:
        console.print(Text(f"  {one['then']} → {one['now']}: {one_line(one['text'])}"))
        if one["contradicted_by"]:
            console.print(Text(f"    contradicted by {', '.join(one['contradicted_by'])}"), style="yellow")


def show_quotes(record: dict[str, Any]) -> None:
    console = Console()
    if not record["quotes"]:
        console.print(Text(f"\nNo article found has {safe(record['person'])} say anything."), style="yellow")
    for one in record["quotes"]:
        citation = one["citation"]
        console.print()
        console.print(Text(where(citation["article"])), style="cyan")
        console.print(Text(f"    {place(citation)} · {safe(said_by(citation))}"), style="dim")
        console.print(Text(f"    {one_line(citation['quote'])}"))


def show_timeline(record: dict[str, Any]) -> None:
    console = Console()
    if not record["timeline"]:
        console.print(Text(f"\nNo sentence found names {safe(record['subject'])}."), style="yellow")
    for one in record["timeline"]:
        changed = f" ({one['changed']})" if one["changed"] else ""
        console.print()
        console.print(Text(f"{one['day'] or 'undated'}  {one['stage']}{changed}", style="bold"))
        console.print(Text(f"    {where(one['citation']['article'])} · {place(one['citation'])}"), style="dim")
        console.print(Text(f"    “{one_line(one['citation']['quote'])}”"))
