"""Two runs on the same cases: what changed, whether that is more than chance, and whether it matters."""
