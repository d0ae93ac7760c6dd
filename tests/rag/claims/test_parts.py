from __future__ import annotations

import pytest

from rag.claims.parts import parts_of


@pytest.mark.parametrize(
    ("claim", "parts"),
    [
        (
            "Geely sold 39 percent more in 2025 and passed three million vehicles.",
            ["Geely sold 39 percent more in 2025.", "Geely passed three million vehicles."],
        ),
        (
            "The EU raised its duties, but the carmakers sued it.",
            ["The EU raised its duties.", "The carmakers sued it."],
        ),
        ("Ford and VW said they would talk.", ["Ford and VW said they would talk."]),
        ("She said that Ford and VW were talking.", ["She said that Ford and VW were talking."]),
        ("Holm said “we came and we went”.", ["Holm said “we came and we went”."]),
        ("Ford makes cars.", ["Ford makes cars."]),
    ],
)
def test_a_claim_says_one_thing_or_several(claim: str, parts: list[str]) -> None:
    assert list(parts_of(claim)) == parts
