"""Two workers over one data folder: one runs the jobs that either takes, and the other goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path

from api.job_runner import JobRunner
from api.jobs import new_job
from rag.settings import Settings

WITHIN_S = 60


async def until_leading(runner: JobRunner) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not runner.leads:
            await asyncio.sleep(0.02)


async def _shared(data_dir: Path) -> list[str]:
    """What became of jobs that the worker took which does not run them."""
    one, other = (JobRunner(Settings(data_dir=data_dir)) for _ in range(2))
    one.start()
    await until_leading(one)
    other.start()
    jobs = [new_job("remove", ["nothing"]) for _ in range(2)]
    for job in jobs:
        other.add(job)
    other.cancel(jobs[1].id)
    ended = [await other.ended(job.id, WITHIN_S) for job in jobs]
    assert ended == [True, True]
    assert not other.leads
    await one.stop()
    await until_leading(other)
    last = new_job("remove", ["nothing"])
    other.add(last)
    assert await other.ended(last.id, WITHIN_S)
    await other.stop()
    return [other.folders.get(job.id).status for job in (*jobs, last)]


def test_one_worker_runs_the_jobs_and_the_other_goes_on(tmp_path: Path) -> None:
    assert asyncio.run(_shared(tmp_path)) == ["failed", "stopped", "failed"]
