"""Small files for the ingest tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import ArticleRejected
from rag.ingest.limits import Limits
from rag.ingest.units import Unit, units
from rag.types import Article

STORY = "The council said on Monday that the bridge would close for six weeks, so that its piers can be repaired."


def read_one(path: Path, limits: Limits | None = None) -> Article:
    """The only article of a file."""
    (unit,) = units(path, limits or Limits())
    if isinstance(unit, ArticleRejected):
        raise unit
    return unit.read()


def rejection_of(path: Path, limits: Limits | None = None) -> ArticleRejected:
    """Why the only article of a file is rejected."""
    with pytest.raises(ArticleRejected) as caught:
        read_one(path, limits)
    assert caught.value.remedy
    return caught.value


def outcomes(path: Path, limits: Limits | None = None) -> list[Article | ArticleRejected]:
    """What becomes of every article of a file."""
    found: list[Article | ArticleRejected] = []
    for unit in units(path, limits or Limits()):
        try:
            found.append(unit.read() if isinstance(unit, Unit) else unit)
        except ArticleRejected as rejection:
            found.append(rejection)
    return found


def pdf(*pages: list[str], info: str = "") -> bytes:
    """A PDF of pages of lines in Helvetica. `info` goes into its document information."""
    bodies = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        drawn = "BT /F1 12 Tf 14 TL 50 750 Td " + "".join(f"({line}) Tj T* " for line in lines) + "ET"
        number = len(bodies) + 1
        kids.append(f"{number} 0 R")
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {number + 1} 0 R"
        bodies.append(f"{page} /Resources << /Font << /F1 3 0 R >> >> >>".encode())
        bodies.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream".encode())
    bodies[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    bodies.append(f"<< {info} >>".encode())
    return _with_table(bodies)


def _with_table(bodies: list[bytes]) -> bytes:
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(bodies)
    trailer = b"trailer << /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF" % (count + 1, count, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n%s%s" % (count + 1, table, trailer)
