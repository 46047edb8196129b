"""What becomes of a mail whatever a real mail server does, on both sides of the point at which the mail leaves."""

import json
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from jikimi.channels.base import Message, Taken
from jikimi.channels.email import EmailChannel
from jikimi.exceptions import Misconfigured, NotConfigured, Rejected, Unavailable, Unknown
from jikimi.hooks.mail import MailHook
from jikimi.hooks.mime import address_of, compose
from ml.messages import Letter
from tests.conftest import free_port
from tests.integration.channels.mail_server import HANG_UP, SILENCE, MailServer

# A password in clear on this machine's own loopback.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")
LETTER = Letter("홍*동 고객님, 확인해 주세요.\n.점으로 시작하는 줄", "[지킴이은행] 알림", html="<p>홍*동 고객님</p>")
PLAIN = {"disable_ssl": True, "disable_tls": True}
RECEIVER = "hong@customer.example"


@pytest.fixture
def serve():
    """Start mail servers; each is stopped after the test."""
    servers = []

    def start(answers=None, **more):
        server = MailServer(answers, **more)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def connect(monkeypatch):
    """Make a channel whose connection stands in the environment, as Airflow reads it."""

    def make(port, login=None, **extra):
        connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": port}
        if login:
            connection |= {"login": login[0], "password": login[1]}
        known = {"from_email": "지킴이은행 <alerts@bank.example>", "timeout_seconds": 5} | PLAIN | extra
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection | {"extra": known}))
        return EmailChannel()

    return make


def message(alert_id=1, address=RECEIVER, letter=LETTER):
    return Message(alert_id, f"A1B2C3D{alert_id}", address, letter)


def send(channel, *messages):
    return channel.send(messages or [message()], uuid4())


def test_a_mail_is_taken_with_text_html_and_our_headers(serve, connect):
    server = serve()
    result = send(connect(server.port))[1]
    ((receivers, mail),) = server.mails
    assert result == Taken(is_final=True, dealer_id=mail["Message-ID"], code="250")
    assert receivers == [RECEIVER]
    assert mail["From"] == "지킴이은행 <alerts@bank.example>"
    assert mail["Subject"] == LETTER.title
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].startswith("<A1B2C3D1.")
    assert mail["Message-ID"].endswith("@bank.example>")
    assert mail.get_body(["plain"]).get_content().splitlines() == LETTER.text.splitlines()
    assert "홍*동 고객님" in mail.get_body(["html"]).get_content()


def test_the_same_letter_keeps_its_id_and_another_gets_its_own(serve, connect):
    server = serve()
    channel = connect(server.port)
    for letter in (LETTER, LETTER, Letter("another", "t")):
        send(channel, message(letter=letter))
    first, again, other = (mail["Message-ID"] for _, mail in server.mails)
    assert first == again != other


@pytest.mark.parametrize(
    ("answers", "kind", "code"),
    [
        pytest.param({"MAIL": "550 5.7.1 not yours"}, Misconfigured, "550", id="our sender is refused"),
        pytest.param({"MAIL": "530 5.7.0 log in"}, Misconfigured, "530", id="a login is missing"),
        pytest.param({"MAIL": "451 4.3.0 later"}, Unavailable, "451", id="busy at our sender"),
        pytest.param({"MAIL": HANG_UP}, Unavailable, "", id="hung up at our sender"),
        pytest.param({"RCPT": f"550 5.1.1 {RECEIVER} unknown"}, Rejected, "550", id="no such receiver"),
        pytest.param({"RCPT": "552 5.2.2 full"}, Rejected, "552", id="the mailbox is full"),
        pytest.param({"RCPT": "450 4.2.0 greylisted"}, Unavailable, "450", id="busy at the receiver"),
        pytest.param({"RCPT": "535 5.7.8 no"}, Misconfigured, "535", id="the login is too weak"),
        pytest.param({"RCPT": HANG_UP}, Unavailable, "", id="hung up at the receiver"),
        pytest.param({"RCPT": SILENCE}, Unavailable, "", id="silent at the receiver"),
        pytest.param({"DATA": "554 5.6.0 spam"}, Rejected, "554", id="the mail is refused"),
        pytest.param({"DATA": "452 4.3.1 disk full"}, Unavailable, "452", id="busy at the mail"),
        pytest.param({"DATA": "421 4.3.2 closing"}, Unavailable, "421", id="closing at the mail"),
        pytest.param({"DATA": HANG_UP}, Unknown, "", id="hung up after the mail"),
        pytest.param({"DATA": SILENCE}, Unknown, "", id="silent after the mail"),
        pytest.param({"DATA": "999 hm"}, Unknown, "", id="an answer that is none"),
    ],
)
def test_the_answer_decides_what_became_of_the_mail(serve, connect, answers, kind, code):
    server = serve(answers)
    error = send(connect(server.port, timeout_seconds=0.3))[1]
    assert type(error) is kind
    assert error.code == code
    assert RECEIVER not in str(error)
    assert len(server.mails) == ("DATA" in answers), "never twice"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        pytest.param(None, "no e-mail address", id="none"),
        pytest.param("", "no e-mail address", id="empty"),
        pytest.param("hong", "no e-mail address", id="no domain"),
        pytest.param("a@b.c, d@e.f", "no e-mail address", id="two"),
        pytest.param("a@b.c\nBcc: d@e.f", "no e-mail address", id="a header in it"),
        pytest.param("홍길동@b.c", "no e-mail address", id="a local part in Korean"),
    ],
)
def test_an_address_that_is_none_is_refused_without_asking(serve, connect, address, reason):
    server = serve()
    error = send(connect(server.port), message(address=address))[1]
    assert type(error) is Rejected
    assert reason in str(error)
    assert server.connections == 0


