from __future__ import annotations

from datetime import date

import pytest

from rag.leads import lead

DAY = date(2026, 6, 2)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("Storm", "Reuters", DAY), "Storm (Reuters, 2 June 2026). "),
        (("Storm", None, None), "Storm. "),
        ((None, "Reuters", None), "(Reuters). "),
        ((None, None, DAY, "It was late."), "(2 June 2026). It was late. "),
        ((None, None, None), ""),
        ((None, None, None, "It was late."), "It was late. "),
    ],
)
def test_a_lead_says_what_is_known(given: tuple[object, ...], told: str) -> None:
    assert lead(*given) == told  # type: ignore[arg-type]
