"""Changes that should leave an answer alone, or turn it round: the share of cases where they do."""
