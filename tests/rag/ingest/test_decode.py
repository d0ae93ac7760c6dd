from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from rag.ingest.limits import Limits
from tests.rag.ingest.files import STORY, read_one, rejection_of

FRENCH = "Le préfet a déclaré que l’été serait très chaud à Évreux, où les élèves sont rentrés. « C’est déjà le cas. » "
PORTUGUESE = "A POPULAÇÃO DE SÃO PAULO REAGIU: “NÃO HÁ SOLUÇÃO SEM A REGIÃO”, disse João; a decisão é da nação irmã. "
POLISH = "Władze miasta poinformowały, że most zostanie zamknięty na sześć tygodni, a kierowcy pojadą objazdem. "
RUSSIAN = "Власти города сообщили, что мост закроют на шесть недель для ремонта, и водителям придётся ехать в объезд. "


def write(folder: Path, raw: bytes) -> Path:
    path = folder / "story.txt"
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "utf-8"),
        (FRENCH, "utf-8-sig"),
        (FRENCH, "utf-16"),
        (FRENCH, "utf-32"),
        (FRENCH, "cp1252"),
        (PORTUGUESE, "utf-8"),
        (PORTUGUESE, "cp1252"),
        (POLISH, "cp1250"),
        (POLISH, "iso8859-2"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
    ],
)
def test_the_text_is_found_in_any_usual_encoding(tmp_path: Path, text: str, encoding: str) -> None:
    assert read_one(write(tmp_path, (text * 3).encode(encoding))).text == text * 3


def test_line_ends_are_stored_as_line_feeds(tmp_path: Path) -> None:
    assert read_one(write(tmp_path, f"{STORY}\r\n\r\n{STORY}\rEnd.".encode())).text == f"{STORY}\n\n{STORY}\nEnd."


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b" \n\t ... 12 ", "no words"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "NUL"),
        (f"{STORY}\x07".encode(), "U+0007"),
        (f"{STORY}\x80".encode(), "U+0080"),
        (f"{STORY} caf\ufffd".encode(), "U+FFFD"),
        (codecs.BOM_UTF16_LE + b"abc", "byte order mark"),
        (FRENCH.encode().decode("cp1252", "replace").replace("\ufffd", "").encode(), "wrong encoding"),
        (FRENCH.encode().decode("mac_roman").encode(), "wrong encoding"),
    ],
)
def test_damaged_text_is_rejected(tmp_path: Path, raw: bytes, reason: str) -> None:
    rejection = rejection_of(write(tmp_path, raw))
    assert reason in rejection.reason
    assert rejection.where.endswith("story.txt")


def test_one_stray_sequence_in_a_long_story_is_left_alone(tmp_path: Path) -> None:
    text = f"{STORY} It is called mojibake: “â€™” for an apostrophe. " + STORY * 10
    assert read_one(write(tmp_path, text.encode())).text == text


def test_limits(tmp_path: Path) -> None:
    path = write(tmp_path, STORY.encode())
    assert "MB" in rejection_of(path, Limits(max_file_bytes=50)).reason
    assert "characters" in rejection_of(path, Limits(max_article_chars=50)).reason
