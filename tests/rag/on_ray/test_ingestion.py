"""An ingest on a cluster gives the archive that a plain one gives, whoever is killed in between; joining a cluster."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import psutil
import pytest
from ray.cluster_utils import Cluster
from sqlalchemy import Table, select

from rag import schema as s
from rag.doctor import examine
from rag.errors import BylineError, ClusterError, InputError, MissingExtra
from rag.ingestion import IngestReport
from rag.jobs import open_ingest
from rag.on_ray.job import open_ray_ingest
from rag.settings import Settings
from rag.snapshot import Snapshot
from rag.store import open_store
from tests.command import ROOT, child_environment
from tests.forking import Forked
from tests.rag.news import page
from tests.rag.news import story as harbour
from tests.rag.on_ray.conftest import STORE
from tests.rag.test_crash import story

ARTICLES = 40
_WIDE = " " * 6_000  # so that there is work for several tasks, none of it for the model
_COMPARED = (s.articles, s.keys, s.inputs, s.versions, s.passages, s.vectors, s.signatures, s.bands, s.changes)


def write_news(folder: Path) -> list[str]:
    """Articles of which some are known before, come again, have a second edition or can't be used."""
    folder.mkdir()
    rows = [{"url": f"https://n.example/{n}", "text": story(n, 1)} for n in range(ARTICLES)]
    rows += [{"url": "https://n.example/3", "text": story(3, 2)}, rows[5], {"url": "no", "text": "x"}]
    lines = [json.dumps(row) + _WIDE for row in rows]
    (folder / "news.jsonl").write_text("\n".join([*lines[:20], "{broken", *lines[20:]]), encoding="utf-8")
    pages = folder / "pages"
    pages.mkdir()
    for place in ("Oban", "Ayr", "Wick"):
        (pages / f"{place}.html").write_text(page(harbour(place)), encoding="utf-8")
    (pages / "empty.txt").write_text("")
    (folder / "far.jsonl").write_text(json.dumps({"url": "https://far.example/1", "text": story(99, 1)}))
    return [str(folder / "news.jsonl"), str(pages), f"file://{folder / 'far.jsonl'}"]


def ingest_plainly(settings: Settings, sources: list[str]) -> IngestReport:
    with open_ingest(settings, [Path(one.removeprefix("file://")) for one in sources]) as job:
        return job.run(lambda _: None)


def ledger_of(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, but for times and chance. Keyword index and Chroma are level with them."""
    with open_store(settings, "test") as store:
        findings = examine(store)
        assert all(finding.ok for finding in findings), findings
        with store.ledger.snapshot() as snapshot:
            return {table.name: rows_of(snapshot, table) for table in _COMPARED}


def rows_of(snapshot: Snapshot, table: Table) -> list[tuple[object, ...]]:
    columns = [column for column in table.c if column.name not in {"ingested_at", "mark"}]
    return sorted((tuple(row) for row in snapshot.connection.execute(select(*columns))), key=repr)


@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
def test_command_and_node_are_killed_and_the_archive_is_that_of_a_plain_ingest(
    cluster: Cluster, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = write_news(tmp_path / "news")
    plain = Settings(data_dir=tmp_path / "plain")
    told = ingest_plainly(plain, sources)
    command, env = ("-m", "tests.rag.on_ray.ingest_in_child", cluster.address, *sources), child_environment(settings)
    with Forked(*command, stdout=subprocess.PIPE, cwd=ROOT, env=env) as child:
        assert child.stdout is not None
        stored = next(stored for line in child.stdout if (stored := int(line.split()[1])))
        child.kill()

    second = cluster.add_node(num_cpus=1, object_store_memory=STORE)
    killed: list[int] = []

    def kill_one(report: IngestReport) -> None:
        if report.new and not killed:
            killed.append(report.new)
            cluster.remove_node(second, allow_graceful=False)

    with open_ray_ingest(settings, cluster.address, sources) as job:
        report = job.run(kill_one, batch_passages=8)
    assert killed
    assert stored <= report.unchanged
    assert job.total == report.articles == told.articles
    assert sorted(map(str, report.rejected)) == sorted(map(str, told.rejected))
    assert ledger_of(settings) == ledger_of(plain)
    assert capsys.readouterr() == ("", "")


def told_by(settings: Settings, address: str, *sources: str) -> BylineError:
    with pytest.raises(BylineError) as raised, open_ray_ingest(settings, address, sources):
        pass
    return raised.value


def test_what_can_not_be_joined_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    for address, why in (
        ("127.0.0.1:1", "No Ray cluster answers at 127.0.0.1:1 ("),
        ("nowhere", "No Ray cluster answers at nowhere ("),
        ("ray://127.0.0.1:10001", "ray://127.0.0.1:10001 is a Ray client's address"),
    ):
        error = told_by(settings, address)
        assert (type(error), why in str(error)) == (ClusterError, True), error
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:2")
    assert "No Ray cluster answers at 127.0.0.1:2" in str(told_by(settings, "auto"))
    for source in ("https://news.example/story", "sftp://desk:sesame@files.example/news"):
        refused = told_by(settings, "auto", source)
        assert (type(refused), "sesame" in str(refused)) == (InputError, False)
    monkeypatch.delenv("RAY_ADDRESS")
    monkeypatch.setitem(sys.modules, "ray", None)
    missing = told_by(settings, "auto")
    assert isinstance(missing, MissingExtra)
    assert "pip install 'byline[ray]'" in missing.remedy


def test_nodes_unlike_this_machine_are_named(cluster: Cluster, tmp_path: Path) -> None:
    starts = ("import sys; sys.modules['rag'] = None", "import importlib.metadata as m; m.version = lambda _: '9.9'")
    nodes = [node_that_starts_with(start, cluster, tmp_path / str(n)) for n, start in enumerate(starts)]
    try:
        error = told_by(Settings(data_dir=tmp_path / "data"), cluster.address)
    finally:
        for node in nodes:
            cluster.remove_node(node)
    assert isinstance(error, ClusterError)
    assert "has no Byline that can be used" in str(error)
    assert "has another Byline (9.9, code" in str(error)


def node_that_starts_with(start: str, cluster: Cluster, folder: Path) -> Any:
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(start, encoding="utf-8")
    path = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
    return cluster.add_node(num_cpus=1, env_vars={"PYTHONPATH": path}, object_store_memory=STORE)


def test_its_own_cluster_is_this_machine_s_alone_and_ctrl_c_ends_both(tmp_path: Path) -> None:
    news = tmp_path / "news.jsonl"
    rows = ({"id": n, "text": story(n, 1)} for n in range(300))
    news.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    command = [sys.executable, "-m", "rag.cli", "ingest", "--ray", "auto", "--json", str(news)]
    env = os.environ | {"BYLINE_DATA_DIR": str(tmp_path / "data"), "BYLINE_THREADS": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=env, start_new_session=True
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert json.loads(child.stdout.readline())["total"] == 300
        cluster = psutil.Process(child.pid).children(recursive=True)
        listening = [one.laddr.ip for each in cluster for one in each.net_connections() if one.status == "LISTEN"]
        os.killpg(child.pid, signal.SIGINT)
        lines = child.stdout.read().splitlines()
        assert (child.wait(), child.stderr.read()) == (130, "")
    assert listening
    assert all(ip_address(one.removeprefix("::ffff:")).is_loopback for one in listening), listening
    assert json.loads(lines[-1])["done"] < 300
    psutil.wait_procs(cluster, timeout=10)
    assert not [each for each in cluster if each.is_running()]
