"""The files for containers, as far as they can be checked where there are none: by schema, and against the code."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from deploy.proxy import CONFIGURATION
from rag.settings import Settings
from tests.command import ROOT

DEPLOY = ROOT / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").rglob("*.yaml"))
KUBERNETES = "1.31"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def manifests(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


# The pod of everything that runs, by its name.
PODS = {
    one["metadata"]["name"]: one["spec"]["template"]["spec"]
    for one in (each for path in MANIFESTS for each in manifests(path))
    if "template" in one.get("spec", {})
}


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_manifests_are_what_kubernetes_knows(path: Path) -> None:
    for one in manifests(path):
        kubernetes_validate.validate(one, KUBERNETES, strict=True)
        assert one["kind"] == "Namespace" or one["metadata"]["namespace"] == "byline"


@pytest.mark.parametrize("pod", PODS.values(), ids=PODS)
def test_pods_have_no_more_rights_than_they_need(pod: dict[str, Any]) -> None:
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    for one in pod["containers"]:
        assert one["securityContext"]["readOnlyRootFilesystem"] is True
        assert one["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert one["resources"]["limits"]["memory"]


def test_compose_knows_its_file() -> None:
    command = ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]
    if shutil.which(command[0]) is None:
        pytest.skip("docker compose is not installed here: apt-get install docker-compose")
    told = [*command, "-f", str(DEPLOY / "compose.yaml"), "--profile", "ingest", "--profile", "ray", "config", "-q"]
    env = {"BYLINE_DB_PASSWORD": "none", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(told, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr


def test_settings_that_are_named_exist() -> None:
    known = {f"BYLINE_{name.upper()}" for name in Settings.model_fields} | {"BYLINE_DB_PASSWORD", "BYLINE_PORT"}
    for path in (DEPLOY / "compose.yaml", DEPLOY / "Dockerfile", *MANIFESTS):
        assert set(re.findall(r"BYLINE_[A-Z_]+", path.read_text(encoding="utf-8"))) <= known, path


def test_compose_and_kubernetes_run_the_same_images() -> None:
    of_pods = {one["image"] for pod in PODS.values() for one in pod["containers"]}
    of_compose = {one["image"] for one in COMPOSE["services"].values()}
    assert of_pods == of_compose - {"byline:0.1.0-ray"}
    assert all(re.fullmatch(r"[a-z]+(/[a-z]+)?:[\w.-]+", image) for image in of_compose)  # of nobody's registry


def test_nginx_is_told_of_every_service() -> None:
    services = [name for name in COMPOSE["services"] if re.fullmatch(r"byline-\d+", name)]
    hosts = (CONFIGURATION.parent / "hosts.conf").read_text(encoding="utf-8")
    assert re.findall(r"server ([\w-]+):8000 resolve max_fails=3", hosts) == services


def test_the_image_has_what_the_package_is_made_of() -> None:
    allowed = set((ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines())
    assert {f"!{name}" for name in ("rag", "api", "evals", "prompts", "pyproject.toml", "README.md")} <= allowed
    assert not {"!data", "!.env", "!tests"} & allowed
