"""The options that every way of starting the sandbox has."""

import argparse
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

from infra.kakao_sandbox.settings import SettingError, Settings, Webhook, settings_of_environment

_NUMBERS = {field.name: field.default for field in fields(Settings) if field.type is int}
_TEXTS = {
    "solapi_pf_id": "SOLAPI's id of the KakaoTalk channel",
    "sms_sender_number": "the number that text messages may come from",
    "smtp_user": "who logs in to send mail, with KAKAO_SANDBOX_SMTP_PASSWORD",
}
ENVIRONMENT = """\
environment (any text will do, the clients need the same; a service whose variables are empty refuses every call):
  KAKAO_SANDBOX_APP_KEY, KAKAO_SANDBOX_APP_SECRET      the KakaoTalk app; these two are required
  KAKAO_SANDBOX_NHN_APP_KEY, KAKAO_SANDBOX_NHN_SECRET_KEY, KAKAO_SANDBOX_NHN_SENDER_KEY
  KAKAO_SANDBOX_SOLAPI_API_KEY, KAKAO_SANDBOX_SOLAPI_API_SECRET
  KAKAO_SANDBOX_DISCORD_TOKEN                          of two webhooks, one for customers and one for staff
  KAKAO_SANDBOX_SMTP_PASSWORD                          without it, mail is taken without a login
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Let a command take the accounts, limits and templates."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = ENVIRONMENT
    parser.add_argument("--folder", type=Path, required=True, help="where everything is kept")
    parser.add_argument("--smtp-port", type=int, help="take mail on this port too, 0 for any free one")
    lists = {
        "--redirect-uri": ("URI", "registered for the authorize page"),
        "--template": ("CODE=FILE", "registered Alimtalk template, with #{name} for what is filled in"),
        "--talk-template": ("ID=FILE", "registered KakaoTalk message template, with ${name}"),
        "--discord-webhook": ("ID/TOKEN", "a further webhook"),
    }
    for name, (metavar, help_text) in lists.items():
        parser.add_argument(name, action="append", default=[], metavar=metavar, help=f"{help_text}; may be repeated")
    parser.add_argument(
        "--all-failed-answer",
        choices=["error", "list_400", "list_200"],
        default=Settings.all_failed_answer,
        help="what is answered where no friend got a message (default: %(default)s)",
    )
    for name, help_text in _TEXTS.items():
        parser.add_argument(_option(name), default=getattr(Settings, name), help=f"{help_text} (default: %(default)s)")
    for name, number in _NUMBERS.items():
        parser.add_argument(_option(name), type=int, default=number, help="default: %(default)s")


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Return the settings that the options and the environment give.

    :raises SettingError: something is missing or cannot be read.
    """
    names = [*_NUMBERS, *_TEXTS, "all_failed_answer"]
    changes: dict[str, Any] = {name: getattr(arguments, name) for name in names}
    if arguments.redirect_uri:
        changes["redirect_uris"] = tuple(arguments.redirect_uri)
    changes["templates"] = dict(_templates(arguments.template))
    changes["talk_templates"] = {_number(code): text for code, text in _templates(arguments.talk_template)}
    settings = settings_of_environment(**changes)
    further = tuple(_webhook(given) for given in arguments.discord_webhook)
    return settings_of_environment(**changes, discord_webhooks=settings.discord_webhooks + further)


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _templates(given: Iterable[str]) -> Iterable[tuple[str, str]]:
    for pair in given:
        code, separator, file = pair.partition("=")
        if not separator or not code:
            raise SettingError(f"{pair} is no template: give a code and a file, as in alert=alert.txt.")
        try:
            yield code, Path(file).read_text(encoding="utf-8").rstrip("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(f"the template {code} cannot be read from {file}: {error}") from error


def _number(code: str) -> int:
    if not code.isdecimal():
        raise SettingError(f"{code} is no id of a KakaoTalk template: give a number.")
    return int(code)


def _webhook(given: str) -> Webhook:
    webhook_id, _, token = given.partition("/")
    if not webhook_id.isdecimal() or not token:
        raise SettingError("a webhook is given as its id, a number, and its token with a / between them.")
    return Webhook(webhook_id, token, f"Discord {webhook_id[-4:]}")
