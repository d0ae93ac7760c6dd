"""The library: everything between an article and an answer."""

from __future__ import annotations

import os

# onnxruntime tells its maker about its use, from a thread that it starts when it is imported. Not from here.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
