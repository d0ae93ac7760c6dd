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
    told = {name: _told(name, ref) for name, ref in asked.items()}
    stamps = [one for one in told.values() if isinstance(one, Stamp)]
    faults = [_fault(name, one, stamps[0] if stamps else None) for name, one in told.items()]
    if wrong := [one for one in faults if one]:
        raise ClusterError(" ".join(one.message for one in wrong), remedy=wrong[0].remedy)
    return stamps[0]


def check(one: Stamp, first: Stamp) -> None:
    """Raises ClusterError when a worker differs from this machine, or from those that were there first."""
    if fault := _fault("A worker", one, first):
        raise ClusterError(fault.message, remedy=fault.remedy)


def _fault(who: str, one: Stamp | Fault, first: Stamp | None) -> Fault | None:
    if isinstance(one, Fault):
        return one
    if one.byline != fingerprint():
        return Fault(
            f"{who} has another Byline ({one.byline}) than this machine ({fingerprint()}).",
            "Install the same everywhere.",
        )
    if one != first:
        return Fault(
            f"{who} has another embedding model ({one.model}) than others.",
            "Put the same files of the model on every node.",
        )
    return None


def _named(node: dict[str, Any]) -> str:
    return f"The node {node['NodeManagerHostname']} ({node['NodeID'][:8]})"


def _ask(node_id: str, method: Method) -> ray.ObjectRef[Any]:
    there = NodeAffinitySchedulingStrategy(node_id, soft=False)
    task = ray.remote(_teller()).options(num_cpus=0, scheduling_strategy=there)
    values = [getattr(method, one.name) for one in fields(method)]
    return task.remote(*values)


def _told(name: str, ref: ray.ObjectRef[Any]) -> Stamp | Fault:
    try:
        told = ray.get(ref, timeout=_TOLD_S)
    except GetTimeoutError:
        return Fault(f"{name} is busy, or hangs.", "See `ray status`, and try again.")
    except RayError as error:
        return Fault(f"{name} failed: {first_line(error)}", "See `ray status`.")
    if isinstance(told, Stamp):
        return told
    if isinstance(told, Fault):
        return Fault(f"{name} can't work. {told.message}", told.remedy)
    return Fault(f"{name} has no Byline that can be used ({told}).", "Install the same one, with its extra `ray`.")


def _teller() -> Any:
    """A function inside another travels as code and not by name, so it runs where there is no Byline."""

    def tell(*method: Any) -> Any:
        try:
            from rag.on_ray.tasks import told
        except ImportError as error:
            return str(error)
        return told(*method)

    return tell
