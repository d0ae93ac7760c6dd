"""The Ray cluster to work on: one that runs, or this machine's own, which ends with its use."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from rag.errors import ClusterError, MissingExtra
from rag.settings import ClusterSettings

AUTO = "auto"

_REACHED_S = 5.0
_STORE_BYTES = 512_000_000  # of this machine's own cluster, for articles under way
_OWN = {
    "RAY_AUTH_MODE": "token",  # other users of this machine may not use it
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # loopback, whatever its name says; read when Ray is imported
}


@contextmanager
def joined(where: str, threads: int) -> Iterator[None]:
    """Join the cluster at an address. `auto` is the one that `RAY_ADDRESS` names or else one of this machine alone,
    bound to loopback, with `threads` processors.

    Raises MissingExtra, and ClusterError when it can't be reached within seconds.
    """
    address = ClusterSettings().address if where == AUTO else where
    if address:
        _check_reached(address)
        with _initialised(address):
            yield
        return
    for name, value in _OWN.items():
        os.environ.setdefault(name, value)
    with TemporaryDirectory(prefix="byline-ray-", ignore_cleanup_errors=True) as folder:
        own = {"num_cpus": threads, "object_store_memory": _STORE_BYTES, "include_dashboard": False}
        with _initialised("local", _temp_dir=folder, **own):
            yield


@contextmanager
def _initialised(address: str, **more: object) -> Iterator[None]:
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise MissingExtra(
            "--ray needs Ray, which is not installed.", remedy="Run: pip install 'byline[ray]'."
        ) from error
    for name in ("ray", "ray.data"):  # what Ray has to say of its own work is in its log folder
        logging.getLogger(name).setLevel(logging.CRITICAL)
    ray._private.worker._worker_logs_enabled = False  # on standard output it would tell of every lost node
    try:
        ray.init(address, log_to_driver=False, configure_logging=False, **more)
    except Exception as error:  # by what is wrong, of many kinds
        raise ClusterError(
            f"The Ray cluster ({address}) can't be joined: {first_line(error)}",
            remedy="This machine must be one of its nodes (`ray start --address=…`), with the same Ray and Python.",
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__


def _check_reached(address: str) -> None:
    if address.startswith("ray://"):
        raise ClusterError(
            f"{address} is a Ray client's address.", remedy="Name the cluster's own, HOST:6379, on one of its nodes."
        )
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), _REACHED_S).close()
    except (OSError, ValueError, OverflowError) as error:
        raise ClusterError(
            f"No Ray cluster answers at {address} ({first_line(error)}).",
            remedy="Name it as HOST:PORT, and see with `ray status` whether it runs.",
        ) from error
