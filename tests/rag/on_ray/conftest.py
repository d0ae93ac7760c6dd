"""A Ray cluster of several nodes, each with processes of its own, on this machine's loopback."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

os.environ.update(RAY_AUTH_MODE="token", RAY_USAGE_STATS_ENABLED="0", RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER="0")

from ray.cluster_utils import Cluster

STORE = 80_000_000  # bytes


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A head that does not work, and a node with a processor; tests add and kill others."""
    head = {"num_cpus": 0, "include_dashboard": False, "object_store_memory": STORE}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    cluster.add_node(num_cpus=1, object_store_memory=STORE)
    yield cluster
    cluster.shutdown()
