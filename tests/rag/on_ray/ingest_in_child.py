"""Run as a process by the tests: ingests on a cluster, in small batches, with a line for each acknowledged step."""

from __future__ import annotations

import sys

from rag.ingestion import IngestReport
from rag.on_ray.job import open_ray_ingest
from rag.settings import load_settings


def tell(report: IngestReport) -> None:
    sys.stdout.write(f"stored {report.new + report.updated}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with open_ray_ingest(load_settings(), sys.argv[1], sys.argv[2:]) as job:
        job.run(tell, batch_passages=8)
