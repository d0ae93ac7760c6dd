"""Keys: what is kept of them, and which are good."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from typer.testing import CliRunner

from rag.cli.app import app
from rag.errors import InputError, NotFound
from rag.keys import FILE, Key, KeyStore
from rag.settings import Settings


def test_a_key_is_good_until_it_is_revoked(settings: Settings) -> None:
    store = KeyStore(settings.data_dir, settings.database_url)
    key, whole = store.add("desk", "read")
    other, _ = store.add("press", "write", days=1)
    assert store.judge(whole) == Key(key.id, "desk", "read", key.made_at)
    assert {one.id: one.used_on for one in store.all()} == {key.id: key.made_at[:10], other.id: None}
    assert store.still_valid(key.id)
    store.revoke(key.id)
    assert store.judge(whole) is None
    assert not store.still_valid(key.id)
    with pytest.raises(NotFound):
        store.revoke("000000000000")


def test_a_secret_is_nowhere_and_the_file_only_its_owners(tmp_path: Path) -> None:
    _, whole = KeyStore(tmp_path).add("desk", "read")
    secret = whole.rpartition("_")[2][:20]
    assert all(secret.encode() not in file.read_bytes() for file in tmp_path.iterdir())
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_an_expired_key_is_no_longer_good() -> None:
    key = Key("x", "desk", "read", "2024-01-01T00:00:00+00:00", "2024-02-01T00:00:00+00:00")
    assert key.valid("2024-01-31T23:59:59+00:00")
    assert not key.valid("2024-02-01T00:00:00+00:00")


@pytest.mark.parametrize(("name", "scope"), [("", "read"), ("x" * 201, "read"), ("desk", "admin")])
def test_what_makes_no_key(tmp_path: Path, name: str, scope: str) -> None:
    with pytest.raises(InputError):
        KeyStore(tmp_path).add(name, scope)


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=80))
def test_nothing_else_is_a_key(tmp_path: Path, told: str) -> None:
    store = KeyStore(tmp_path)
    if not store.all():
        store.add("desk", "write")
    key_id = store.all()[0].id
    for given_key in (told, f"byl_{told}", f"byl_{key_id}_{told}", f"byl_{key_id}_{'A' * 43}"):
        assert store.judge(given_key) is None


def test_the_commands(tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, ["keys", *arguments, "--data-dir", str(tmp_path)])
        assert done.exit_code == 0, done.output
        return done.stdout

    whole = run("add", "desk", "--scope", "write", "--expires", "30").strip()
    key = KeyStore(tmp_path).judge(whole)
    assert key is not None
    assert key.may_write()
    assert whole not in run("list")
    assert key.id in run("list")
    run("revoke", key.id)
    assert "revoked" in run("list")
