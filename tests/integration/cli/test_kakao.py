"""`jikimi kakao` against the sandbox: consent by browser or by hand, who sends, and which customer is which friend."""

import csv
import json
import os
import subprocess
import sys
import webbrowser
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.fernet import Fernet

from jikimi.store.connection import open_store
from jikimi.store.vault import StoredTokens
from tests.conftest import free_port
from tests.kakao import RunningSandbox, connection
from tests.serving import get, post

KEY = Fernet.generate_key().decode()
ACCOUNT = "1000000001"


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def sandbox(tmp_path, port):
    running = RunningSandbox(tmp_path / "sandbox")
    running.start(redirect_uris=(f"http://127.0.0.1:{port}/oauth",))
    yield running
    running.stop()


@pytest.fixture
def airflow(monkeypatch, sandbox):
    """Connect Airflow's `kakao_default` to the sandbox; what the command sets is taken back after the test."""
    for name in ("_AIRFLOW_PROCESS_CONTEXT", "AIRFLOW__LOGGING__LOGGING_LEVEL"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("JIKIMI_FERNET_KEY", KEY)

    def connect(**changes):
        monkeypatch.setenv("AIRFLOW_CONN_KAKAO_DEFAULT", connection(sandbox.url, **changes))

    connect()
    return connect


@pytest.fixture
def vault(database):
    with open_store(database) as store:
        return StoredTokens(store, "kakao_default", KEY)


@pytest.fixture
def browser(monkeypatch):
    """A person at the browser that the command opens: consents, unless a test says otherwise."""

    class Browser:
        def __init__(self):
            self.pages, self.form, self.change = [], {"decision": "agree"}, lambda address: address

        def open(self, page):
            self.pages.append(page)
            back = self.consent(page)
            if back:
                get(self.change(back))
            return True

        def consent(self, page):
            """Return the address to which the page sends the browser."""
            if get(page).status_code != 200:
                return None
            query = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
            answer = post(page.split("?")[0], data=query | self.form)
            return answer.headers["location"]

    person = Browser()
    monkeypatch.setattr(webbrowser, "open", person.open)
    return person


@pytest.fixture
def consented(airflow, sandbox):
    airflow(extra={"refresh_token": sandbox.refresh_token()})


def test_login_keeps_the_tokens_and_says_who_consented_to_what(jikimi, airflow, browser, vault, port, sandbox):
    said = jikimi("kakao", "login", "--port", port).output
    assert "The tokens are kept, encrypted." in said
    assert f"Account {ACCOUNT} consented to friends, talk_message." in said
    tokens = vault.read()
    assert tokens.scopes == ("friends", "talk_message")
    assert [secret for secret in (tokens.refresh_token, tokens.access_token, "app-secret") if secret in said] == []
    assert sandbox.tokens("access") == 1, "what the consent gave is used, not exchanged"


def test_login_replaces_tokens_that_nobody_can_read_any_more(jikimi, airflow, browser, vault, port, monkeypatch):
    jikimi("kakao", "login", "--port", port)
    monkeypatch.setenv("JIKIMI_FERNET_KEY", Fernet.generate_key().decode())
    assert "another JIKIMI_FERNET_KEY" in jikimi("kakao", "whoami", code=3).stderr
    jikimi("kakao", "login", "--port", port)
    assert f"account: {ACCOUNT}" in jikimi("kakao", "whoami").output


def test_scope_that_is_missing_is_told(jikimi, airflow, browser, port):
    browser.form |= {"scope": "talk_message"}
    result = jikimi("kakao", "login", "--port", port)
    assert "consented to talk_message." in result.stdout
    assert "The channel kakao_friends cannot be used: it needs friends and talk_message." in result.stderr


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"form": {"decision": "refuse"}}, "did not consent", id="refused"),
        pytest.param({"change": lambda address: address[:-3] + "xyz"}, "its state differs", id="another state"),
        pytest.param({"change": lambda address: address.replace("code=", "code=x")}, "KOE320", id="another code"),
    ],
)
def test_answer_without_consent_changes_nothing(jikimi, airflow, browser, vault, port, change, words):
    for name, value in change.items():
        setattr(browser, name, value)
    assert words in jikimi("kakao", "login", "--port", port, code=1).stderr
    assert vault.read() is None


def test_redirect_that_is_not_registered_is_named_when_nobody_comes_back(jikimi, airflow, browser):
    other = free_port()
    said = jikimi("kakao", "login", "--port", other, "--wait", "1", code=1).stderr
    assert f"KOE006: register http://127.0.0.1:{other}/oauth" in said


def test_without_browser_the_page_is_only_printed(jikimi, airflow, browser, port):
    said = jikimi("kakao", "login", "--no-browser", "--port", port, "--wait", "1", code=1).stdout
    assert f"redirect_uri=http%3A%2F%2F127.0.0.1%3A{port}%2Foauth" in said
    assert browser.pages == []


