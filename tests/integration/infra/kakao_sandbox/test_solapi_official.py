"""SOLAPI's official package works against the sandbox unchanged."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from solapi import SolapiMessageService
from solapi.error.MessageNotReceiveError import MessageNotReceivedError
from solapi.model import KakaoOption, RequestMessage, SendRequestConfig
from solapi.model.request.groups.get_groups import GetGroupsRequest
from solapi.model.request.messages.get_messages import GetMessagesRequest

from infra.kakao_sandbox.app import create_app
from infra.kakao_sandbox.settings import Settings
from tests.integration.infra.kakao_sandbox.solapi_customer import ACCOUNT, NUMBER, PF_ID
from tests.serving import serving


@pytest.fixture
def official(tmp_path: Path) -> Iterator[SolapiMessageService]:
    """The official package, told nothing but where SOLAPI is; reports come at once."""
    settings = Settings("app-key", "app-secret", report_delay_seconds=0, **ACCOUNT)  # type: ignore[arg-type]
    service = SolapiMessageService("solapi-key", "solapi-secret")
    with serving(create_app(tmp_path / "sandbox", settings)) as service.base_url:
        yield service


def alimtalk(number: str = NUMBER, **options: Any) -> RequestMessage:
    kakao = {"pf_id": PF_ID, "template_id": "ALERT", "variables": {"bank": "지킴이", "name": "홍*동", "amount": "1원"}}
    return RequestMessage(
        to=number,
        from_="1599-0000",
        kakao_options=KakaoOption(**{**kakao, **options}),
        custom_fields={"alertId": "a1b2c3d4"},
    )


def test_official_package_sends_and_reads_the_answer(official: SolapiMessageService) -> None:
    config = SendRequestConfig(show_message_list=True)
    answer = official.send([alimtalk(), alimtalk(), alimtalk("010-0000-0002")], config)
    assert answer.group_info.count.registered_success == 2
    assert [failed.status_code for failed in answer.failed_message_list or []] == ["1026"]
    assert [item.custom_fields for item in answer.message_list or []] == [{"alertId": "a1b2c3d4"}] * 3
    assert official.send(alimtalk()).message_list is None


def test_official_package_raises_where_no_message_was_taken(official: SolapiMessageService) -> None:
    with pytest.raises(MessageNotReceivedError) as caught:
        official.send(alimtalk(template_id="OTHER"))
    assert [failed.status_code for failed in caught.value.failed_messages] == ["1042"]


def test_official_package_raises_solapis_error_codes(official: SolapiMessageService) -> None:
    stranger = SolapiMessageService("solapi-key", "other")
    stranger.base_url = official.base_url
    with pytest.raises(Exception, match="SignatureDoesNotMatch"):
        stranger.get_balance()


def test_official_package_finds_messages_page_by_page(official: SolapiMessageService) -> None:
    start = datetime.now(UTC) - timedelta(minutes=1)
    official.send([alimtalk(f"0100000000{i}") for i in range(5)])
    query = GetMessagesRequest(limit=2, start_date=start.isoformat(), type="ATA", status_code="4000")
    found = []
    while True:
        page = official.get_messages(query)
        found += list(page.message_list.values())
        if not page.next_key:
            break
        query = query.model_copy(update={"start_key": page.next_key})
    assert [one.to for one in found] == [f"0100000000{i}" for i in reversed(range(5))]
    assert {one.status_code for one in found} == {"4000"}
    assert found[0].custom_fields == {"alertId": "a1b2c3d4"}
    (one,) = official.get_messages(GetMessagesRequest(message_id=found[0].message_id)).message_list.values()
    assert one.to == found[0].to


def test_official_package_reads_groups_and_the_balance(official: SolapiMessageService) -> None:
    group_id = official.send([alimtalk(), alimtalk("01000000002")]).group_info.group_id
    other_id = official.send(alimtalk()).group_info.group_id
    assert len(official.get_group_messages(group_id).message_list) == 2
    assert official.get_group(group_id).status == "COMPLETE"
    assert list(official.get_groups().group_list) == [other_id, group_id]
    assert list(official.get_groups(GetGroupsRequest(group_id=group_id)).group_list) == [group_id]
    assert official.get_balance().balance == 1e9 - 3 * 13


def test_official_package_sends_text_messages(official: SolapiMessageService) -> None:
    official.send(RequestMessage(to=NUMBER, from_="15990000", text="확인해 주세요"))
    (one,) = official.get_messages().message_list.values()
    assert (str(one.type), one.status_code) == ("SMS", "4000")
