"""The vault in memory and the one in PostgreSQL keep the same rules; the latter encrypts, and locks processes out."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from types import SimpleNamespace

import psycopg
import pytest
from cryptography.fernet import Fernet

from jikimi.exceptions import NotConfigured, ServiceUnavailable, StoreUnavailable
from jikimi.store.connection import open_store
from jikimi.store.vault import StoredTokens
from jikimi.tokens import Tokens
from tests.kakao import MemoryVault

KEY = Fernet.generate_key().decode()
END = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIRST = Tokens("refresh-1", "access-1", END, ("friends", "talk_message"))


@pytest.fixture
def stored(database):
    """Open the vault of a connection in PostgreSQL."""

    def open_vault(connection_id="kakao_default", key=KEY, **options):
        with open_store(database) as store:
            return StoredTokens(store, connection_id, key, **options)

    return open_vault


@pytest.fixture(params=["memory", "stored"])
def vault(request):
    return MemoryVault() if request.param == "memory" else request.getfixturevalue("stored")()


def shown(tokens):
    return tokens.refresh_token, tokens.access_token, tokens.access_expires_at, tokens.scopes


def test_vault_is_empty_at_first(vault):
    assert vault.read() is None


def test_what_is_kept_is_read(vault):
    before = datetime.now(UTC) - timedelta(seconds=5)
    assert vault.keep(FIRST)
    assert shown(vault.read()) == shown(FIRST)
    assert before < vault.read().rotated_at < datetime.now(UTC) + timedelta(seconds=5)


def test_new_access_token_leaves_scopes_and_the_instant_of_the_rotation(vault):
    vault.keep(FIRST)
    kept = vault.read()
    assert vault.keep(Tokens("refresh-1", "access-2", END + timedelta(hours=6)), kept)
    assert shown(vault.read()) == ("refresh-1", "access-2", END + timedelta(hours=6), FIRST.scopes)
    assert vault.read().rotated_at == kept.rotated_at


def test_rotated_token_has_a_new_instant(vault):
    vault.keep(FIRST)
    kept = vault.read()
    assert vault.keep(Tokens("refresh-2", "access-2", END), kept)
    assert vault.read().refresh_token == "refresh-2"
    assert vault.read().rotated_at > kept.rotated_at


def test_newer_refresh_token_stays(vault):
    vault.keep(FIRST)
    old = vault.read()
    vault.keep(Tokens("refresh-2", "access-2", END))
    assert not vault.keep(Tokens("refresh-1", "access-late", END), old)
    assert shown(vault.read())[:2] == ("refresh-2", "access-2")


def test_consent_replaces_whatever_is_there(vault):
    vault.keep(FIRST)
    assert vault.keep(Tokens("refresh-9", "access-9", END, ("talk_message",)))
    assert shown(vault.read()) == ("refresh-9", "access-9", END, ("talk_message",))


def test_one_thread_at_a_time_holds_the_lock(vault):
    came, went = Event(), []

    def second():
        came.set()
        with vault.lock():
            went.append("second")

    with ThreadPoolExecutor(1) as pool:
        with vault.lock():
            done = pool.submit(second)
            assert came.wait(10)
            went.append("first")
        done.result(10)
    assert went == ["first", "second"]


def test_tokens_are_encrypted_at_rest(stored, database):
    stored().keep(FIRST)
    with open_store(database) as store:
        row = store.execute("select channel_tokens::text as everything from channel_tokens").fetchone()
    secrets = [text.encode().hex() for text in ("refresh-1", "access-1")]
    assert "kakao_default" in row["everything"]
    assert [secret for secret in (*secrets, "refresh-1", "access-1") if secret in row["everything"]] == []


def test_each_connection_has_tokens_and_a_lock_of_its_own(stored):
    first, other = stored(), stored("kakao_other", most_seconds=0.2)
    first.keep(FIRST)
    assert other.read() is None
    with first.lock(), other.lock():
        pass


def test_another_key_is_named_and_a_new_consent_mends_it(stored):
    stored().keep(FIRST)
    other = stored(key=Fernet.generate_key().decode())
    with pytest.raises(NotConfigured, match="another JIKIMI_FERNET_KEY"):
        other.read()
    other.keep(Tokens("refresh-2"))
    assert other.read().refresh_token == "refresh-2"


def test_key_that_is_none_is_named(stored):
    with pytest.raises(NotConfigured, match="JIKIMI_FERNET_KEY"):
        stored(key="short")


def test_waiting_for_the_lock_has_an_end(stored):
    with (
        stored().lock(),
        pytest.raises(ServiceUnavailable, match=r"login of kakao_default for 0\.2 seconds"),
        stored(most_seconds=0.2).lock(),
    ):
        pytest.fail("two hold the lock")


_HOLDER = """
import sys, time
from jikimi.store.connection import open_store
from jikimi.store.vault import StoredTokens
with open_store(sys.argv[1]) as store:
    vault = StoredTokens(store, "kakao_default", sys.argv[2])
with vault.lock():
    print("held", flush=True)
    time.sleep(60)
"""


def test_process_that_dies_lets_go_of_the_lock(stored, database):
    command = [sys.executable, "-c", _HOLDER, database, KEY]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(ServiceUnavailable), stored(most_seconds=0.2).lock():
            pytest.fail("two hold the lock")
        holder.send_signal(signal.SIGKILL)
    with stored(most_seconds=10).lock():
        pass


def test_lock_whose_connection_broke_is_left_without_an_error(stored, role_url):
    with stored().lock(), psycopg.connect(role_url("postgres"), autocommit=True) as owner:
        holder = owner.execute("select pid from pg_locks where locktype = 'advisory' and granted").fetchone()[0]
        assert owner.execute("select pg_terminate_backend(%s, 5000)", [holder]).fetchone()[0]
    with stored(most_seconds=5).lock():
        pass


def test_database_that_is_away_is_told():
    nowhere = SimpleNamespace(info=SimpleNamespace(dsn="host=127.0.0.1 port=1 user=jikimi", password="s3cret"))
    vault = StoredTokens(nowhere, "kakao_default", KEY)
    with pytest.raises(StoreUnavailable) as caught:
        vault.read()
    assert "s3cret" not in str(caught.value)
    with pytest.raises(StoreUnavailable), vault.lock():
        pytest.fail("nobody gave this lock")


def test_statement_that_fails_keeps_nothing(stored, role_url):
    vault = stored()
    with psycopg.connect(role_url("postgres"), autocommit=True) as owner:
        owner.execute("alter table channel_tokens add constraint full_disk check (false) not valid")
        try:
            with pytest.raises(StoreUnavailable, match="full_disk"):
                vault.keep(FIRST)
        finally:
            owner.execute("alter table channel_tokens drop constraint full_disk")
    assert vault.read() is None
