"""Answers, hits and rankings for a terminal. Article text is shown as text: markup and escapes in it do nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text


def show_answer(record: dict[str, Any]) -> None:
    console = Console()
    console.print()
    if record["standalone"]:
        console.print(Text(f"Understood as: {safe(record['standalone'])}\n"), style="dim")
    console.print(Text(safe(record["text"])), style="bold" if record["status"] != "no_evidence" else "yellow")
    show_sources(record, console)
    show_made(record, console)


def show_sources(record: dict[str, Any], console: Console) -> None:
    """What an answer rests on, or what came nearest."""
    for citation in record["citations"]:
        console.print()
        console.print(Text(f"[{citation['n']}] {where(citation['article'])}"), style="cyan")
        console.print(Text(f"    {place(citation)}"), style="dim")
        console.print(_in_surroundings(citation))
        if citation["also_in"]:
            console.print(Text(f"    also in: {', '.join(citation['also_in'])}"), style="dim")
    if record["nearest"]:
        console.print(Text("\nNearest passages:"), style="dim")
        show_hits(record["nearest"], console)


def show_made(record: dict[str, Any], console: Console) -> None:
    """What the answer had to go without, and what became of a language model's draft."""
    show_notices(record["notices"], console)
    for sentence in record["removed"]:
        why = "; ".join(check["detail"] for check in sentence["checks"] if not check["ok"])
        console.print(Text(f"  taken out: {safe(sentence['text'])} ({safe(why)})"), style="red")
    if record["usage"]:
        used = record["usage"]
        tokens = f"{used['input_tokens']:,} + {used['output_tokens']:,} tokens"
        cost = f", ${used['cost']:.4f}" if used["cost"] else ""
        console.print(Text(f"\n{record['models'].get('llm', 'language model')}: {tokens}{cost}"), style="dim")


def show_notices(notices: Sequence[dict[str, str]], console: Console) -> None:
    for one in notices:
        console.print(Text(f"\n{safe(one['text'])}"), style="yellow")


def show_found(record: dict[str, Any]) -> None:
    """What a search found, and what it had to go without."""
    console = Console()
    show_hits(record["hits"], console)
    show_notices(record["notices"], console)


def show_hits(hits: Sequence[dict[str, Any]], console: Console | None = None) -> None:
    console = console or Console()
    if not hits:
        console.print("Nothing found.", style="yellow")
    for hit in hits:
        console.print()
        console.print(Text(f"{hit['rank']}. {where(hit['article'])}"), style="cyan")
        scores = ", ".join(f"{name} {score:.3f}" for name, score in hit["scores"].items() if score is not None)
        console.print(Text(f"   {place(hit)}; {scores}"), style="dim")
        console.print(Text("   " + one_line(hit["text"])))
        if hit["also_in"]:
            console.print(Text(f"   also in: {', '.join(hit['also_in'])}"), style="dim")


def show_ranking(hits: Sequence[dict[str, Any]]) -> None:
    """Every passage that was ranked: its scores, what each signal added to the fused one, and why it wasn't used."""
    signals = tuple(dict.fromkeys(name for hit in hits for name in hit["parts"]))
    table = Table(title="Ranking: BM25, cosine, and what each signal adds to the fused score", title_justify="left")
    table.add_column("passage", overflow="fold")
    for column in ("BM25", "cosine", "fused", *(f"+{name}" for name in signals)):
        table.add_column(column, justify="right")
    table.add_column("read?")
    for hit in hits:
        article, given = hit["article"], hit["scores"]
        name = f"{hit['rank']}. {article['title'] or article['file']} {hit['start']}–{hit['end']}"
        scores = [given["bm25"], given["dense"], given["fused"], *map(hit["parts"].get, signals)]
        shown = ["-" if score is None else f"{score:.2f}" for score in scores]
        table.add_row(Text(safe(name)), *shown, Text(hit["left_out"] or "yes"))
    Console().print(table)


def where(article: dict[str, Any]) -> str:
    """Title, outlet and date; what is not known is said to be."""
    title = safe(article["title"] or article["file"])
    return f"{title} — {safe(article['source'] or 'source unknown')}, {article['published'] or 'date unknown'}"


def place(record: dict[str, Any]) -> str:
    article = record["article"]
    version = f" version {article['version']}" if article["version"] > 1 else ""
    return f"{safe(article['file'])} · article {article['id']}{version} · characters {record['start']}–{record['end']}"


def _in_surroundings(citation: dict[str, Any]) -> Text:
    text = Text("    … ", style="dim")
    text.append(one_line(citation["prefix"]) + " ", style="dim")
    before, answer, after = _around_answer(citation)
    text.append(f"“{_kept(before)}", style="not dim")
    text.append(_kept(answer), style="not dim bold underline")
    text.append(f"{_kept(after)}”", style="not dim")
    text.append(" " + one_line(citation["suffix"]) + " …", style="dim")
    return text


def _around_answer(citation: dict[str, Any]) -> tuple[str, str, str]:
    """The quote before, in and after the span that answers."""
    quote, span = citation["quote"], citation["answer_span"]
    if span is None:
        return quote, "", ""
    start, end = (at - citation["start"] for at in span)
    return quote[:start], quote[start:end], quote[end:]


def _kept(text: str) -> str:
    """As `one_line`, with a space at either end kept as one."""
    return re.sub(r"\s+", " ", safe(text))


def one_line(text: str) -> str:
    return " ".join(safe(text).split())


def safe(text: str) -> str:
    """Without control and format characters, which could move the cursor or reverse the line."""
    return "".join(c if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf"} else " " for c in text)
