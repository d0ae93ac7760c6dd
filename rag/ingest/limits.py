"""What one ingest accepts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`max_file_bytes` is the size on disk; `max_article_chars` counts code points of the stored text."""

    max_file_bytes: int = 200_000_000
    max_article_chars: int = 1_000_000

    @property
    def max_line_bytes(self) -> int:
        """A JSON line holds an article of the greatest length in any script, and its other fields."""
        return 4 * self.max_article_chars + 65_536
