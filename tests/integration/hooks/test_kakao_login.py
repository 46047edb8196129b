"""KakaoLogin against the sandbox: of all threads and processes one exchanges a refresh token, and none is ever lost."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Lock, Semaphore
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet

from jikimi.exceptions import Misconfigured, NotConfigured, ServiceUnavailable, StoreUnavailable, Unavailable
from jikimi.hooks.kakao import KakaoHook
from jikimi.hooks.kakao_login import KakaoLogin
from jikimi.tokens import Tokens
from tests.kakao import connection
from tests.serving import get, post

TEXT = "[지킴이은행] 이상거래 의심 알림\n홍*동 고객님"
ROTATES_ALWAYS = {"rotate_below_seconds": 10**9}
THREADS, PROCESSES, ROUNDS = 4, 4, 5


def later() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


def refresh(sandbox: Any, token: str) -> httpx.Response:
    form = {"grant_type": "refresh_token", "client_id": "app-key", "client_secret": "app-secret"}
    return post(f"{sandbox.url}/oauth/token", data=form | {"refresh_token": token})


def at_once(call: Callable[[], Any], times: int) -> list[Any]:
    """Call from several threads in the same moment and return what each got, errors too."""
    barrier = Barrier(times)

    def started(_: int) -> Any:
        barrier.wait(10)
        try:
            return call()
        except Exception as error:
            return error

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(started, range(times)))


def test_access_token_is_shared_until_it_ends(hook: KakaoHook, vault: Any, connect: Any, sandbox: Any) -> None:
    hook.send_memo(TEXT)
    hook.send_memo(TEXT)
    connect(sandbox.url, vault).send_memo(TEXT)
    assert len(vault.kept) == 1
    sandbox.restart(access_seconds=30)
    vault.keep(Tokens(vault.kept[0].refresh_token))
    other = connect(sandbox.url, vault)
    other.send_memo(TEXT)
    other.send_memo(TEXT)
    assert len(vault.kept) == 4, "a token that ends within a minute is not used again"


def test_messages_do_not_ask_the_vault_each_time(hook: KakaoHook, vault: Any) -> None:
    hook.send_memo(TEXT)

    def read() -> Tokens:
        raise StoreUnavailable

    vault.read = read
    hook.send_memo(TEXT)


def test_rotation_kills_the_old_refresh_token_and_the_new_one_is_kept_first(
    hook: KakaoHook, vault: Any, sandbox: Any, connect: Any
) -> None:
    old = sandbox.refresh_token()
    sandbox.restart(**ROTATES_ALWAYS)
    sandbox.order_fault(kind="down")
    with pytest.raises(Unavailable):
        hook.send_memo(TEXT)
    assert len(vault.kept) == 1, "kept although the message itself failed"
    assert vault.kept[0].refresh_token != old
    refused = refresh(sandbox, old)
    assert (refused.status_code, refused.json()["error_code"]) == (400, "KOE322")
    vault.keep(Tokens(vault.kept[0].refresh_token))
    connect(sandbox.url, vault).send_memo(TEXT)
    assert sandbox.texts() == [TEXT]


def test_rotated_token_stays_in_hand_until_the_vault_takes_it(
    hook: KakaoHook, vault: Any, sandbox: Any, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.restart(**ROTATES_ALWAYS)
    login = KakaoLogin(hook.settings, vault, hook.get_conn(), patience=0)
    keep, given = vault.keep, []

    def away(tokens: Tokens, instead_of: Tokens | None = None) -> bool:
        given.append(tokens)
        raise StoreUnavailable

    vault.keep = away
    for _ in range(2):
        with pytest.raises(Unavailable, match="does not answer"):
            login.access_token()
    assert given[0] is given[1], "the second call brings the same tokens, and asks for no others"
    assert "the account must consent anew" in caplog.text
    vault.keep = keep
    assert login.access_token() == given[0].access_token
    assert vault.kept[-1].refresh_token == given[0].refresh_token
    assert refresh(sandbox, vault.kept[-1].refresh_token).status_code == 200


def test_short_absence_of_the_vault_is_waited_for(hook: KakaoHook, vault: Any, sandbox: Any) -> None:
    keep, tries = vault.keep, []

    def hesitant(*arguments: Any) -> bool:
        tries.append(arguments)
        if len(tries) < 2:
            raise StoreUnavailable
        return keep(*arguments)

    vault.keep = hesitant
    hook.send_memo(TEXT)
    assert (len(tries), len(vault.kept)) == (2, 1)
    assert sandbox.texts() == [TEXT]


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(StoreUnavailable("the server closed the connection"), id="database away"),
        pytest.param(ServiceUnavailable("Another process has been renewing"), id="locked for too long"),
    ],
)
def test_vault_that_is_away_costs_no_message(hook: KakaoHook, vault: Any, sandbox: Any, failure: Exception) -> None:
    def read() -> Tokens:
        raise failure

    vault.read = read
    with pytest.raises(Unavailable) as caught:
        hook.send_memo(TEXT)
    assert type(caught.value) is Unavailable
    assert str(failure) in caught.value.detail
    assert sandbox.texts() == []


def test_refused_access_token_is_renewed_once_and_the_message_sent_once(
    hook: KakaoHook, vault: Any, sandbox: Any
) -> None:
    vault.keep(Tokens(sandbox.refresh_token(), "no such token", later()))
    hook.send_memo(TEXT)
    assert sandbox.texts() == [TEXT]
    assert len(vault.kept) == 2


def test_second_refusal_of_the_token_ends_the_tries(hook: KakaoHook, vault: Any, sandbox: Any) -> None:
    sandbox.order_fault(kind="error", code=-401, calls=3)
    with pytest.raises(Misconfigured) as caught:
        hook.send_memo(TEXT)
    assert caught.value.code == "-401"
    assert len(vault.kept) == 2
    assert get(f"{sandbox.url}/admin/faults").json()[0]["calls_left"] == 1


def test_new_consent_in_the_connection_replaces_a_dead_token_in_the_vault(
    hook: KakaoHook, vault: Any, sandbox: Any
) -> None:
    vault.keep(Tokens("dead"))
    hook.send_memo(TEXT)
    assert vault.kept[-1].refresh_token == sandbox.refresh_token()


def test_token_that_another_process_rotated_meanwhile_is_found(sandbox: Any, vault: Any, connect: Any) -> None:
    good = sandbox.refresh_token()
    answers = iter([Tokens("dead"), Tokens("dead"), Tokens(good)])
    vault.read = lambda: next(answers, Tokens(good))
    connect(sandbox.url, vault).send_memo(TEXT)
    assert sandbox.texts() == [TEXT]


def test_newer_tokens_in_the_vault_are_not_overwritten(hook: KakaoHook, vault: Any, sandbox: Any) -> None:
    hook.send_memo(TEXT)
    consent = Tokens("of a new consent", "access", later())
    login = KakaoLogin(hook.settings, vault, hook.get_conn())
    keep = vault.keep

    def after_a_consent(*arguments: Any) -> bool:
        vault.keep = keep
        keep(consent)
        return keep(*arguments)

    vault.keep = after_a_consent
    assert login.access_token(refused=vault.kept[0].access_token) != "access"
    assert replace(vault.kept[-1], scopes=None, rotated_at=None) == consent


def test_lost_refresh_asks_for_a_new_consent(hook: KakaoHook, vault: Any, sandbox: Any) -> None:
    sandbox.restart(**ROTATES_ALWAYS)
    sandbox.order_fault(kind="lost_refresh", target="token")
    with pytest.raises(Unavailable) as lost:
        hook.send_memo(TEXT)
    assert type(lost.value) is Unavailable
    with pytest.raises(Misconfigured, match="jikimi kakao login") as dead:
        hook.send_memo(TEXT)
    assert dead.value.code == "KOE322"


def test_without_any_refresh_token_the_account_must_consent(sandbox: Any, vault: Any, connect: Any) -> None:
    with pytest.raises(NotConfigured, match="jikimi kakao login"):
        connect(sandbox.url, vault).login.access_token()


def test_login_server_that_is_cut_off_costs_no_message(hook: KakaoHook, sandbox: Any) -> None:
    sandbox.order_fault(kind="cut", target="token")
    with pytest.raises(Unavailable):
        hook.send_memo(TEXT)
    sandbox.order_fault(kind="down", target="token")
    with pytest.raises(Unavailable, match="503"):
        hook.send_memo(TEXT)
    hook.send_memo(TEXT)
    assert sandbox.texts() == [TEXT]


def test_threads_share_one_exchange(hook: KakaoHook, vault: Any, sandbox: Any) -> None:
    sandbox.restart(**ROTATES_ALWAYS)
    assert len(set(at_once(hook.login.access_token, 8))) == 1
    first = hook.login.access_token()
    renewed = at_once(lambda: hook.login.access_token(refused=first), 8)
    assert (len(set(renewed)), len(vault.kept)) == (1, 2)


class WatchedLock:
    """A lock that says when somebody comes to it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.came = Semaphore(0)

    def __enter__(self) -> None:
        self.came.release()
        self.lock.acquire()

    def __exit__(self, *_: object) -> None:
        self.lock.release()


