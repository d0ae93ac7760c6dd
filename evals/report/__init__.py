"""A run, or a run beside its baseline, for people and for machines: terminal, Markdown, JUnit, JSON lines, a page."""
