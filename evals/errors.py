"""What ends an eval command, and the exit code of each.

BylineError
└── EvalError       2  the gold, the command line or a file can't be used
    ├── Incomplete  3  some cases have no answer yet; what is there is kept
    └── NoBaseline  4  there is no run to compare with, or it can't be compared
"""

from __future__ import annotations

from rag.errors import BylineError

PASS, REGRESSION, BAD, INCOMPLETE, NO_BASELINE = range(5)
EXIT_CODES = (
    "Exit codes: 0 pass; 1 regression; 2 bad configuration or gold; 3 incomplete (cases without an answer, a full "
    "disk, a reached cap); 4 no comparable baseline; 130 interrupted."
)


class EvalError(BylineError):
    """The gold, the command line or a file can't be used."""

    exit_code = BAD


class Incomplete(EvalError):
    """Some cases have no answer yet; what is there is kept."""

    exit_code = INCOMPLETE


class NoBaseline(EvalError):
    """There is no run to compare with, or it can't be compared."""

    exit_code = NO_BASELINE
