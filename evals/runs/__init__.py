"""Asking a target every gold case: what it was, what it said, how well it did; kept whatever happens meanwhile."""
