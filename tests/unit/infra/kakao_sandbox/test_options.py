"""The command line and the environment give the settings."""

import argparse
from pathlib import Path

import pytest

from infra.kakao_sandbox.options import add_options, settings_of
from infra.kakao_sandbox.settings import CUSTOMERS_WEBHOOK, STAFF_WEBHOOK, SettingError, Settings

SECRETS = {
    "KAKAO_SANDBOX_APP_KEY": "app",
    "KAKAO_SANDBOX_APP_SECRET": "app-secret",
    "KAKAO_SANDBOX_NHN_APP_KEY": "nhn",
    "KAKAO_SANDBOX_NHN_SECRET_KEY": "nhn-secret",
    "KAKAO_SANDBOX_NHN_SENDER_KEY": "nhn-sender",
    "KAKAO_SANDBOX_SOLAPI_API_KEY": "solapi",
    "KAKAO_SANDBOX_SOLAPI_API_SECRET": "solapi-secret",
    "KAKAO_SANDBOX_DISCORD_TOKEN": "discord-token",
    "KAKAO_SANDBOX_SMTP_PASSWORD": "mail-password",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


def settings(*words: str) -> Settings:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return settings_of(parser.parse_args(["--folder", "x", *words]))


def test_every_credential_comes_from_the_environment() -> None:
    found = settings()
    assert (found.app_key, found.app_secret) == ("app", "app-secret")
    assert (found.nhn_app_key, found.nhn_secret_key, found.nhn_sender_key) == ("nhn", "nhn-secret", "nhn-sender")
    assert (found.solapi_api_key, found.solapi_api_secret) == ("solapi", "solapi-secret")
    assert found.smtp_password == "mail-password"
    assert [(hook.webhook_id, hook.token) for hook in found.discord_webhooks] == [
        (CUSTOMERS_WEBHOOK, "discord-token"),
        (STAFF_WEBHOOK, "discord-token"),
    ]


def test_no_secret_stands_in_the_text_of_the_settings() -> None:
    shown = repr(settings("--discord-webhook", "7/other-token"))
    secrets = (
        "app-secret",
        "nhn-secret",
        "nhn-sender",
        "solapi-secret",
        "discord-token",
        "mail-password",
        "other-token",
    )
    assert [secret for secret in secrets if secret in shown] == []


@pytest.mark.parametrize("name", ["KAKAO_SANDBOX_APP_KEY", "KAKAO_SANDBOX_APP_SECRET"])
def test_app_must_be_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(SettingError, match=name):
        settings()


def test_other_services_need_not_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(SECRETS)[2:]:
        monkeypatch.delenv(name)
    found = settings()
    assert (found.discord_webhooks, found.nhn_app_key, found.smtp_password) == ((), "", "")


def test_options_change_limits_and_accounts(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("안녕 #{name}\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("안녕 ${name}", encoding="utf-8")
    found = settings(
        *("--sender-quota", "7", "--all-failed-answer", "list_200", "--redirect-uri", "http://127.0.0.1:1/oauth"),
        *("--template", f"A={tmp_path / 'a.txt'}", "--talk-template", f"7={tmp_path / 'b.txt'}"),
        *("--discord-webhook", "42/token"),
    )
    assert (found.sender_quota, found.all_failed_answer) == (7, "list_200")
    assert found.redirect_uris == ("http://127.0.0.1:1/oauth",)
    assert (found.templates, found.talk_templates) == ({"A": "안녕 #{name}"}, {7: "안녕 ${name}"})
    assert found.discord_webhooks[-1].webhook_id == "42"
    assert len(found.discord_webhooks) == 3


@pytest.mark.parametrize(
    ("words", "named"),
    [
        pytest.param(("--template", "A"), "A is no template", id="no file"),
        pytest.param(("--template", "A=/nowhere/a.txt"), "cannot be read", id="missing file"),
        pytest.param(("--talk-template", "a=pyproject.toml"), "give a number", id="no number"),
        pytest.param(("--discord-webhook", "token"), "a webhook is given as", id="no webhook"),
    ],
)
def test_what_cannot_be_used_is_said(words: tuple[str, str], named: str) -> None:
    with pytest.raises(SettingError, match=named):
        settings(*words)


def test_refused_webhook_shows_no_token() -> None:
    with pytest.raises(SettingError) as caught:
        settings("--discord-webhook", "channel/very-secret")
    assert "very-secret" not in str(caught.value)
