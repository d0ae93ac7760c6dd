"""Vectors on Chroma servers: requests to one, a collection there, and all of them together."""
