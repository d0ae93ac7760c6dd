"""onnxruntime tells its maker of its use from a thread that its import starts, unless it is told not to."""

from __future__ import annotations

import subprocess
import sys

from tests.command import ROOT

COUNT = "import {}; from pathlib import Path; print(len(list(Path('/proc/self/task').iterdir())))"


def test_no_library_reports_its_use() -> None:
    done = subprocess.run(
        [sys.executable, "-c", COUNT.format("rag.embed, rag.reader_model")],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.stdout == "1\n"
