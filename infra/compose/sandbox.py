"""`python -m infra.compose.sandbox`: the sandbox for the other containers of the profile `demo`.

The sandbox itself answers on loopback only. In a container loopback is nobody, so it listens on the containers' own
network under one more name; docker-compose.yaml publishes the port on this machine's loopback and nowhere else.
"""

import argparse
import sys

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.kakao_sandbox.app import create_app
from infra.kakao_sandbox.options import add_options, settings_of
from infra.kakao_sandbox.settings import SettingError


def known_as(name: str, app: ASGIApp) -> ASGIApp:
    """Let `app`, which answers to `localhost` alone, answer to `name` too; every other name is left to its refusal."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "headers": [(key, _local(name, key, value)) for key, value in scope["headers"]]}
        await app(scope, receive, send)

    return answer


def main() -> int:
    """Serve until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m infra.compose.sandbox", description=__doc__)
    parser.add_argument("--host", required=True, help="address to listen on inside the container")
    parser.add_argument("--port", type=int, required=True, help="of the pages and APIs")
    parser.add_argument("--name", required=True, help="host name under which the other containers call it")
    add_options(parser)
    arguments = parser.parse_args()
    try:
        settings = settings_of(arguments)
    except SettingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    sandbox = create_app(arguments.folder, settings, smtp_port=arguments.smtp_port, smtp_host=arguments.host)
    uvicorn.run(known_as(arguments.name, sandbox), host=arguments.host, port=arguments.port, log_level="warning")
    return 0


def _local(name: str, key: bytes, value: bytes) -> bytes:
    host, separator, port = value.partition(b":")
    return b"localhost" + separator + port if key == b"host" and host == name.encode() else value


if __name__ == "__main__":
    sys.exit(main())
