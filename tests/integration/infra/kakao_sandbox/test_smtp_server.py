"""Mail arrives in the inbox, and is lost, refused or delayed as ordered."""

import json
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest


def mail(*receivers: str, text: str = "안녕", **headers: str) -> EmailMessage:
    message = EmailMessage()
    fields = {"Subject": "알림", "From": "Bank <bank@jikimi.example>", "To": ", ".join(receivers)} | headers
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


@pytest.fixture
def client(running: Any) -> Iterator[smtplib.SMTP]:
    """A client that has logged in."""
    with smtplib.SMTP("127.0.0.1", running.smtp_port, timeout=5) as connected:
        connected.login("jikimi", "secret")
        yield connected


def inbox(running: Any) -> list[tuple[str, str]]:
    return [(message["chat_key"], message["text"]) for message in running.client.get("/admin/messages").json()]


def test_each_receiver_has_a_chat(running: Any, client: smtplib.SMTP) -> None:
    client.send_message(mail("김서연 <Seoyeon@jikimi.example>", "b@jikimi.example", Message_ID="<1@jikimi.example>"))
    first, second = running.client.get("/admin/messages").json()
    assert (first["channel"], first["chat_key"], first["name"]) == ("email", "seoyeon@jikimi.example", "김서연")
    assert (first["subject"], first["text"]) == ("알림", "안녕")
    assert first["detail"] == "Bank <bank@jikimi.example> · <1@jikimi.example>"
    assert second["name"] == "b@jikimi.example"


def test_same_mail_twice_is_kept_twice(running: Any, client: smtplib.SMTP) -> None:
    for _ in range(2):
        client.send_message(mail("a@jikimi.example", Message_ID="<1@jikimi.example>"))
    assert len(running.texts()) == 2


@pytest.mark.parametrize(
    ("user", "password"),
    [pytest.param("jikimi", "wrong", id="password"), pytest.param("other", "secret", id="user")],
)
def test_wrong_login_is_refused(running: Any, user: str, password: str) -> None:
    with (
        smtplib.SMTP("127.0.0.1", running.smtp_port, timeout=5) as client,
        pytest.raises(smtplib.SMTPAuthenticationError),
    ):
        client.login(user, password)


def test_without_a_login_nothing_is_taken(running: Any) -> None:
    with smtplib.SMTP("127.0.0.1", running.smtp_port, timeout=5) as client:
        with pytest.raises(smtplib.SMTPSenderRefused) as caught:
            client.send_message(mail("a@jikimi.example"))
        assert caught.value.smtp_code == 530
    assert running.texts() == []


def test_one_receiver_is_refused_and_the_other_gets_it(running: Any, client: smtplib.SMTP) -> None:
    running.fault(target="smtp", kind="error", status=550, receiver="b@jikimi.example")
    refused = client.send_message(mail("a@jikimi.example", "B@jikimi.example"))
    assert [(address, code) for address, (code, _) in refused.items()] == [("B@jikimi.example", 550)]
    assert inbox(running) == [("a@jikimi.example", "안녕")]


def test_first_receivers_are_refused_for_a_while(running: Any, client: smtplib.SMTP) -> None:
    running.fault(target="smtp", kind="partial", failing=1, status=450)
    refused = client.send_message(mail("a@jikimi.example", "b@jikimi.example"))
    assert {address: code for address, (code, _) in refused.items()} == {"a@jikimi.example": 450}
    assert client.send_message(mail("a@jikimi.example")) == {}
    assert inbox(running) == [("b@jikimi.example", "안녕"), ("a@jikimi.example", "안녕")]


@pytest.mark.parametrize(
    ("fault", "error", "is_kept"),
    [
        pytest.param({"kind": "down"}, smtplib.SMTPSenderRefused, False, id="down"),
        pytest.param({"kind": "error"}, smtplib.SMTPDataError, False, id="error"),
        pytest.param({"kind": "error_after", "status": 451}, smtplib.SMTPDataError, True, id="error after"),
        pytest.param({"kind": "cut_before"}, smtplib.SMTPServerDisconnected, False, id="cut before"),
        pytest.param({"kind": "cut"}, smtplib.SMTPServerDisconnected, True, id="cut"),
        pytest.param({"kind": "timeout", "seconds": 60}, smtplib.SMTPServerDisconnected, True, id="timeout"),
    ],
)
def test_sender_sees_the_fault_and_the_inbox_says_whether_it_was_taken(
    running: Any, fault: dict[str, Any], error: type[Exception], is_kept: bool
) -> None:
    running.fault(target="smtp", **fault)
    client = smtplib.SMTP("127.0.0.1", running.smtp_port, timeout=0.5)
    client.login("jikimi", "secret")
    with pytest.raises(error):
        client.send_message(mail("a@jikimi.example"))
    client.close()
    assert running.texts() == (["안녕"] if is_kept else [])


def test_airflows_hook_works_unchanged(running: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    extra = {"disable_ssl": True, "disable_tls": True, "from_email": "bank@jikimi.example"}
    connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": running.smtp_port, "extra": extra}
    login = {"login": "jikimi", "password": "secret"}
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection | login))
    with SmtpHook() as hook:
        hook.send_email_smtp(to="a@jikimi.example", subject="알림", html_content="<p>안녕 <b>A&amp;B</b></p>")
    assert inbox(running) == [("a@jikimi.example", "안녕 A&B")]
