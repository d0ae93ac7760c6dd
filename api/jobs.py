"""Jobs that change the archive: what each is, and the folder where they stand until they are done.

A job's folder holds its record and the files that came with it, so a service that is stopped or killed goes on with it
when it starts again.
"""

from __future__ import annotations

import json
import re
import shutil
import time
import unicodedata
import uuid
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from rag.errors import NotFound

JobKind = Literal["ingest", "remove", "feeds"]
JobStatus = Literal["queued", "running", "done", "failed", "stopped"]
KEPT = 200  # records of jobs that ended
_NAME_BYTES = 150
_UPLOADED_WITHIN_S = 3600


@dataclass(slots=True)
class Job:
    """`subjects` are what it is about: file names, URLs, article ids. Counts are as of the last progress. `paths` are
    the absolute paths of subjects that stay where they are; the record does not tell them.
    """

    id: str
    kind: JobKind
    subjects: list[str]
    made_at: str
    status: JobStatus = "queued"
    started_at: str | None = None
    ended_at: str | None = None
    total: int = 0
    done: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    near_duplicates: int = 0
    passages: int = 0
    rejected_count: int = 0
    rejected: list[dict[str, str]] = field(default_factory=list)
    notices: list[dict[str, str]] = field(default_factory=list)
    error: str | None = None
    paths: dict[str, str] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        return self.status in {"done", "failed", "stopped"}

    def record(self) -> dict[str, Any]:
        told = asdict(self)
        del told["paths"]
        return told


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def new_job(kind: JobKind, subjects: list[str]) -> Job:
    return Job(uuid.uuid4().hex, kind, subjects, now())


def file_name(given: str | None) -> str:
    """A name that an upload may have in a folder: its last part, visible characters only, not hidden, not too long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given or ""))[-1]
    shown = "".join("_" if unicodedata.category(c).startswith("C") else c for c in last).lstrip(". ").strip()
    stem, dot, suffix = shown.rpartition(".")
    kept = suffix.encode()[:20].decode(errors="ignore")
    room = _NAME_BYTES - len(kept.encode())
    name = f"{stem.encode()[:room].decode(errors='ignore')}{dot}{kept}" if dot else kept
    return name or "upload.txt"


class JobFolders:
    """The jobs of a data folder. One process at a time runs them; the other workers of its service add to them, read
    them, and say which are unwanted.
    """

    def __init__(self, data_dir: Path) -> None:
        self._root = data_dir / "jobs"

    def files(self, job_id: str) -> Path:
        """Where a job's files are put before it is kept; the folder is there."""
        folder = self._root / job_id / "files"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def keep(self, job: Job) -> None:
        """Write the record; a reader sees the old one or the new one."""
        path = self._record(job.id)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(job), ensure_ascii=False), encoding="utf-8")
        fresh.replace(path)

    def get(self, job_id: str) -> Job:
        """Raises NotFound."""
        if re.fullmatch(r"[0-9a-f]{32}", job_id) and (path := self._record(job_id)).exists():
            return Job(**json.loads(path.read_text(encoding="utf-8")))
        raise NotFound(f"There is no job {job_id}.", remedy="GET /v1/jobs lists those that are kept.")

    def ids(self) -> set[str]:
        """Of all that have a record."""
        return {path.parent.name for path in self._root.glob("*/job.json")}

    def unwant(self, job_id: str) -> None:
        """Leave word for the process that runs the jobs."""
        (self._root / job_id / "unwanted").touch()

    def is_unwanted(self, job_id: str) -> bool:
        return (self._root / job_id / "unwanted").exists()

    def all(self) -> list[Job]:
        """The newest first."""
        jobs = [Job(**json.loads(path.read_text(encoding="utf-8"))) for path in self._root.glob("*/job.json")]
        return sorted(jobs, key=lambda one: (one.made_at, one.id), reverse=True)

    def clear(self, job: Job) -> None:
        """Its files are no longer needed; of the jobs that ended, the oldest are forgotten."""
        shutil.rmtree(self._root / job.id / "files", ignore_errors=True)
        for old in [one for one in self.all() if one.ended][KEPT:]:
            shutil.rmtree(self._root / old.id, ignore_errors=True)

    def drop(self, job_id: str) -> None:
        """Forget a job that never was kept, with its files."""
        shutil.rmtree(self._root / job_id, ignore_errors=True)

    def unfinished(self) -> list[Job]:
        """Those to go on with, in the order they were made; old folders without a record never became jobs and go."""
        for folder in self._root.glob("*/"):
            if not (folder / "job.json").exists() and time.time() - folder.stat().st_mtime > _UPLOADED_WITHIN_S:
                shutil.rmtree(folder, ignore_errors=True)
        return [one for one in reversed(self.all()) if not one.ended]

    def _record(self, job_id: str) -> Path:
        return self._root / job_id / "job.json"
