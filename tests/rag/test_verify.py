from __future__ import annotations

from rag.cite import cite
from rag.types import Evidence
from rag.verify import verify
from tests.rag.reading import hit

FERRY = hit("The ferry\n sank.", "Nobody was hurt.")
CITATIONS = cite([Evidence(FERRY, 0, 16, 0.9)], lambda _: FERRY.text)


def test_the_words_of_a_citation_are_supported() -> None:
    verdict, checks = verify("The ferry sank.", CITATIONS)
    assert verdict == "supported"
    assert [(c.kind, c.ok) for c in checks] == [("quote", True)]


def test_other_words_are_unsupported() -> None:
    verdict, checks = verify("The ferry nearly sank.", CITATIONS)
    assert verdict == "unsupported"
    assert "(1)" in checks[0].detail


def test_without_a_citation_nothing_is_supported() -> None:
    verdict, checks = verify("", [])
    assert verdict == "unsupported"
    assert "none" in checks[0].detail
