"""Text of strangers that stays text."""

import pytest

from ml.messages.harmless import for_discord, for_mail, harmless


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("www.evil.kr", "www·evil·kr", id="host"),
        pytest.param("https://evil.kr/a?b=c", "https evil·kr/a?b=c", id="address"),
        pytest.param("https：／／evil。kr", "https evil·kr", id="wide signs"),
        pytest.param("go to 10.0.0.1 now", "go to 10·0·0·1 now", id="number of a host"),
        pytest.param("a@evil.kr", "a@evil·kr", id="mail"),
        pytest.param("No. 3.5 St. Paul.", "No. 3.5 St. Paul.", id="other dots stay"),
        pytest.param("#{a} ##{b}", "# {a} ## {b}", id="variables"),
    ],
)
def test_nothing_in_it_can_be_tapped_or_filled(text: str, shown: str) -> None:
    assert harmless(text) == shown
    assert harmless(shown) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("@everyone @here", "＠everyone ＠here", id="everyone"),
        pytest.param("<@123456789012345678> <#1> <t:1:R>", r"\<＠123456789012345678\> \<#1\> \<t:1:R\>", id="mentions"),
        pytest.param("**a** __b__ ~~c~~ ||d|| `e`", r"\*\*a\*\* \_\_b\_\_ \~\~c\~\~ \|\|d\|\| \`e\`", id="markdown"),
        pytest.param("[bank](x)", r"\[bank\](x)", id="link"),
        pytest.param("\\*", r"\\\*", id="an escape cannot be undone"),
        pytest.param("ABC마트 3.5호점 (명동)", "ABC마트 3.5호점 (명동)", id="plain"),
    ],
)
def test_discord_shows_it_and_calls_nobody(text: str, shown: str) -> None:
    assert for_discord(text) == shown


def test_mail_shows_it_and_links_only_our_page() -> None:
    page = for_mail('<b>&\n"x" http://a/?b&c', "ko", "http://a/?b&c")
    assert '<p>&lt;b&gt;&amp;<br>\n&quot;x&quot; <a href="http://a/?b&amp;c">http://a/?b&amp;c</a></p>' in page
    assert '<html lang="ko">' in page
