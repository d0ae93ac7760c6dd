"""Fetching from the web, safe by default: `fetcher.Fetcher`, and the checks that each address passes before it."""