def test_threads_that_waited_share_one_failure(hook: KakaoHook, vault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    guard, reads = WatchedLock(), []
    monkeypatch.setattr(hook.login, "_guard", guard)

    def read() -> Tokens:
        reads.append(1)
        assert all(guard.came.acquire(timeout=10) for _ in range(4)), "the others wait by now"
        raise StoreUnavailable

    vault.read = read
    failures = at_once(hook.login.access_token, 4)
    assert (len(reads), len(set(map(id, failures)))) == (1, 1), "nobody asks again what was asked in vain just now"
    vault.read = lambda: None
    assert hook.login.access_token()


def test_messages_of_several_threads_arrive_once_each(hook: KakaoHook, sandbox: Any) -> None:
    sandbox.restart(**ROTATES_ALWAYS)
    uuid = sandbox.befriend("C1")[0]
    numbers = iter(range(8))
    sent = at_once(lambda: hook.send_to_friend(uuid, f"{TEXT} {next(numbers)}"), 8)
    assert sent == [None] * 8
    assert sorted(sandbox.texts()) == [f"{TEXT} {number}" for number in range(8)]
    assert sandbox.tokens("access") == 1


_PROGRAM = """
import json, multiprocessing, os, sys
from concurrent.futures import ThreadPoolExecutor
from jikimi.defaults import fernet_key
from jikimi.hooks.kakao import KakaoHook
from jikimi.store.connection import open_store
from jikimi.store.vault import StoredTokens

processes, threads = map(int, sys.argv[1:])
context = multiprocessing.get_context("fork")
barrier = context.Barrier(processes)

def begin():
    global hook
    with open_store() as store:
        hook = KakaoHook(tokens=StoredTokens(store, "kakao_default", fernet_key()))

def renew(refused):
    barrier.wait(30)
    with ThreadPoolExecutor(threads) as pool:
        tokens = set(pool.map(lambda _: hook.login.access_token(refused), range(threads)))
    return os.getpid(), sorted(tokens)

with context.Pool(processes, initializer=begin) as pool:
    for line in sys.stdin:
        refused = json.loads(line)
        print(json.dumps(pool.map(renew, [refused] * processes, chunksize=1)), flush=True)
"""


@pytest.fixture
def processes(sandbox: Any, database: str) -> Iterator[Callable[[str | None], list[Any]]]:
    """Have processes ask for another access token than this one, all at once, each in several threads."""
    environment = os.environ | {
        "JIKIMI_DATABASE_URL": database,
        "JIKIMI_FERNET_KEY": Fernet.generate_key().decode(),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "AIRFLOW_CONN_KAKAO_DEFAULT": connection(sandbox.url, extra={"refresh_token": sandbox.refresh_token()}),
    }
    command = [sys.executable, "-c", _PROGRAM, str(PROCESSES), str(THREADS)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment, **pipes) as program:

        def ask(refused: str | None) -> list[Any]:
            program.stdin.write(json.dumps(refused) + "\n")
            program.stdin.flush()
            return json.loads(program.stdout.readline())

        yield ask
        program.stdin.close()
        assert program.wait(30) == 0


def test_processes_that_renew_at_once_make_one_exchange_and_lose_no_token(processes: Any, sandbox: Any) -> None:
    sandbox.restart(**ROTATES_ALWAYS)
    sandbox.order_fault(kind="slow", target="token", seconds=0.1, calls=ROUNDS)
    refused: list[str] = []
    for exchanges in range(1, ROUNDS + 1):
        answers = processes(refused[-1] if refused else None)
        assert len({process for process, _ in answers}) == PROCESSES
        (token,) = {token for _, tokens in answers for token in tokens}
        assert token not in refused
        refused.append(token)
        assert sandbox.tokens("access") == exchanges
    assert sandbox.tokens("refresh") == 1 + ROUNDS
