"""The one writer beside the serving process: jobs in turn, each as a `byline` command of its own."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

from api.jobs import Job, JobFolders, now
from rag.exits import BUSY, INTERRUPTED, SOME_REJECTED
from rag.settings import Settings

log = logging.getLogger("byline.jobs")

_BUSY_WAIT_S = 2.0
_STOP_S = 30.0  # for a job to come to the end of an article
_LINE_BYTES = 16 * 1024 * 1024


class JobRunner:
    """Takes jobs and runs them one after the other, until it is stopped."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._uploads = settings.data_dir / "uploads"
        self.folders = JobFolders(settings.data_dir)
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._changed = asyncio.Event()
        self._process: Process | None = None
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Go on with what an earlier process left, and take new jobs."""
        for job in self.folders.unfinished():
            self._queue.put_nowait(job.id)
        self._task = asyncio.create_task(self._run())

    def wind_up(self) -> None:
        """Take no further job, have the running one end at an article boundary, and end what follows jobs."""
        if self._stopping:
            return
        self._stopping = True
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGINT)
        self._tell()

    async def stop(self) -> None:
        """As `wind_up`, and wait. The running job goes on when the service starts again."""
        self.wind_up()
        if self._task is not None:
            if self._process is None:
                self._task.cancel()
            with suppress(asyncio.CancelledError, TimeoutError):
                await asyncio.wait_for(self._task, _STOP_S)

    @property
    def alive(self) -> bool:
        """Whether jobs are taken."""
        return self._task is not None and not self._task.done()

    def add(self, job: Job) -> None:
        self.folders.keep(job)
        self._queue.put_nowait(job.id)

    async def states(self, job_id: str) -> AsyncIterator[Job]:
        """The job now and after each change, until it has ended or jobs are wound up. Raises NotFound."""
        while True:
            changed = self._changed
            job = self.folders.get(job_id)
            yield job
            if job.ended or self._stopping:
                return
            await changed.wait()

    async def ended(self, job_id: str, within_s: float) -> bool:
        """Whether the job ends within so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                async for state in self.states(job_id):
                    if state.ended:
                        return True
        return False

    async def _run(self) -> None:
        while not self._stopping:
            job = self.folders.get(await self._queue.get())
            job.status, job.started_at, job.error = "running", now(), None
            self._keep(job)
            try:
                await self._work(job)
            except OSError as error:
                log.exception("job=%s failed", job.id)
                self._end(job, f"It could not be run ({error.strerror}).")

    async def _work(self, job: Job) -> None:
        code, told = await self._command(job)
        while code == BUSY and not self._stopping:
            job.error = told
            self._keep(job)
            await asyncio.sleep(_BUSY_WAIT_S)
            code, told = await self._command(job)
        if code in {0, SOME_REJECTED}:
            self._end(job, None)
        elif self._stopping or code == INTERRUPTED:
            job.status = "queued"
            self._keep(job)
        else:
            self._end(job, told or f"It ended with code {code}.")

    async def _command(self, job: Job) -> tuple[int, str]:
        """Run it once; its exit code and the last line it wrote to its standard error."""
        arguments = self._arguments(job)
        command = [sys.executable, "-m", "rag.cli", *arguments, "--data-dir", str(self._settings.data_dir)]
        # A session of its own: Ctrl-C in the service's terminal must not reach it twice.
        process = await asyncio.create_subprocess_exec(
            *command, stdout=PIPE, stderr=PIPE, limit=_LINE_BYTES, start_new_session=True
        )
        self._process = process
        try:
            told, _ = await asyncio.gather(_last_line(process), self._follow(process, job))
            return await process.wait(), told
        finally:
            self._process = None

    def _arguments(self, job: Job) -> list[str]:
        if job.kind == "remove":
            return ["articles", "remove", *job.subjects]
        if job.kind == "feeds":
            return ["feeds", "poll", "--json", *job.subjects]
        addresses = [one for one in job.subjects if one.startswith(("http://", "https://"))]
        return ["ingest", "--json", *self._placed(job), *addresses]

    def _placed(self, job: Job) -> list[str]:
        """Its files where their names are what they are known by: a second upload of a name is the next version."""
        self._uploads.mkdir(exist_ok=True)
        for file in self.folders.files(job.id).iterdir():
            file.replace(self._uploads / file.name)
        return [str(path) for name in job.subjects if (path := self._uploads / name).is_file()]

    async def _follow(self, process: Process, job: Job) -> None:
        assert process.stdout is not None  # noqa: S101 - piped
        async for line in process.stdout:
            with suppress(ValueError):
                self._progress(job, json.loads(line))

    def _progress(self, job: Job, told: object) -> None:
        if not isinstance(told, dict):
            return
        for name in ("total", "done", "new", "updated", "unchanged", "near_duplicates", "passages", "rejected_count"):
            setattr(job, name, int(told.get(name, 0)))
        folder = f"{self._uploads}{os.sep}"
        job.rejected = [{name: str(text).replace(folder, "") for name, text in one.items()} for one in told["rejected"]]
        self._keep(job)

    def _end(self, job: Job, error: str | None) -> None:
        job.status, job.ended_at, job.error = ("failed" if error else "done"), now(), error
        self._keep(job)
        for name in job.subjects:
            if (file := self._uploads / Path(name).name).is_file():
                file.unlink()
        self.folders.clear(job)
        log.info("job=%s kind=%s status=%s done=%d of=%d", job.id, job.kind, job.status, job.done, job.total)

    def _keep(self, job: Job) -> None:
        self.folders.keep(job)
        self._tell()

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


async def _last_line(process: Process) -> str:
    assert process.stderr is not None  # noqa: S101 - piped
    last = b""
    async for line in process.stderr:
        last = line.strip() or last
    return last.decode("utf-8", "replace").removeprefix("byline: ")[:500]
