"""`byline keys add | list | revoke`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from rag.cli.options import DataDir, Json
from rag.keys import KeyStore
from rag.settings import load_settings


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Make and revoke keys for the service.", no_args_is_help=True)
    group.command("add")(add)
    group.command("list")(list_keys)
    group.command("revoke")(revoke)
    app.add_typer(group, name="keys")


def add(
    name: Annotated[str, typer.Argument(help="Whose it is.")],
    scope: Annotated[
        str, typer.Option("--scope", help="read: ask, check, search. write: also articles and feeds.")
    ] = "read",
    expires: Annotated[int | None, typer.Option("--expires", metavar="DAYS", min=1, help="After so many days.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Make a key. It is shown now and never again."""
    key, whole = _keys(data_dir).add(name, scope, expires)
    sys.stdout.write(f"{whole}\n")
    until = f", until {key.expires_at}" if key.expires_at else ""
    sys.stderr.write(f"Key {key.id} for {key.name} ({key.scope}{until}). Keep it: it can't be shown again.\n")


def list_keys(as_json: Json = False, data_dir: DataDir = None) -> None:
    """The keys, without their secrets."""
    from rag.cli.show import safe

    for key in _keys(data_dir).all():
        if as_json:
            sys.stdout.write(json.dumps(asdict(key), ensure_ascii=False) + "\n")
            continue
        state = f"revoked {key.revoked_at}" if key.revoked_at else f"until {key.expires_at or 'revoked'}"
        used = f"last used {key.used_on}" if key.used_on else "never used"
        sys.stdout.write(f"{key.id}  {key.scope:5}  {safe(key.name)} · made {key.made_at} · {state} · {used}\n")


def revoke(
    key_id: Annotated[str, typer.Argument(help="As in `byline keys list`.")],
    data_dir: DataDir = None,
) -> None:
    """Refuse a key from now on; whatever it is used for ends within a second or two."""
    _keys(data_dir).revoke(key_id)
    sys.stdout.write("revoked\n")


def _keys(data_dir: Path | None) -> KeyStore:
    settings = load_settings(data_dir=data_dir)
    return KeyStore(settings.data_dir, settings.database_url)
