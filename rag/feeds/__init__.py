"""Feeds: `jobs` adds, lists, removes and polls them; `polling` gathers what is new; `schedule` says when next."""