def test_consent_of_another_machine_is_pasted(airflow, browser, vault, port, database, tmp_path):
    environment = os.environ | {
        "JIKIMI_DATABASE_URL": database,
        "JIKIMI_HOME": str(tmp_path),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-c", "from jikimi.cli import app; app()", "kakao", "login", "--paste"]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen([*command, "--port", str(port)], env=environment, text=True, **pipes) as running:
        page = next(line for line in running.stdout if line.startswith("http"))
        said, noise = running.communicate(browser.consent(page.strip()) + "\n", timeout=60)
    assert (running.returncode, noise) == (0, "")
    assert f"Account {ACCOUNT} consented to friends, talk_message." in said
    assert vault.read() is not None


def test_missing_connection_is_told(jikimi, airflow, monkeypatch):
    monkeypatch.delenv("AIRFLOW_CONN_KAKAO_DEFAULT")
    assert "There is no connection kakao_default" in jikimi("kakao", "login", code=3).stderr


def test_whoami_before_any_consent_says_what_to_do(jikimi, airflow):
    assert "jikimi kakao login" in jikimi("kakao", "whoami", code=3).stderr


def test_whoami_shows_the_account_and_no_secret(jikimi, consented, vault):
    said = jikimi("kakao", "whoami").output
    names = ["account", "app", "access token until", "refresh token since", "scopes"]
    assert [line.split(":")[0] for line in said.splitlines()] == names
    assert f"account: {ACCOUNT}" in said
    assert "scopes: not known" in said
    found = json.loads(jikimi("kakao", "whoami", "--json").output)
    assert (found["account"], found["app"], found["scopes"]) == (int(ACCOUNT), 1, None)
    assert vault.read().refresh_token not in said


def test_friends_are_listed_with_hidden_names_and_written_whole(jikimi, consented, sandbox, tmp_path):
    (uuid,) = sandbox.befriend("C1")
    result = jikimi("kakao", "friends", "--out", tmp_path / "friends.csv")
    assert uuid in result.output
    assert "홍*동" in result.output
    assert "홍길동" not in result.output
    assert (tmp_path / "friends.csv").read_text(encoding="utf-8").splitlines() == [
        "kakao_uuid,nickname",
        f"{uuid},홍길동",
    ]


@pytest.fixture
def customers(sandbox, tmp_path):
    """A file of four customers: a friend, two with one name, and a stranger; returns it and the friend's uuid."""
    (uuid,) = sandbox.befriend("C1")
    sandbox.befriend("C2", name="김영희")
    file = tmp_path / "customers.csv"
    file.write_text("customer_id,nickname\nc1,홍길동\nc2,김영희\nc3,김영희\nc4,박철수\n", encoding="utf-8")
    return file, uuid


def test_matched_customers_are_written_and_the_others_listed_by_their_id(jikimi, consented, customers, tmp_path):
    file, uuid = customers
    said = jikimi("kakao", "friends", "--match", file, "--out", tmp_path / "matched.csv").output
    assert "2 friends: 1 customers matched, 2 ambiguous, 1 without a friend." in said
    with (tmp_path / "matched.csv").open(encoding="utf-8") as matched:
        assert list(csv.reader(matched)) == [["customer_id", "kakao_uuid"], ["c1", uuid]]
    listed = {line.split()[0]: line.split(maxsplit=1)[1].strip() for line in said.splitlines() if line.startswith("c")}
    assert listed.pop("customer_id") == "why not"
    assert listed == {
        "c2": "several have this nickname",
        "c3": "several have this nickname",
        "c4": "no friend has this nickname",
    }
    assert [name for name in ("홍길동", "김영희", "박철수", uuid) if name in said] == []


def test_nothing_is_written_without_being_asked_for(jikimi, consented, customers, count):
    assert "Nothing was written" in jikimi("kakao", "friends", "--match", customers[0]).output
    assert count("customers") == 0


def test_matches_become_addresses_without_consent(jikimi, consented, customers, count):
    file, uuid = customers
    assert "1 customers are new or changed" in jikimi("kakao", "friends", "--match", file, "--apply").output
    found = f"customer_id = 'c1' and channel = 'kakao_friends' and address = '{uuid}' and consented_at is null"
    assert (count("customer_channels"), count("customer_channels", found)) == (1, 1)
    assert "0 customers" in jikimi("kakao", "friends", "--match", file, "--apply").output


def test_apply_without_a_file_is_wrong_usage(jikimi, consented):
    assert "--match" in jikimi("kakao", "friends", "--apply", code=2).stderr


def test_refused_rows_are_told_after_the_others_were_written(jikimi, consented, customers, tmp_path):
    file, uuid = customers
    file.write_text("customer_id,nickname\n!,홍길동\nc1,홍길동\n", encoding="utf-8")
    result = jikimi("kakao", "friends", "--match", file, "--out", tmp_path / "matched.csv", code=1)
    assert "row 1: customer_id is no id" in result.stderr
    assert uuid in (tmp_path / "matched.csv").read_text(encoding="utf-8")


def test_cache_of_the_friend_list_is_waited_for(jikimi, consented, sandbox):
    sandbox.befriend("C1")
    sandbox.order_fault(kind="error", code=-502, target="friends")
    assert "홍*동" in jikimi("kakao", "friends").output
