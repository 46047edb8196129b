"""`python -m infra.kakao_sandbox`: serves the sandbox on loopback, or prints a first refresh token."""

import argparse
import json
import sys
from dataclasses import fields
from pathlib import Path

import uvicorn

from infra.kakao_sandbox.app import create_app
from infra.kakao_sandbox.settings import SettingError, Settings, credentials
from infra.kakao_sandbox.state import open_sandbox
from infra.kakao_sandbox.tokens import first_refresh_token

_NUMBERS = [field.name for field in fields(Settings) if field.type is int]


def main() -> int:
    """Read the command line and do what it says."""
    arguments = _parser().parse_args()
    try:
        settings = _settings(arguments)
    except SettingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if arguments.command == "consent":
        print(json.dumps({"refresh_token": first_refresh_token(open_sandbox(arguments.folder, settings))}))
        return 0
    # Loopback only, without a way to change it: what stands in the inbox is nobody else's business.
    app = create_app(arguments.folder, settings)
    uvicorn.run(app, host="127.0.0.1", port=arguments.port, log_level="warning", timeout_graceful_shutdown=2)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.kakao_sandbox", description=__doc__)
    parser.add_argument("command", nargs="?", choices=["serve", "consent"], default="serve")
    parser.add_argument("--folder", type=Path, required=True, help="where everything is kept")
    parser.add_argument("--port", type=int, default=8090, help="on 127.0.0.1 (default: %(default)s)")
    parser.add_argument("--redirect-uri", action="append", help="registered for the authorize page; may be repeated")
    for name in _NUMBERS:
        default = getattr(Settings, name)
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=default, help=f"default: {default}")
    return parser


def _settings(arguments: argparse.Namespace) -> Settings:
    numbers = {name: getattr(arguments, name) for name in _NUMBERS}
    if arguments.redirect_uri:
        return Settings(*credentials(), **numbers, redirect_uris=tuple(arguments.redirect_uri))
    return Settings(*credentials(), **numbers)


if __name__ == "__main__":
    sys.exit(main())
