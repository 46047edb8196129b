"""`python -m infra.kakao_sandbox`: serves the sandbox on loopback, or prints a first refresh token."""

import argparse
import json
import sys

import uvicorn

from infra.kakao_sandbox.app import create_app
from infra.kakao_sandbox.options import add_options, settings_of
from infra.kakao_sandbox.settings import SettingError
from infra.kakao_sandbox.state import open_sandbox
from infra.kakao_sandbox.tokens import first_refresh_token


def main() -> int:
    """Read the command line and do what it says."""
    arguments = _parser().parse_args()
    try:
        settings = settings_of(arguments)
    except SettingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if arguments.command == "consent":
        print(json.dumps({"refresh_token": first_refresh_token(open_sandbox(arguments.folder, settings))}))
        return 0
    # Loopback only, without a way to change it: what stands in the inbox is nobody else's business.
    app = create_app(arguments.folder, settings, smtp_port=arguments.smtp_port)
    uvicorn.run(app, host="127.0.0.1", port=arguments.port, log_level="warning", timeout_graceful_shutdown=2)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.kakao_sandbox", description=__doc__)
    parser.add_argument("command", nargs="?", choices=["serve", "consent"], default="serve")
    parser.add_argument("--port", type=int, default=8090, help="of the pages and APIs (default: %(default)s)")
    add_options(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
