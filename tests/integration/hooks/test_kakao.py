"""KakaoHook against the sandbox over HTTP: messages, failures on either side of the point of no return, friends."""

import logging
from collections.abc import Callable
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from jikimi.exceptions import DeliveryError, Misconfigured, QuotaUsedUp, Rejected, Unavailable, Unknown
from jikimi.hooks.kakao import Account, KakaoHook
from jikimi.hooks.kakao_settings import DailyQuotas
from jikimi.tokens import Tokens
from tests.serving import get, post

TEXT = "[지킴이은행] 이상거래 의심 알림\n홍*동 고객님"


def test_memo_arrives(hook: KakaoHook, sandbox: Any) -> None:
    hook.send_memo(TEXT)
    assert sandbox.texts() == [TEXT]


def test_friend_reads_the_message_in_the_own_chat(hook: KakaoHook, sandbox: Any) -> None:
    _, second = sandbox.befriend("C1", "C2")
    hook.send_to_friend(second, TEXT)
    (found,) = get(f"{sandbox.url}/admin/messages", params={"customer_id": "C2"}).json()
    wanted = {"customer_id": "C2", "channel": "friends", "chat_key": second, "text": TEXT, "link": None}
    assert found | wanted == found


def test_message_opens_the_link_of_the_connection(sandbox: Any, vault: Any, connect: Callable[..., KakaoHook]) -> None:
    extra = {"refresh_token": sandbox.refresh_token(), "link_url": "https://bank.example/"}
    connect(sandbox.url, vault, extra=extra).send_memo(TEXT)
    message = get(f"{sandbox.url}/admin/messages").json()[0]
    assert message["link"] == "https://bank.example"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("가" * 201, id="201 characters"),
        pytest.param("👍" * 101, id="202 units"),
        pytest.param("", id="empty"),
    ],
)
def test_text_of_a_wrong_length_is_refused_before_anything_is_asked(hook: KakaoHook, vault: Any, text: str) -> None:
    with pytest.raises(Rejected):
        hook.send_memo(text)
    assert vault.kept == []


def test_two_hundred_characters_are_taken(hook: KakaoHook, sandbox: Any) -> None:
    hook.send_memo("가" * 200)
    assert sandbox.texts() == ["가" * 200]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"login": "other"}, "KOE101", id="app key"),
        pytest.param({"password": "other"}, "KOE010", id="client secret"),
        pytest.param({"extra": {"refresh_token": "other"}}, "KOE322", id="refresh token"),
        pytest.param({"login": ""}, "", id="no app key"),
        pytest.param({"extra": {"refresh_token": None}}, "", id="no refresh token"),
        pytest.param({"extra": {"api_url": "kapi.kakao.com"}}, "", id="address without scheme"),
        pytest.param({"extra": {"timeout_seconds": "soon"}}, "", id="time-out"),
    ],
)
def test_faults_of_the_configuration_cost_no_message(
    sandbox: Any, vault: Any, connect: Any, changes: dict[str, Any], code: str
) -> None:
    extra = {"refresh_token": sandbox.refresh_token()} | changes.pop("extra", {})
    hook = connect(sandbox.url, vault, extra=extra, **changes)
    with pytest.raises(Misconfigured) as caught:
        hook.send_memo(TEXT)
    assert caught.value.code == code
    is_fine, words = hook.test_connection()
    assert not is_fine
    assert words == str(caught.value)


def test_missing_connection_costs_no_message(vault: Any) -> None:
    with pytest.raises(Misconfigured, match="There is no connection no_such"):
        KakaoHook("no_such", tokens=vault).send_memo(TEXT)


def test_hook_without_vault_sends_nothing_but_tests_the_app(sandbox: Any, connect: Any) -> None:
    hook = connect(sandbox.url, None, extra={"refresh_token": sandbox.refresh_token()})
    with pytest.raises(Misconfigured, match="vault"):
        hook.send_memo(TEXT)
    assert hook.test_connection() == (
        True,
        "KakaoTalk accepts the app's key and secret; the consent is tried with the first message.",
    )
    assert connect(sandbox.url, None, password="wrong").test_connection()[0] is False


def test_connection_with_vault_is_tested_to_the_end(hook: KakaoHook, sandbox: Any) -> None:
    assert hook.test_connection() == (True, "KakaoTalk accepts the app and the consent of account 1000000001.")
    sandbox.stop()
    assert hook.test_connection()[0] is False
    sandbox.start()


