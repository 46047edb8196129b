"""Every channel by its name: which connection it uses, and how it is opened."""

from typing import TYPE_CHECKING

from jikimi.channels.base import Channel
from jikimi.exceptions import NotConfigured

if TYPE_CHECKING:
    from jikimi.store.connection import Connection

_CONNECTIONS = {
    "alimtalk": "alimtalk_default",
    "kakao_friends": "kakao_default",
    "kakao_memo": "kakao_default",
    "email": "smtp_default",
    "discord": "discord_default",
}


def connection_id_of(name: str) -> str:
    """Return the id of the Airflow connection that a channel uses.

    :raises ValueError: there is no such channel.
    """
    if name not in _CONNECTIONS:
        raise ValueError(f"there is no channel {name!r}, only {', '.join(_CONNECTIONS)}")
    return _CONNECTIONS[name]


def open_channel(name: str, store: "Connection") -> Channel:
    """Open a channel, its settings checked; nothing is asked of anybody.

    :param store: where KakaoTalk's tokens are kept.
    :raises NotConfigured: its connection is missing, or a field of it cannot be used.
    :raises ValueError: there is no such channel.
    """
    conn_type = connection_type_of(name)
    if name == "alimtalk":
        from jikimi.channels.alimtalk import AlimtalkChannel

        return AlimtalkChannel(conn_type)
    if name == "email":
        from jikimi.channels.email import EmailChannel

        return EmailChannel()
    if name == "discord":
        from jikimi.channels.discord import DiscordChannel

        return DiscordChannel()
    from jikimi.channels.kakao import KakaoChannel

    return KakaoChannel(name, store)


def connection_type_of(name: str) -> str:
    """Return the type of a channel's connection, which for Alimtalk says who the dealer is.

    :raises NotConfigured: its connection is missing.
    :raises ValueError: there is no such channel.
    """
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    connection_id = connection_id_of(name)
    try:
        return str(BaseHook.get_connection(connection_id).conn_type)
    except AirflowNotFoundException as error:
        raise NotConfigured(f"There is no connection {connection_id}: add it under Admin > Connections.") from error
