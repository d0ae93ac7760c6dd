"""Bytes to the text that is stored, or the reason why they can't be.

The stored text is the decoded text without a byte order mark and with every line end (CRLF, CR) as one line feed;
nothing else is changed, so an offset into it means the same for ever.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from rag.errors import ArticleRejected
from rag.ingest import language
from rag.ingest.limits import Limits

_SAVE_AS_UTF8 = "Save the file as UTF-8 text and ingest it again."
_MARKED = (  # the longer marks first: UTF-32's little-endian mark begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 100_000  # bytes from which an encoding is guessed

# The Windows code page of a language and the ISO one that shares its letters but has no characters in 0x80-0x9F.
_CENTRAL, _TURKISH, _BALTIC = ("cp1250", "iso8859-2"), ("cp1254", "iso8859-9"), ("cp1257", "iso8859-13")
_LATIN_PAGES = {
    **dict.fromkeys(("pl", "cs", "sk", "hu", "hr", "sl", "bs", "ro", "sq"), _CENTRAL),
    **dict.fromkeys(("tr", "az"), _TURKISH),
    **dict.fromkeys(("lt", "lv", "et"), _BALTIC),
}

# C0 and C1 controls other than tab, line feed, vertical tab, form feed, carriage return and next line.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# What UTF-8's lead bytes look like when read as Windows-1252, Mac Roman or Windows-1251: no mojibake is without them.
_SUSPECT = re.compile(r"[ÂÃâÄÅÎÏÐÑØÙ‚√∞≈РСГ]")
_BAD_PER_CHARS = 500  # one garbled sequence in so many characters is damage; a stray one is left alone


def decode(raw: bytes, where: str) -> str:
    """The text of `raw`: UTF-8, or by its byte order mark, or in the encoding that its bytes look like.

    Raises ArticleRejected for binary content and for bytes that no known encoding explains.
    """
    for mark, encoding in _MARKED:
        if raw.startswith(mark):
            return _strict(raw, encoding, where)
    if b"\0" in raw:
        raise ArticleRejected(where, "it is not text (it holds NUL bytes).", remedy=_SAVE_AS_UTF8)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _guessed(raw, where)


def _strict(raw: bytes, encoding: str, where: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        reason = (
            f"its byte order mark says {encoding.removesuffix('-sig')}, but byte {error.start} breaks that encoding."
        )
        raise ArticleRejected(where, reason, remedy=_SAVE_AS_UTF8) from error


def _guessed(raw: bytes, where: str) -> str:
    import charset_normalizer

    best = charset_normalizer.from_bytes(raw[:_SAMPLE]).best()
    if best is None:
        raise ArticleRejected(where, "it is not text in any known encoding.", remedy=_SAVE_AS_UTF8)
    encoding = best.encoding
    if not encoding.startswith("mac") and _is_latin(str(best)):
        encoding = _latin_code_page(raw[:_SAMPLE])
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        reason = f"it looks like {encoding}, but byte {error.start} breaks that encoding."
        raise ArticleRejected(where, reason, remedy=_SAVE_AS_UTF8) from error


def _is_latin(text: str) -> bool:
    """Whether the letters beyond ASCII are mostly Latin ones. Code pages of other scripts are told apart well."""
    letters = [char for char in text if char.isalpha() and not char.isascii()]
    latin = sum(1 for char in letters if "LATIN" in unicodedata.name(char, ""))
    return 2 * latin >= len(letters)


def _latin_code_page(sample: bytes) -> str:
    """By the language that the plain letters show: a wrong Latin code page swaps letters without looking garbled."""
    spoken = language.detect(sample.decode("cp1252", "replace"))
    pages = _LATIN_PAGES.get(spoken or "", ("cp1252", "latin-1"))
    return pages[0] if re.search(rb"[\x80-\x9f]", sample) else pages[1]


def with_line_feeds(text: str) -> str:
    """`text` with each CRLF and CR as one line feed, and without a byte order mark."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.removeprefix("\ufeff")


def check_text(text: str, where: str, limits: Limits) -> None:
    """Raises ArticleRejected for a text that is empty, too long, or damaged so that it can't be quoted truly."""
    if len(text) > limits.max_article_chars:
        raise ArticleRejected(
            where,
            f"its text has {len(text):,} characters, the limit is {limits.max_article_chars:,}.",
            remedy="Split it, or raise BYLINE_MAX_ARTICLE_CHARS.",
        )
    if not any(map(str.isalpha, text)):
        raise ArticleRejected(where, "it holds no words.", remedy="Give it a text, or leave it out.")
    check_characters(text, where)
    if _is_mojibake(text):
        raise ArticleRejected(
            where,
            "its text was decoded with the wrong encoding somewhere (like “â€™” for “’”).",
            remedy="Export it again from its source as UTF-8.",
        )


def check_characters(text: str, where: str) -> None:
    """Raises ArticleRejected for control characters, halves of characters and lost ones."""
    if found := _CONTROL.search(text):
        reason = f"it holds the control character U+{ord(found.group()):04X} at character {found.start()}."
        raise ArticleRejected(where, reason, remedy="Remove it, or export the text again as UTF-8.")
    if found := _SURROGATE.search(text):
        reason = f"it holds half a character (U+{ord(found.group()):04X}) at character {found.start()}."
        raise ArticleRejected(where, reason, remedy="Export the text again as UTF-8.")
    at = text.find("\ufffd")
    if at >= 0:
        reason = f"a character was lost at character {at} (U+FFFD stands in its place)."
        raise ArticleRejected(where, reason, remedy="Export the text again as UTF-8 from its source.")


def _is_mojibake(text: str) -> bool:
    if not _SUSPECT.search(text):
        return False
    from ftfy.badness import badness

    bad = badness(text)
    return bad >= 2 and bad * _BAD_PER_CHARS >= len(text)
