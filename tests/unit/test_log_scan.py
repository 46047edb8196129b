"""The scan of logs finds what it looks for, and says where without repeating it."""

import pytest

from tests.acceptance.log_scan import findings

SECRETS = {"홍길동": "a name", "01012345678": "an address for alimtalk", "t0ken-123": "a token"}


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        pytest.param("alert 7 went to 홍길동 today", ["a name"], id="name"),
        pytest.param('{"to": "01012345678"}', ["an address for alimtalk"], id="telephone number"),
        pytest.param("Bearer t0ken-123 for 홍길동", ["a name", "a token"], id="two"),
        pytest.param("alert 7 went to 홍*동, 010-****-5678", [], id="masked"),
    ],
)
def test_what_is_in_clear_is_found(tmp_path, line, kinds):
    (tmp_path / "dag_id=x").mkdir()
    log = tmp_path / "dag_id=x/attempt=1.log"
    log.write_text(f"first line\n{line}\nlast line\n", encoding="utf-8")
    assert findings([tmp_path], SECRETS) == [f"{log} holds {kind}" for kind in kinds]
