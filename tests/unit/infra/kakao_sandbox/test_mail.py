"""Mail is read as a person would read it."""

from email.message import EmailMessage

import pytest

from infra.kakao_sandbox.mail import read_mail, text_of_html


def mail_of(text: str, subtype: str = "plain") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "이상거래 의심 알림"
    message["From"] = "지킴이은행 <alerts@jikimi.example>"
    message["To"] = "김서연 <Seoyeon@jikimi.example>, b@jikimi.example"
    message.set_content(text, subtype=subtype)
    return message


def test_headers_are_read_in_their_own_characters() -> None:
    mail = read_mail(mail_of("안녕").as_bytes())
    assert (mail.subject, mail.sender) == ("이상거래 의심 알림", "지킴이은행 <alerts@jikimi.example>")
    assert mail.names == {"seoyeon@jikimi.example": "김서연"}


def test_plain_text_goes_before_html() -> None:
    message = mail_of("글")
    message.add_alternative("<p>그림</p>", subtype="html")
    assert read_mail(message.as_bytes()).text == "글"


def test_attachment_is_no_text() -> None:
    message = mail_of("글")
    message.add_attachment("표".encode(), maintype="text", subtype="csv", filename="a.csv")
    assert read_mail(message.as_bytes()).text == "글"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param(b"", "", id="empty"),
        pytest.param(b"no header at all", "no header at all", id="no header"),
        pytest.param(b"Content-Type: text/plain; charset=klingon\n\nabc", "abc", id="unknown charset"),
        pytest.param(b"Content-Type: text/plain; charset=utf-8\n\n\xff", "\N{REPLACEMENT CHARACTER}", id="wrong bytes"),
        pytest.param(b"Content-Type: multipart/mixed; boundary=x\n\n--x--", "", id="no parts"),
    ],
)
def test_broken_mail_is_read_as_far_as_it_goes(content: bytes, text: str) -> None:
    assert read_mail(content).text == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("<p>하나</p><p>둘</p>", "하나\n\n둘", id="paragraphs"),
        pytest.param("하나<br>둘<br/>셋", "하나\n둘\n셋", id="lines"),
        pytest.param("<b>A</b>&amp;&lt;B&gt;", "A&<B>", id="entities"),
        pytest.param("<style>p{}</style><script>alert(1)</script>글", "글", id="script"),
        pytest.param("<ul><li>하나</li><li>둘</li></ul>", "하나\n\n둘", id="list"),
        pytest.param("하나\n  둘", "하나 둘", id="source lines"),
        pytest.param("</script>글</b></div>", "글", id="ends without beginnings"),
    ],
)
def test_html_is_shown_without_mark_up(html: str, text: str) -> None:
    assert text_of_html(html) == text
