"""`byline quotes` and `byline timeline`."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer

from rag.cli.front import Fronted
from rag.cli.options import After, AsOf, Before, DataDir, Json, NoService, Source, limits_of
from rag.settings import load_settings


def register(app: typer.Typer) -> None:
    app.command()(quotes)
    app.command()(timeline)


def quotes(
    person: Annotated[str, typer.Argument(help="A name, as the articles have it.")],
    source: Source = None,
    after: After = None,
    before: Before = None,
    as_of: AsOf = None,
    as_json: Json = False,
    data_dir: DataDir = None,
    no_service: NoService = False,
) -> None:
    """Everything that somebody said in the archive, dated and cited."""
    limits = limits_of(source, after, before, as_of)
    with Fronted(load_settings(data_dir=data_dir), one_shot=True, no_service=no_service) as front:
        record = {"person": person, "quotes": front(lambda one: one.quotes(person, limits))}
    if as_json:
        _print(record)
        return
    from rag.cli.show_check import show_quotes

    show_quotes(record)


def timeline(
    subject: Annotated[str, typer.Argument(help='The names that it is about, such as "Ford Geely".')],
    source: Source = None,
    after: After = None,
    before: Before = None,
    as_of: AsOf = None,
    as_json: Json = False,
    data_dir: DataDir = None,
    no_service: NoService = False,
) -> None:
    """What the archive says of some names, in the order of its days, and what changed."""
    limits = limits_of(source, after, before, as_of)
    with Fronted(load_settings(data_dir=data_dir), one_shot=True, no_service=no_service) as front:
        record = {"subject": subject, "timeline": front(lambda one: one.timeline(subject, limits))}
    if as_json:
        _print(record)
        return
    from rag.cli.show_check import show_timeline

    show_timeline(record)


def _print(record: dict[str, Any]) -> None:
    json.dump(record, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
