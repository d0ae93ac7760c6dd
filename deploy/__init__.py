"""Byline on several hosts: `make cluster` starts them here as processes; the other files are for containers."""
