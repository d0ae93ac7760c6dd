"""`byline check`: a claim, a draft, a batch of claims, or a stored check once more."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from rag.claims.export import FORMATS, Format, exported
from rag.cli.batch import run_batch
from rag.cli.front import Fronted
from rag.cli.options import AsOf, DataDir, Json, NoService, day
from rag.cli.progress import claims_bar
from rag.errors import InputError
from rag.exits import NOT_AS_DEMANDED
from rag.settings import load_settings
from rag.types import Query

Claims = Annotated[
    str | None, typer.Option("--batch", metavar="FILE", help='One {"id", "claim"} a line; "-" reads standard input.')
]


def register(app: typer.Typer) -> None:
    app.command()(check)


def check(
    text: Annotated[str | None, typer.Argument(help='A claim or a draft; "-" reads standard input.')] = None,
    file: Annotated[Path | None, typer.Option("--file", help="A text file with the draft.")] = None,
    as_of: AsOf = None,
    as_json: Json = False,
    export: Annotated[str | None, typer.Option("--export", help=f"Print it as {', '.join(FORMATS)}.")] = None,
    recheck: Annotated[str | None, typer.Option("--recheck", metavar="ID", help="Check a stored check again.")] = None,
    batch: Claims = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 4 unless every claim is supported.")] = False,
    data_dir: DataDir = None,
    no_service: NoService = False,
) -> None:
    """Check claims against the archive, with the evidence on each side."""
    format_ = _format(export)
    limits = Query("", as_of=day(as_of, "--as-of"))
    with Fronted(load_settings(data_dir=data_dir), one_shot=batch is None, no_service=no_service) as front:
        if batch is not None:
            run_batch(batch, lambda claim: front(lambda one: one.check(claim, limits)), "checking", field="claim")
            return
        record = _recheck(recheck, front) if recheck else _check(_draft(text, file), front, limits)
    _show(record, format_, as_json=as_json)
    if strict and any(one["verdict"] != "supported" for one in record["claims"]):
        raise typer.Exit(NOT_AS_DEMANDED)


def _format(export: str | None) -> Format | None:
    if export is not None and export not in FORMATS:
        raise InputError(
            f"--export {export}: there is no such format.", remedy=f"Choose {', '.join(get_args(Format))}."
        )
    return export  # type: ignore[return-value]


def _draft(text: str | None, file: Path | None) -> str:
    if file is not None:
        try:
            return file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{file}: it can't be read ({error}).", remedy="Give a UTF-8 text file.") from error
    if text is None:
        raise InputError("There is no claim.", remedy="Give one in quotation marks, --file FILE, or --batch FILE.")
    return sys.stdin.read() if text == "-" else text


def _check(text: str, front: Fronted, limits: Query) -> dict[str, Any]:
    with claims_bar() as progress:
        return front(lambda one: one.check(text, limits, progress))


def _recheck(check_id: str, front: Fronted) -> dict[str, Any]:
    """The stored record as it was, and under `recheck` what has become of it."""
    then, now = front(lambda one: one.recheck(check_id))
    return then | {"recheck": now}


def _show(record: dict[str, Any], format_: Format | None, *, as_json: bool) -> None:
    if format_ is not None:
        sys.stdout.write(exported(record, format_))
        return
    if as_json:
        json.dump(record, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
        return
    from rag.cli.show_check import show_check

    show_check(record)