@pytest.mark.parametrize(
    ("fault", "kind", "arrived"),
    [
        pytest.param({"kind": "down"}, Unavailable, 0, id="down"),
        pytest.param({"kind": "error", "code": -7}, Unavailable, 0, id="maintenance"),
        pytest.param({"kind": "error", "code": -603}, Unknown, 0, id="time-out inside"),
        pytest.param({"kind": "error", "code": -2}, Rejected, 0, id="bad parameters"),
        pytest.param({"kind": "error", "status": 502}, Unknown, 0, id="gateway"),
        pytest.param({"kind": "timeout", "seconds": 3}, Unknown, 1, id="time-out after acceptance"),
        pytest.param({"kind": "cut"}, Unknown, 1, id="connection cut after acceptance"),
    ],
)
@pytest.mark.parametrize("call", [pytest.param("memo", id="memo"), pytest.param("friend", id="friend")])
def test_failures_are_told_apart_by_the_point_of_no_return(
    sandbox: Any, vault: Any, connect: Any, fault: dict[str, Any], kind: type, arrived: int, call: str
) -> None:
    extra = {"refresh_token": sandbox.refresh_token(), "timeout_seconds": 0.5}
    hook, uuid = connect(sandbox.url, vault, extra=extra), sandbox.befriend("C1")[0]
    sandbox.order_fault(**fault)
    send = {"memo": lambda: hook.send_memo(TEXT), "friend": lambda: hook.send_to_friend(uuid, TEXT)}[call]
    with pytest.raises(DeliveryError) as caught:
        send()
    assert type(caught.value) is kind
    assert sandbox.texts() == [TEXT] * arrived
    send()
    assert sandbox.texts() == [TEXT] * (arrived + 1)


def test_stopped_server_took_nothing(hook: KakaoHook, sandbox: Any) -> None:
    hook.send_memo(TEXT)
    sandbox.stop()
    with pytest.raises(Unavailable, match="cannot be reached"):
        hook.send_memo(TEXT)
    sandbox.start()
    hook.send_memo(TEXT)
    assert len(sandbox.texts()) == 2


def test_each_friend_has_a_fate_of_its_own(hook: KakaoHook, sandbox: Any) -> None:
    uuids = sandbox.befriend("C1", "C2", "C3")
    sandbox.order_fault(kind="error", code=-530, uuid=uuids[1])
    fates = hook.send_to_friends([*uuids, "stranger"], TEXT)
    assert [type(fates[uuid]) for uuid in uuids] == [type(None), Rejected, type(None)]
    assert fates["stranger"] is not None
    assert fates["stranger"].code == "-502"
    assert sandbox.texts() == [TEXT, TEXT]


def test_friends_who_all_fail_are_read_in_both_shapes(hook: KakaoHook, sandbox: Any) -> None:
    one_reason = hook.send_to_friends(["stranger-1", "stranger-2"], TEXT)
    assert [fate.code for fate in one_reason.values() if fate] == ["-502", "-502"]
    uuid = sandbox.befriend("C1")[0]
    sandbox.order_fault(kind="error", code=-530, uuid=uuid)
    two_reasons = hook.send_to_friends([uuid, "stranger-1"], TEXT)
    assert [fate.code for fate in two_reasons.values() if fate] == ["-530", "-502"]


@pytest.mark.parametrize("count", [pytest.param(0, id="none"), pytest.param(6, id="six")])
def test_wrong_number_of_friends_is_refused_before_sending(hook: KakaoHook, vault: Any, count: int) -> None:
    with pytest.raises(Rejected):
        hook.send_to_friends(["stranger"] * count, TEXT)
    assert vault.kept == []


