from __future__ import annotations

import pytest

from rag.checks.names import named, same_name


@pytest.mark.parametrize(
    ("told", "stored", "same"),
    [
        ("VW", "Volkswagen", True),
        ("Ford", "Ford Motor Co.", True),
        ("Diess", "Herbert Diess", True),
        ("U.S.", "United States", True),
        ("American", "US", True),
        ("EU", "European Union", True),
        ("NRF", "National Retail Federation", True),
        ("Chancellor Scholz", "Olaf Scholz", True),
        ("Bill Ford", "Jim Farley", False),
        ("Jim Ford", "Bill Ford", False),
        ("Germany", "France", False),
        ("South Korea", "North Korea", False),
    ],
)
def test_names_of_one_thing(told: str, stored: str, same: bool) -> None:
    assert same_name(told, stored) is same
    assert same_name(stored, told) is same


@pytest.mark.parametrize(
    ("name", "text", "there"),
    [
        ("Volkswagen", "VW CEO Herbert Diess met them.", True),
        ("Herbert Diess", "Diess said so.", True),
        ("Ford", "Fordham won.", False),
        ("China", "the Chinese brands", True),
    ],
)
def test_a_text_names_it_in_some_form(name: str, text: str, there: bool) -> None:
    assert named(name, text) is there
