"""Which tests run in one process where several do, and in which order: `pytest -n` with `tests/conftest.py`."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

# What is dear to make is made once, so those that share it stay together. The dearest come first: what is cheap
# fills the time until all processes end.
DEAREST = (
    ("tests/deploy/",),
    ("tests/api/page/",),
    ("tests/rag/on_ray/",),
    ("tests/rag/test_embed.py", "tests/rag/test_pair_reader_contract.py", "tests/training/"),  # torch
    ("tests/rag/chroma/", "tests/api/test_chroma_servers.py"),
    ("tests/api/test_commands.py",),
    ("tests/rag/test_crash.py",),
    ("tests/rag/test_store.py",),
    ("tests/api/test_archive.py",),
    ("tests/evals/test_commands.py", "tests/evals/test_pytest_plugin.py"),
    ("tests/rag/test_cli",),
    ("tests/rag/llm/",),
    ("tests/api/programs/",),
)


def group(nodeid: str) -> tuple[int, str]:
    """The place of a test's group in the order, and its name: a file's tests, or those of `DEAREST`."""
    for place, names in enumerate(DEAREST):
        if nodeid.startswith(names):
            return place, names[0]
    return len(DEAREST), nodeid.partition("::")[0]


class Groups(LoadScopeScheduling):
    """Gives each process a group after the other."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)[1]