def test_a_korean_domain_is_written_as_the_wire_wants_it(serve, connect):
    server = serve()
    assert isinstance(send(connect(server.port), message(address="a@한글.한국"))[1], Taken)
    assert server.mails[0][0] == ["a@xn--bj0bj06e.xn--3e0b707e"]


def test_mails_share_one_connection_and_a_refusal_spoils_none_of_them(serve, connect):
    server = serve({"RCPT": {"gone@customer.example": "550 5.1.1 gone"}})
    channel = connect(server.port)
    results = [
        send(channel, message(number, address))[number]
        for number, address in enumerate((RECEIVER, "gone@customer.example", RECEIVER))
    ]
    assert [type(result) for result in results] == [Taken, Rejected, Taken]
    assert server.connections == 1


def test_a_server_that_hung_up_between_mails_is_asked_anew(serve, connect):
    server = serve()
    channel = connect(server.port)
    send(channel)
    server.answers = {"RSET": HANG_UP}
    assert isinstance(send(channel, message(2))[2], Taken)
    assert server.connections == 2
    assert len(server.mails) == 2


def test_after_a_lost_answer_the_next_mail_has_a_connection_of_its_own(serve, connect):
    server = serve({"DATA": HANG_UP})
    channel = connect(server.port)
    assert isinstance(send(channel)[1], Unknown)
    server.answers = {}
    assert isinstance(send(channel, message(2))[2], Taken)
    assert server.connections == 2


def test_who_is_refused_holds_up_no_other_receiver(serve, connect):
    server = serve({"RCPT": {"gone@bank.example": "550 5.1.1 gone"}})
    connect(server.port)
    hook = MailHook()
    receivers = [address_of("gone@bank.example"), address_of("staff@bank.example")]
    (refused,) = hook.send(compose(hook.settings.sender, receivers, LETTER, "staff-1", datetime.now(UTC)))
    hook.close()
    assert isinstance(refused, Rejected)
    assert server.mails[0][0] == ["staff@bank.example"]


def test_nobody_listening_is_an_absence(connect):
    channel = connect(free_port())
    error = send(channel)[1]
    assert type(error) is Unavailable
    is_good, words = channel.test()
    assert not is_good
    assert "cannot be reached" in words


@pytest.mark.parametrize(
    ("login", "extra"),
    [
        pytest.param(("jikimi", "wrong"), {}, id="wrong password"),
        pytest.param(("jikimi", "비밀"), {}, id="password that no server takes"),
        pytest.param(None, {"disable_tls": False}, id="no STARTTLS there"),
        pytest.param(None, {"disable_ssl": False}, id="TLS where the server speaks plainly"),
        pytest.param(None, {"ssl_context": "odd", "disable_ssl": False}, id="an unknown kind of TLS"),
    ],
)
def test_a_login_that_cannot_work_is_a_persons_to_mend(serve, connect, login, extra):
    server = serve(login=("jikimi", "right"))
    channel = connect(server.port, login, **extra)
    for _ in range(2):
        error = send(channel)[1]
        assert type(error) is Misconfigured, error
    assert channel.test()[0] is False
    assert server.mails == []


def test_a_server_that_hangs_up_at_once_is_an_absence(listening_once, connect):
    assert type(send(connect(listening_once))[1]) is Unavailable


def test_a_login_over_starttls_is_tried_without_sending(serve, connect, certificate):
    server = serve(login=("jikimi", "right"), tls=certificate)
    extra = {"disable_tls": False, "ssl_context": "none"}
    channel = connect(server.port, ("jikimi", "right"), **extra)
    assert channel.test() == (
        True,
        "The mail server 127.0.0.1 answers and lets us in; mails come from alerts@bank.example.",
    )
    assert server.mails == []
    assert isinstance(send(channel)[1], Taken)
    channel.close()


def test_a_certificate_of_nobody_is_a_persons_to_mend(serve, connect, certificate):
    server = serve(tls=certificate)
    assert type(send(connect(server.port, disable_tls=False))[1]) is Misconfigured


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        pytest.param({"from_email": ""}, "from_email", id="no sender"),
        pytest.param({"from_email": "bank"}, "from_email", id="a sender that is no address"),
        pytest.param({"messages_per_second": "fast"}, "messages_per_second", id="a rate that is no number"),
        pytest.param({"timeout_seconds": 0}, "timeout_seconds", id="no time at all"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(connect, extra, words):
    with pytest.raises(NotConfigured, match=words):
        connect(25, **extra)


def test_a_missing_connection_is_named(monkeypatch):
    monkeypatch.delenv("AIRFLOW_CONN_SMTP_DEFAULT", raising=False)
    with pytest.raises(NotConfigured, match="smtp_default"):
        EmailChannel()


def test_the_rate_is_ours_unless_the_connection_says_another(connect):
    assert connect(25).limits.per_second == 20
    assert connect(25, messages_per_second="3").limits.per_second == 3


@pytest.fixture
def listening_once():
    """A port where the first to come is sent away without a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def send_away():
            server.accept()[0].close()

        thread = threading.Thread(target=send_away, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """TLS for a server whom nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
