"""Gold cases: the schema of one, reading files of them, and where more come from."""

from __future__ import annotations

from evals.gold.case import SCHEMA_VERSION, Case, Label, Supporting, case_digest, json_schema
from evals.gold.load import SEEDS, load_gold

__all__ = ["SCHEMA_VERSION", "SEEDS", "Case", "Label", "Supporting", "case_digest", "json_schema", "load_gold"]
