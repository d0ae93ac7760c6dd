"""Exact checks of a sentence against a quote: numbers, dates, names, negation and modality, quoted speech.

Each is by form and by rules, and says what differs in words that a journalist would use. `rag/verify.py` joins them
with what the reader model makes of the two.
"""
