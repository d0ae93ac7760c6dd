"""PDF to a draft, through pypdf. Runs in the child process only (see `sandbox.py`)."""

from __future__ import annotations

import io
import re

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from rag.errors import ArticleRejected
from rag.ingest.draft import Draft

_UNLOCK = "Save a copy without a password and ingest that."
_OCR = "Run it through text recognition (OCR) first, or save its text as .txt."
_BROKEN = "Open it in a viewer and save it again, or save its text as .txt."
_FEWEST_LETTERS = 20  # in the whole file: less is page numbers on scans
_FILE_NAME = re.compile(
    r"\.(?:docx?|pdf|indd|qxd|pages|tex|rtf|odt)$|^(?:microsoft word|untitled|document\d*\b)", re.IGNORECASE
)


def read_pdf(raw: bytes, where: str, max_chars: int) -> Draft:
    """Text page by page, title and author as its metadata state them.

    The creation date in a PDF says when the file was made, not when the article was published: it is not used.
    """
    try:
        reader = PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ArticleRejected(where, "the PDF is protected by a password.", remedy=_UNLOCK)
        text = _text(reader, max_chars)
        title, authors = _stated(reader)
    except DependencyError as error:
        raise ArticleRejected(where, "the PDF is encrypted.", remedy=_UNLOCK) from error
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, OSError, ArithmeticError) as error:
        # pypdf lets all of these out on files that break the format.
        raise ArticleRejected(
            where, f"the PDF is damaged ({' '.join(str(error).split())[:150]}).", remedy=_BROKEN
        ) from error
    if sum(map(str.isalpha, text)) < _FEWEST_LETTERS:
        raise ArticleRejected(where, "the PDF holds no text, only images of pages.", remedy=_OCR)
    return Draft(text, title=title, authors=authors)


def _text(reader: PdfReader, max_chars: int) -> str:
    """Pages with a blank line between them; a little over the limit is enough to be rejected for it."""
    pages: list[str] = []
    length = 0
    for page in reader.pages:
        pages.append(page.extract_text().strip())
        length += len(pages[-1]) + 2
        if length > max_chars + 2:
            break
    return "\n\n".join(page for page in pages if page)


def _stated(reader: PdfReader) -> tuple[str | None, tuple[str, ...]]:
    about = reader.metadata
    if about is None:
        return None, ()
    title = (about.title or "").strip()
    author = (about.author or "").strip()
    return None if not title or _FILE_NAME.search(title) else title, (author,) if author else ()
