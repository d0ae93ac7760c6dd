"""A Chroma server of its own, in a folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from deploy.processes import free_port, running


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server whose files are in `folder`, made if absent. Raises BylineError.

    It stays the same, for the order of their addresses says which of several servers has which vectors.
    """
    folder.mkdir(exist_ok=True)
    kept = folder / "port"
    if not kept.exists():
        kept.write_text(str(free_port()))
    port = kept.read_text()
    program = str(Path(sys.executable).with_name("chroma"))
    command = [program, "run", "--path", str(folder / "data"), "--host", "127.0.0.1", "--port", port]
    address = f"http://127.0.0.1:{port}"
    with running(command, folder / "log", lambda: _answers(address)):
        yield address


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api/v2/heartbeat", trust_env=False, timeout=5).is_success
    except httpx.TransportError:
        return False
