"""`byline rebuild` and `byline doctor`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.options import DataDir
from rag.errors import StoreBusy
from rag.local_service import find
from rag.settings import load_settings

if TYPE_CHECKING:
    from rag.doctor import Finding


def register(app: typer.Typer) -> None:
    app.command()(rebuild)
    app.command()(doctor)


def rebuild(data_dir: DataDir = None) -> None:
    """Write the keyword index and Chroma anew from the ledger, with the embedding model of the settings."""
    from rag.cli.progress import passages_bar, stand_back
    from rag.jobs import open_rebuild

    stand_back()
    settings = load_settings(data_dir=data_dir)
    with open_rebuild(settings) as job:
        if job.embeds_anew and (service := find(settings.data_dir)):
            raise StoreBusy(
                f"A service at {service.address}/ answers from this archive with the embedding model that it has now.",
                remedy="Stop it, rebuild, and start it with the new BYLINE_EMBEDDING_MODEL.",
            )
        with passages_bar("rebuilding", job.total) as bar:
            job.run(lambda more: bar.advance(bar.task_ids[0], more))
    sys.stdout.write("The indexes are rebuilt.\n")


def doctor(
    mend: Annotated[bool, typer.Option("--repair", help="Rebuild what differs from the ledger.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Check ledger, keyword index and Chroma against each other. Exit code 1 when something is wrong and stays so."""
    from rag.doctor import examine, repair
    from rag.store import open_store

    with open_store(load_settings(data_dir=data_dir), "byline doctor") as store:
        findings = examine(store)
        _say(findings)
        if mend and not all(f.ok for f in findings):
            repair(store, findings)
            findings = examine(store)
            sys.stdout.write("after the repair:\n")
            _say(findings)
    if not all(f.ok for f in findings):
        if not mend:
            sys.stdout.write("`byline doctor --repair` rebuilds the indexes from the ledger.\n")
        raise typer.Exit(1)


def _say(findings: list[Finding]) -> None:
    for finding in findings:
        sys.stdout.write(f"{'ok   ' if finding.ok else 'WRONG'} {finding.subject}: {finding.detail}\n")
