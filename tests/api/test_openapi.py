"""The OpenAPI document against the service: whatever fits it or doesn't, no 5xx and no reply that it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.api.operations import DOCUMENT
from tests.api.serving import served
from tests.command import ROOT, byline


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service over an archive of its own: what is tried may add articles and remove them."""
    folder = tmp_path_factory.mktemp("tried")
    assert byline("ingest", str(ROOT / "corpus"), data=folder).returncode == 0
    with served(folder) as service:
        yield service.address


schema = schemathesis.openapi.from_dict(DOCUMENT)


@schema.parametrize()
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_reply_is_as_documented(case: schemathesis.Case, address: str) -> None:
    # A question of stop words fits the document and is refused all the same: no schema says what can be looked for.
    case.call_and_validate(base_url=address, timeout=60, excluded_checks=[positive_data_acceptance])


def test_the_document_is_what_the_service_gives_and_describes_itself(address: str) -> None:
    told = httpx.get(f"{address}/openapi.json", timeout=30).json()
    assert told == DOCUMENT
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description"), f"{method} {path}"


def test_every_operation_has_examples_that_fit_what_they_illustrate() -> None:
    seen = 0
    for at, part, told in illustrated():
        assert told is not None, at
        validator = jsonschema.Draft202012Validator({**part["schema"], "components": DOCUMENT["components"]})
        if "text/" not in at and "multipart" not in at:
            assert not [fault.message for fault in validator.iter_errors(told)], at
        seen += 1
    assert seen > 200


def illustrated() -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Everything that may have an example, what it is like, and the example; None where there is none."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            at = f"{method} {path}"
            for one in operation.get("parameters", ()):
                examples = one.get("examples") or one["schema"].get("examples") or [None]
                yield f"{at} {one['name']}", one, one.get("example", examples[0])
            bodies = {"body": operation.get("requestBody", {})}
            for status, reply in (bodies | operation["responses"]).items():
                for kind, part in reply.get("content", {}).items():
                    yield f"{at} {status} {kind}", part, part.get("example")
