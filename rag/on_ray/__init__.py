"""Ingestion on a Ray cluster: workers read, prepare and embed; the process that was asked writes."""