class Strange(BaseHTTPRequestHandler):
    """Gives a token to whoever asks, and a prepared answer to every message."""

    status, body, location = 200, b"", ""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        is_login = self.path == "/oauth/token"
        body = b'{"access_token": "t0ken-1", "expires_in": 3600}' if is_login else self.body
        self.send_response(200 if is_login else self.status)
        self.send_header("content-length", str(len(body)))
        if self.location and not is_login:
            self.send_header("location", self.location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        pytest.param(200, b"<html>", Unknown, id="taken by something that is not KakaoTalk"),
        pytest.param(200, b"[]", Unknown, id="another kind of JSON"),
        pytest.param(200, b'{"successful_receiver_uuids": []}', Unknown, id="no word about the receiver"),
        pytest.param(200, b'{"failure_info": ["?"]}', Unknown, id="failures that cannot be read"),
        pytest.param(200, b'{"failure_info": [{"code": -532}]}', QuotaUsedUp, id="failure without receivers"),
        pytest.param(200, b'{"failure_info": 7, "successful_receiver_uuids": 7}', Unknown, id="numbers for lists"),
        pytest.param(200, b'{"failure_info": [{"code": "-530"}]}', Rejected, id="code as text"),
        pytest.param(
            200, b'{"successful_receiver_uuids": ["abcdefg"], "result_code": -500}', None, id="further keys are ignored"
        ),
        pytest.param(400, b'{"code": -532, "msg": "t0ken-1 of abcdefg"}', QuotaUsedUp, id="flat refusal"),
        pytest.param(
            400,
            b'{"failure_info": [{"code": -536, "msg": "t0ken-1 of abcdefg", "receiver_uuids": ["abcdefg"]}]}',
            QuotaUsedUp,
            id="list of refusals",
        ),
        pytest.param(400, b'{"code": -7777, "msg": "new"}', Unavailable, id="unknown code"),
        pytest.param(500, b'{"code": -7777, "msg": "new"}', Unknown, id="unknown code of a broken server"),
        pytest.param(503, b'{"code": -9798, "msg": "maintenance"}', Unavailable, id="maintenance as 503"),
        pytest.param(403, b'{"code": -5, "msg": "no"}', Misconfigured, id="no permission"),
        pytest.param(429, b'{"code": -10, "msg": "API limit has been exceeded."}', QuotaUsedUp, id="quota as 429"),
        pytest.param(404, b"<html>", Unavailable, id="wrong address"),
        pytest.param(302, b"", Unavailable, id="redirected"),
    ],
)
def test_strange_answers_are_read_with_care(
    vault: Any, connect: Any, listening: Any, status: int, answer: bytes, kind: type | None
) -> None:
    handler = type("Handler", (Strange,), {"status": status, "body": answer, "location": "/elsewhere"})
    with listening(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as url:
        hook = connect(url, vault, extra={"refresh_token": "refresh-1"})
        fate = hook.send_to_friends(["abcdefg"], TEXT)["abcdefg"] if kind is None else None
        if kind is not None:
            with pytest.raises(DeliveryError) as caught:
                hook.send_to_friend("abcdefg", TEXT)
            assert type(caught.value) is kind
            assert "t0ken-1" not in str(caught.value)
            assert "abcdefg" not in str(caught.value)
        assert fate is None


def test_no_token_reaches_a_log_or_an_error(
    hook: KakaoHook, vault: Any, sandbox: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sandbox.order_fault(kind="error", code=-402)
    with pytest.raises(Misconfigured) as caught:
        hook.send_memo(TEXT)
    shown = caplog.text + str(caught.getrepr(showlocals=False)) + repr(vault.kept) + repr(hook.settings)
    secrets = [vault.kept[0].access_token, vault.kept[0].refresh_token, "app-secret"]
    assert [secret for secret in secrets if secret in shown] == []
    assert "insufficient scopes." in str(caught.value)


def test_netrc_does_not_replace_the_token(
    hook: KakaoHook, sandbox: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password else")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    hook.send_memo(TEXT)
    assert sandbox.texts() == [TEXT]


def test_all_pages_of_friends_are_read(hook: KakaoHook, sandbox: Any) -> None:
    uuids = sandbox.befriend(*(f"C{number}" for number in range(201)))
    friends = list(hook.friends())
    assert sorted(friend.uuid for friend in friends) == sorted(uuids)
    assert {(friend.nickname, friend.takes_messages) for friend in friends} == {("홍길동", True)}


def test_missing_scope_is_named(hook: KakaoHook, sandbox: Any, vault: Any) -> None:
    form = {"client_id": "app-key", "redirect_uri": "http://127.0.0.1/oauth", "scope": "talk_message"}
    page = post(f"{sandbox.url}/oauth/authorize", data=form | {"decision": "agree"})
    code = httpx.URL(page.headers["location"]).params["code"]
    grant = {"grant_type": "authorization_code", "client_secret": "app-secret", "code": code}
    answer = post(f"{sandbox.url}/oauth/token", data=form | grant).json()
    vault.keep(Tokens(answer["refresh_token"]))
    with pytest.raises(Misconfigured, match="missing: friends"):
        next(hook.friends())


def test_account_is_told(hook: KakaoHook) -> None:
    account = hook.account()
    assert account == Account(1_000_000_001, 1, account.expires_in)
    assert 0 < account.expires_in <= 6 * 3600


def test_airflow_knows_the_connection_type() -> None:
    from airflow.providers_manager import ProvidersManager
    from airflow.sdk.providers_manager_runtime import ProvidersManagerTaskRuntime

    assert ProvidersManagerTaskRuntime().hooks["kakao"].hook_class_name == "jikimi.hooks.kakao.KakaoHook"
    manager = ProvidersManager()
    widgets = manager.connection_form_widgets
    assert widgets["extra__kakao__timeout_seconds"].field["schema"]["default"] == 10
    assert widgets["extra__kakao__refresh_token"].is_sensitive
    quotas = {name: widgets[f"extra__kakao__{name}_quota"].field["schema"]["default"] for name in asdict(DailyQuotas())}
    assert quotas == asdict(DailyQuotas())
    assert "default" not in widgets["extra__kakao__messages_per_second"].field["schema"]
    assert manager.field_behaviours["kakao"]["relabeling"]["login"] == "REST API key"
