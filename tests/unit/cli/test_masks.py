"""Addresses are shown so that who knows them knows them again."""

import pytest

from jikimi.cli.masks import mask_address, mask_person


@pytest.mark.parametrize(
    ("channel", "address", "shown"),
    [
        pytest.param("alimtalk", "01012345678", "010-****-5678", id="a number"),
        pytest.param("alimtalk", "0112345678", "011-****-5678", id="a shorter number"),
        pytest.param("alimtalk", "12345678", "****", id="too short to hide anything"),
        pytest.param("email", "kim.minsu@example.com", "k***@example.com", id="mail"),
        pytest.param("kakao_friends", "abcdefgh", "abc…", id="uuid"),
        pytest.param("discord", "1099999999999999999", "109…", id="thread"),
        pytest.param("discord", None, None, id="Discord's own channel"),
    ],
)
def test_an_address_is_hidden(channel, address, shown):
    assert mask_address(channel, address) == shown


def test_a_name_is_hidden_as_messages_do():
    assert (mask_person("홍길동"), mask_person(None)) == ("홍*동", None)
