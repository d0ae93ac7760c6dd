"""Paths on disk to articles: `discover.find_files`, then `units.units` for each file, then `Unit.read` for new ones."""
