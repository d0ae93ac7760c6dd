"""The language model: what it is shown, how its draft is read, and what it may cost. What it says is checked like any
other sentence; nothing here decides what is so.
"""
