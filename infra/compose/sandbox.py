"""`python -m infra.compose.sandbox`: the KakaoTalk sandbox for the other containers of the profile `demo`.

The sandbox itself answers on loopback only. In a container loopback is nobody, so it listens on the containers' own
network under one more name; docker-compose.yaml publishes the port on this machine's loopback and nowhere else.
"""

import argparse
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.kakao_sandbox.app import create_app
from infra.kakao_sandbox.settings import Settings, credentials


def known_as(name: str, app: ASGIApp) -> ASGIApp:
    """Let `app`, which answers to `localhost` alone, answer to `name` too; every other name is left to its refusal."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "headers": [(key, _local(name, key, value)) for key, value in scope["headers"]]}
        await app(scope, receive, send)

    return answer


def main() -> None:
    """Serve until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m infra.compose.sandbox", description=__doc__)
    parser.add_argument("--host", required=True, help="address to listen on inside the container")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--name", required=True, help="host name under which the other containers call it")
    parser.add_argument("--folder", type=Path, required=True, help="where everything is kept")
    parser.add_argument("--sender-quota", type=int, default=Settings.sender_quota, help="messages a sender has a day")
    arguments = parser.parse_args()
    sandbox = create_app(arguments.folder, Settings(*credentials(), sender_quota=arguments.sender_quota))
    uvicorn.run(known_as(arguments.name, sandbox), host=arguments.host, port=arguments.port, log_level="warning")


def _local(name: str, key: bytes, value: bytes) -> bytes:
    host, separator, port = value.partition(b":")
    return b"localhost" + separator + port if key == b"host" and host == name.encode() else value


if __name__ == "__main__":
    main()
