"""What a run was: the gold and articles that make runs comparable, and the code, packages and prompts behind it."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path, PurePath
from typing import Any

from evals.gold import Case, case_digest
from evals.gold.load import ROOT
from rag.holdings import listed
from rag.prompts import PROMPTS_DIR
from rag.settings import Settings

_DIGITS = 16


def digest(parts: Iterable[str]) -> str:
    told = hashlib.sha256()
    for part in parts:
        told.update(part.encode() + b"\0")
    return told.hexdigest()[:_DIGITS]


def gold_fingerprint(cases: Sequence[Case]) -> str:
    """Changes with any word of any case; not with their order."""
    return digest(sorted(f"{case.id} {case_digest(case)}" for case in cases))


def corpus_fingerprint(corpus: Path) -> str:
    """Of the names and bytes of the corpus files. Raises OSError."""
    files = sorted(path for path in corpus.rglob("*") if path.is_file())
    return digest(f"{p.relative_to(corpus)} {hashlib.sha256(p.read_bytes()).hexdigest()}" for p in files)


def archive_fingerprint(settings: Settings) -> str:
    """Of the newest articles, by file and letters: not of chunking, marks or white space, which a run may test."""
    from rag.wiring import open_ledger

    told = []
    with open_ledger(settings) as snapshot:
        for row in listed(snapshot)[0]:
            text = snapshot.text(row.article.id, row.article.version)
            letters = "".join(filter(str.isalnum, text))
            told.append(f"{PurePath(row.article.file).name} {hashlib.sha256(letters.encode()).hexdigest()}")
    return digest(sorted(told))


@lru_cache(maxsize=1)
def code_fingerprint() -> str:
    """Of every source file and prompt that an answer may depend on."""
    files = sorted([*(ROOT / "rag").rglob("*.py"), *(ROOT / "evals").rglob("*.py"), *PROMPTS_DIR.glob("*.md")])
    return digest(f"{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files)


def surroundings() -> dict[str, Any]:
    """Commit, dirty flag, versions, prompts and machine, for the run record."""
    return {
        **_commit(),
        "code": code_fingerprint(),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores{_processor()}",
        "packages": _packages(),
        "prompts": {path.stem: digest([path.read_text(encoding="utf-8")]) for path in sorted(PROMPTS_DIR.glob("*.md"))},
    }


def _processor() -> str:
    """Its name, where the system tells."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return f" of {line.partition(':')[2].strip()}"
    return ""


def _commit() -> dict[str, Any]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return {"commit": None, "dirty": None}

    def told(*arguments: str) -> str | None:
        done = subprocess.run([git, "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else None

    changed = told("status", "--porcelain")
    return {"commit": told("rev-parse", "HEAD"), "dirty": None if changed is None else bool(changed)}


def _packages() -> dict[str, str]:
    """The versions of everything that Byline needs at run time."""
    wanted = ["byline"]
    with suppress(PackageNotFoundError):
        wanted += [_name(line) for line in requires("byline") or [] if "extra ==" not in line]
    told = {}
    for name in wanted:
        try:
            told[name] = version(name)
        except PackageNotFoundError:
            continue
    return told


def _name(requirement: str) -> str:
    end = next((n for n, c in enumerate(requirement) if not (c.isalnum() or c in "-_.")), len(requirement))
    return requirement[:end]


def canonical(value: Any) -> str:
    """One form of a JSON value, for comparing and hashing."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
