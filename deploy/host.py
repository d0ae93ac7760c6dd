"""A host: `byline serve` with a data folder and a port of its own, as a machine has."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx

from deploy.processes import end, wait_for
from rag.errors import BylineError

_ROOT = Path(__file__).parents[1]
_BYLINE = (sys.executable, "-m", "rag.cli")
_READY_S = 120.0


class Host:
    """One that may be stopped, killed and started again. `environment` is added to this process's."""

    def __init__(self, folder: Path, port: int, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.port = port
        self._env = os.environ | environment | {"BYLINE_DATA_DIR": str(folder / "data")}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def command(self, *arguments: str) -> str:
        """What `byline` prints on this host. Raises BylineError when it fails."""
        done = subprocess.run(
            [*_BYLINE, *arguments], env=self._env, cwd=_ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise BylineError(f"byline {arguments[0]} ended with {done.returncode}.", remedy=done.stderr.strip())
        return done.stdout

    def start(self) -> None:
        """Returns at once."""
        self.folder.mkdir(exist_ok=True)
        command = [*_BYLINE, "serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._env, cwd=_ROOT, process_group=0
            )

    def wait(self) -> None:
        """Until it is ready. Raises BylineError when it does not get there."""
        assert self._process is not None  # noqa: S101 - the caller started it
        wait_for(self.ready, self._process, self.log, _READY_S)

    def ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/readyz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        """As an orderly restart does: answers under way end first."""
        if self._process is not None:
            end(self._process)
            self._process = None

    def kill(self) -> None:
        assert self._process is not None  # noqa: S101 - the caller started it
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._process = None
