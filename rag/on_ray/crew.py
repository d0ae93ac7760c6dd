"""Who works: the nodes of a cluster, looked at before anything is done, and how much goes on at once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import ray
from ray.exceptions import GetTimeoutError, RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from rag.errors import ClusterError
from rag.on_ray.session import first_line
from rag.on_ray.tasks import Fault, Method, Stamp, fingerprint
from rag.settings import BUNDLED_MODEL, Settings

_TOLD_S = 300.0  # the first use of a model may have to make its file


@dataclass(frozen=True, slots=True)
class Strength:
    """How many nodes there are to work, and how many workers at once."""

    nodes: int
    workers: int


def strength(threads: int) -> Strength:
    each = [int(node["Resources"].get("CPU", 0)) // threads for node in ray.nodes() if node["Alive"]]
    return Strength(sum(n > 0 for n in each), sum(each))


def method_of(settings: Settings) -> Method:
    """Any model but the bundled one embeds on GPUs, where the cluster has some."""
    on_gpu = settings.embedding_model != BUNDLED_MODEL and ray.cluster_resources().get("GPU", 0) >= 1
    models_dir, threads = settings.models_dir.absolute(), settings.ray_worker_threads
    return Method(settings.embedding_model, models_dir, threads, settings.passage_chars, on_gpu)


def survey(method: Method) -> Stamp:
    """The stamp that every node has. Raises ClusterError when there is nobody to work, or a node has no Byline, another
    one or another model.
    """
    nodes = [n for n in ray.nodes() if n["Alive"] and n["Resources"].get("CPU", 0) >= method.threads]
    if not nodes:
        raise ClusterError(
            f"No node of the cluster has {method.threads} processors to work with.",
            remedy="Start some (`ray start --address=…`), or lower BYLINE_RAY_WORKER_THREADS.",
        )
    asked = {_named(node): _ask(node["NodeID"], method) for node in nodes}
    stamps = {name: _stamp(name, ref) for name, ref in asked.items()}
    first = next(iter(stamps.values()))
    for name, one in stamps.items():
        check(one, first, name)
    return first


def check(one: Stamp, first: Stamp, who: str) -> None:
    """Raises ClusterError when a node differs from this machine, or from the others."""
    if one.byline != fingerprint():
        raise ClusterError(
            f"{who} has another Byline ({one.byline}) than this machine ({fingerprint()}).",
            remedy="Install the same everywhere.",
        )
    if one != first:
        raise ClusterError(
            f"{who} has another embedding model ({one.model}) than others ({first.model}).",
            remedy="Put the same files of the model on every node.",
        )


def _named(node: dict[str, Any]) -> str:
    return f"The node {node['NodeManagerHostname']} ({node['NodeID'][:8]})"


def _ask(node_id: str, method: Method) -> ray.ObjectRef[Any]:
    there = NodeAffinitySchedulingStrategy(node_id, soft=False)
    task = ray.remote(_teller()).options(num_cpus=0, scheduling_strategy=there)
    values = [getattr(method, one.name) for one in fields(method)]
    return task.remote(*values)


def _stamp(name: str, ref: ray.ObjectRef[Any]) -> Stamp:
    try:
        told = ray.get(ref, timeout=_TOLD_S)
    except GetTimeoutError as error:
        raise ClusterError(f"{name} is busy, or hangs.", remedy="See `ray status`, and try again.") from error
    except RayError as error:
        raise ClusterError(f"{name} failed: {first_line(error)}", remedy="See `ray status`.") from error
    if isinstance(told, Stamp):
        return told
    if isinstance(told, Fault):
        raise ClusterError(f"{name} can't work. {told.message}", remedy=told.remedy)
    raise ClusterError(
        f"{name} has no Byline that can be used ({told}).", remedy="Install the same one, with its extra `ray`."
    )


def _teller() -> Any:
    """A function inside another travels as code and not by name, so it runs where there is no Byline."""

    def tell(*method: Any) -> Any:
        try:
            from rag.on_ray.tasks import told
        except ImportError as error:
            return str(error)
        return told(*method)

    return tell
