from __future__ import annotations

import pytest

from rag.ingest.language import detect, stated


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The council said on Monday that the bridge would close for six weeks and that it is old.", "en"),
        (
            "Die Behörde erklärte am Montag, dass die alte Brücke für sechs Wochen gesperrt bleibt und erneuert wird.",
            "de",
        ),
        (
            "市当局は火曜日、古い橋を修理のため六週間閉鎖すると発表した。運転手は北側の道路を使う必要があると市長は述べた。",
            "ja",
        ),
        ("Ford, 12", None),
    ],
)
def test_a_language_is_told_only_when_clear(text: str, code: str | None) -> None:
    assert detect(text) == code


def test_a_stated_tag_gives_its_language() -> None:
    assert [stated(tag) for tag in ("en-GB", "pt_BR", "FR", "English language", "", None)] == [
        "en",
        "pt",
        "fr",
        None,
        None,
        None,
    ]
