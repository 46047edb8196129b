"""`jikimi kakao`: the account that sends, its consent, and who its friends are."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jikimi import defaults
from jikimi.cli.airflow_connections import read_airflow_environment
from jikimi.cli.labels import say_refused
from jikimi.cli.loopback import listening
from jikimi.cli.masks import mask_person
from jikimi.cli.options import AsJson
from jikimi.cli.tables import print_json, print_rows, printable
from jikimi.exceptions import NoConsent
from jikimi.store.connection import open_store

if TYPE_CHECKING:
    from jikimi.files.friends import Matches
    from jikimi.hooks.kakao import KakaoHook
    from jikimi.hooks.kakao_consent import Consent
    from jikimi.hooks.kakao_friends import Friend
    from jikimi.store.vault import StoredTokens

_PATH = "/oauth"
app = typer.Typer(help="KakaoTalk: the account that sends, and its friends.", no_args_is_help=True)


@app.callback()
def kakao() -> None:
    """KakaoTalk: the account that sends, and its friends."""


@app.command("login")
def login(
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page, or only print it.")] = True,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where the page sends the browser back to.")] = 8765,
    paste: Annotated[bool, typer.Option("--paste", help="For a machine without a browser: paste the address.")] = False,
    wait: Annotated[int, typer.Option(min=1, metavar="SECONDS", help="How long to wait for the consent.")] = 300,
) -> None:
    """Ask for the consent of the account that sends, and keep its tokens, encrypted.

    The address http://127.0.0.1:PORT/oauth must be registered as a redirect URI of the app.
    """
    hook, vault = _open()
    from jikimi.hooks.kakao_consent import Consent

    consent = Consent(hook.settings, f"http://127.0.0.1:{port}{_PATH}")
    address = _pasted(consent) if paste else _received(consent, port, wait, browser)
    tokens = consent.tokens(consent.code_in(address), hook.get_conn())
    with vault.lock():
        vault.keep(tokens)
    typer.echo("The tokens are kept, encrypted.")
    _say_consent(hook.account().account_id, tokens.scopes)


@app.command("whoami")
def whoami(as_json: AsJson = False) -> None:
    """Show which account sends, what it consented to and until when."""
    hook, vault = _open()
    account, tokens = hook.account(), vault.read()
    row = {
        "account": account.account_id,
        "app": account.app_id,
        "access token until": tokens.access_expires_at if tokens else None,
        "refresh token since": tokens.rotated_at if tokens else None,
        "scopes": list(tokens.scopes) if tokens and tokens.scopes else None,
    }
    if as_json:
        print_json({name.replace(" ", "_"): value for name, value in row.items()})
        return
    for name, value in row.items():
        typer.echo(f"{name}: {printable(value) if value is not None else 'not known'}")


@app.command("friends")
def friends(
    file: Annotated[
        Path | None, typer.Option("--match", metavar="FILE", help="CSV or Parquet of customers: customer_id, nickname.")
    ] = None,
    column: Annotated[str, typer.Option(help="The file's column with the nickname on KakaoTalk.")] = "nickname",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write what was found as CSV.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Write the matched uuids to the customers.")] = False,
) -> None:
    """List the friends of the account that sends, or match them with customers by exactly the same nickname.

    A customer without a friend, or with several, is listed and left alone. Consent is not touched.
    """
    if apply and file is None:
        raise typer.BadParameter("--apply needs --match FILE.")
    hook, _ = _open()
    found = list(hook.friends())
    if file is not None:
        _match(file, column, found, out, apply)
        return
    if out is not None:
        _write(out, ("kakao_uuid", "nickname"), ((friend.uuid, friend.nickname) for friend in found))
    rows = [{"kakao_uuid": f.uuid, "nickname": mask_person(f.nickname), "messages": f.takes_messages} for f in found]
    print_rows(rows, ("kakao_uuid", "nickname", "messages"))


def _open() -> "tuple[KakaoHook, StoredTokens]":
    """Open the account with the vault of its tokens; the first import of Airflow takes two seconds."""
    read_airflow_environment()
    from jikimi.channels.kakao import CONNECTION_ID
    from jikimi.hooks.kakao import KakaoHook
    from jikimi.store.vault import StoredTokens

    with open_store() as store:
        vault = StoredTokens(store, CONNECTION_ID, defaults.fernet_key())
    return KakaoHook(CONNECTION_ID, tokens=vault), vault


def _pasted(consent: "Consent") -> str:
    typer.echo(f"Open this page in any browser and consent:\n\n{consent.page()}\n")
    typer.echo("Afterwards the browser shows an address that it cannot open. That is as it should be.")
    return str(typer.prompt("Paste that address"))


def _received(consent: "Consent", port: int, wait: int, browser: bool) -> str:
    import webbrowser

    with listening(port, _PATH) as wait_for_address:
        typer.echo(f"Consent on this page, in a browser of this machine:\n\n{consent.page()}\n")
        if browser and not webbrowser.open(consent.page()):
            typer.echo("There is no browser here that could be opened. On another machine: --paste.", err=True)
        address = wait_for_address(wait)
    if address is None:
        raise NoConsent(
            f"Nobody consented within {wait} seconds. If the page said KOE006: register {consent.redirect_uri} as a "
            "redirect URI of the app."
        )
    return address


def _say_consent(account_id: int, scopes: tuple[str, ...] | None) -> None:
    from jikimi.hooks.kakao_consent import SCOPES, usable_channels

    typer.echo(f"Account {account_id} consented to {', '.join(scopes) if scopes else 'what the app asks for'}.")
    for channel in set(SCOPES) - set(usable_channels(scopes)):
        typer.echo(f"The channel {channel} cannot be used: it needs {' and '.join(SCOPES[channel])}.", err=True)


def _match(file: Path, column: str, found: "list[Friend]", out: Path | None, apply: bool) -> None:
    from jikimi.files.friends import match, read_nicknames

    nicknames = read_nicknames(file, column)
    matches = match(nicknames.by_customer, ((friend.nickname, friend.uuid) for friend in found))
    _say_matches(matches, found)
    if out is not None:
        _write(out, ("customer_id", "kakao_uuid"), matches.uuids.items())
    if apply:
        _apply(matches)
    elif out is None and matches.uuids:
        typer.echo("Nothing was written: add --apply for the database, --out FILE for a file.")
    say_refused(file.name, nicknames.refused)


def _say_matches(matches: "Matches", found: "list[Friend]") -> None:
    uuids = set(matches.uuids.values())
    silent = sum(friend.uuid in uuids and friend.takes_messages is False for friend in found)
    typer.echo(
        f"{len(found):,} friends: {len(matches.uuids):,} customers matched, {len(matches.ambiguous):,} ambiguous, "
        f"{len(matches.unmatched):,} without a friend."
    )
    if silent:
        typer.echo(f"{silent:,} of the matched friends refuse messages of the app.")
    why = {"several have this nickname": matches.ambiguous, "no friend has this nickname": matches.unmatched}
    rows = [{"customer_id": customer, "why not": words} for words, ids in why.items() for customer in ids]
    if rows:
        print_rows(rows, ("customer_id", "why not"))


def _apply(matches: "Matches") -> None:
    import pandas as pd

    from jikimi.store.customers import upsert_customers

    rows = pd.DataFrame(matches.uuids.items(), columns=["customer_id", "kakao_uuid"], dtype="str")
    with open_store() as store, store.transaction():
        changed = upsert_customers(store, rows)
    typer.echo(f"{changed:,} customers are new or changed. Consent is a matter of `jikimi customers import`.")


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
