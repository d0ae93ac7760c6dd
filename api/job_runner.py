"""The one writer beside the serving processes: jobs in turn, each as a `byline` command of its own.

Of several workers one runs them, by a lock; the others look at the jobs' folders, and one of them goes on when it dies.
"""

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

from api.jobs import Job, JobFolders, JobStatus, now
from rag.exits import BUSY, INTERRUPTED, SOME_REJECTED
from rag.locks import FileLock
from rag.settings import Settings

log = logging.getLogger("byline.jobs")

_BUSY_WAIT_S = 2.0
_LOOK_S = 0.5  # after which workers see what another has done to a job
_STOP_S = 30.0  # for a job to come to the end of an article
_LINE_BYTES = 16 * 1024 * 1024


class JobRunner:
    """Takes jobs, and runs them one after the other where no other worker does, until it is stopped."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._uploads = settings.data_dir / "uploads"
        self.folders = JobFolders(settings.data_dir)
        self._lock = FileLock(settings.data_dir / "jobs.lock")
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._known: set[str] = set()  # those that are, or were, in the queue
        self._changed = asyncio.Event()
        self._process: Process | None = None
        self._running: str | None = None
        self._waiting: set[str] = set()  # those that have not ended
        self._unwanted: set[str] = set()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Go on with what an earlier process left, and take new jobs."""
        self._task = asyncio.create_task(self._lead())

    def wind_down(self) -> None:
        """Begin to stop: the running job ends at an article boundary, and nobody follows one any longer."""
        if self._stopping:
            return
        self._stopping = True
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGINT)
        self._tell()

    async def stop(self) -> None:
        """End the running job; it goes on when the service starts again."""
        self.wind_down()
        if self._task is not None:
            if self._process is None:
                self._task.cancel()
            with suppress(asyncio.CancelledError, TimeoutError):
                await asyncio.wait_for(self._task, _STOP_S)

    @property
    def alive(self) -> bool:
        """Whether jobs are taken."""
        return self._task is not None and not self._task.done()

    @property
    def leads(self) -> bool:
        """Whether jobs run here, and in no other worker."""
        return self._lock.held

    def add(self, job: Job) -> None:
        self.folders.keep(job)
        if self.leads:
            self._take(job.id)

    def cancel(self, job_id: str) -> Job:
        """Have a job end at an article boundary, or never begin; one that has ended stays as it is. Raises NotFound."""
        job = self.folders.get(job_id)
        if job.ended:
            return job
        if self.leads:
            self._stop_job(job)
        else:
            self.folders.unwant(job_id)
        return job

    def _stop_job(self, job: Job) -> None:
        self._unwanted.add(job.id)
        if self._running != job.id:
            self._stopped(job)
        elif self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGINT)

    async def states(self, job_id: str) -> AsyncIterator[Job]:
        """The job now and after each change, until it has ended or has to wait for another service. Raises NotFound."""
        told = None
        while True:
            changed = self._changed
            job = self.folders.get(job_id)
            if job != told:
                yield job
            told = job
            if job.ended or (self._stopping and (not self.leads or job.status == "queued" or job.error)):
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

    async def _lead(self) -> None:
        while not self._stopping and not self._lock.try_lock():
            await asyncio.sleep(_LOOK_S)
            self._tell()
        looking = asyncio.create_task(self._look())
        try:
            for job in self.folders.unfinished():
                self._take(job.id)
            await self._run()
        finally:
            looking.cancel()
            self._lock.release()

    async def _look(self) -> None:
        """See what other workers ask for."""
        while True:
            await asyncio.sleep(_LOOK_S)
            for job_id in self.folders.ids() - self._known:
                if self.folders.get(job_id).ended:
                    self._known.add(job_id)
                else:
                    self._take(job_id)
            for job_id in self._waiting - self._unwanted:
                if self.folders.is_unwanted(job_id):
                    self._stop_job(self.folders.get(job_id))

    def _take(self, job_id: str) -> None:
        if job_id not in self._known:
            self._known.add(job_id)
            self._waiting.add(job_id)
            self._queue.put_nowait(job_id)

    async def _run(self) -> None:
        while not self._stopping:
            job_id = await self._queue.get()
            if job_id in self._unwanted:
                self._unwanted.discard(job_id)
                continue
            job = self.folders.get(job_id)
            job.status, job.started_at, job.error = "running", now(), None
            self._running = job_id
            self._keep(job)
            try:
                await self._work(job)
            except OSError as error:
                log.exception("job=%s failed", job.id)
                self._end(job, f"It could not be run ({error.strerror}).")
            finally:
                self._running = None
                self._unwanted.discard(job_id)

    async def _work(self, job: Job) -> None:
        code, told = await self._command(job)
        while code == BUSY and not self._stopping and job.id not in self._unwanted:
            job.error = told
            self._keep(job)
            await asyncio.sleep(_BUSY_WAIT_S)
            if not self._stopping and job.id not in self._unwanted:
                code, told = await self._command(job)
        if code in {0, SOME_REJECTED}:
            self._end(job, None)
        elif job.id in self._unwanted:
            self._stopped(job)
        elif self._stopping or code == INTERRUPTED:
            job.status = "queued"
            self._keep(job)
        else:
            self._end(job, told or f"It ended with code {code}.")

    async def _command(self, job: Job) -> tuple[int, str]:
        """Run it once; its exit code and the last line it wrote to its standard error."""
        arguments = self._arguments(job)
        command = [sys.executable, "-m", "rag.cli", *arguments]
        # A session of its own: Ctrl-C in the service's terminal must not reach it twice.
        process = await asyncio.create_subprocess_exec(
            *command, stdout=PIPE, stderr=PIPE, limit=_LINE_BYTES, start_new_session=True
        )
        self._process = process
        if job.id in self._unwanted:
            process.send_signal(signal.SIGINT)
        try:
            told, _ = await asyncio.gather(_last_line(process), self._follow(process, job))
            return await process.wait(), told
        finally:
            self._process = None

    def _arguments(self, job: Job) -> list[str]:
        to = ["--data-dir", str(self._settings.data_dir)]
        if job.kind == "remove":
            return ["articles", "remove", "--no-service", *to, "--", *job.subjects]
        if job.kind == "feeds":
            return ["feeds", "poll", "--json", *to, *job.subjects]
        ingest = ["ingest", "--json", "--no-service", *to, "--"]
        if job.paths:
            return [*ingest, *(job.paths.get(one, one) for one in job.subjects)]
        addresses = [one for one in job.subjects if one.startswith(("http://", "https://"))]
        return [*ingest, *self._placed(job), *addresses]

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
        job.rejected = [
            {name: self._as_given(job, str(text)) for name, text in one.items()} for one in told["rejected"]
        ]
        job.notices = told["notices"]
        self._keep(job)

    def _as_given(self, job: Job, text: str) -> str:
        """Without this machine's folders that nobody named."""
        for given, path in sorted(job.paths.items(), key=lambda one: len(one[1]), reverse=True):
            text = text.replace(f"{path}{os.sep}", "" if given == "." else f"{given}{os.sep}").replace(path, given)
        return text.replace(f"{self._uploads}{os.sep}", "")

    def _end(self, job: Job, error: str | None) -> None:
        self._settle(job, "failed" if error else "done", error)

    def _stopped(self, job: Job) -> None:
        self._settle(job, "stopped", None)

    def _settle(self, job: Job, status: JobStatus, error: str | None) -> None:
        job.status, job.ended_at, job.error = status, now(), error
        self._waiting.discard(job.id)
        self._keep(job)
        for name in () if job.paths else job.subjects:
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
