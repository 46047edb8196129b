"""The role grafana reads the schema reporting and nothing else, and no person can be recognised there."""

import psycopg
import pytest

from tests.integration.grafana.seeding import CHALLENGER, SECRETS

OURS = """select quote_ident(n.nspname) || '.' || quote_ident(c.relname), n.nspname, c.relkind::text, c.oid
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
        and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')"""


def relations(connection, schema):
    return [row[0] for row in connection.execute(OURS).fetchall() if row[1] == schema]


def test_grafana_has_no_right_on_any_table_or_sequence(grafana):
    may = "has_table_privilege(oid, 'select, insert, update, delete, truncate, references, trigger')"
    columns = "has_any_column_privilege(oid, 'select, insert, update')"
    sequences = "relkind = 'S' and has_sequence_privilege(oid, 'usage, select, update')"
    rows = grafana.execute(f"select * from ({OURS}) r (name, schema, relkind, oid) where schema <> 'reporting' and "
                           f"(relkind <> 'S' and ({may} or {columns}) or {sequences})").fetchall()  # fmt: skip
    assert rows == []
    assert len(relations(grafana, "public")) > 15


def test_grafana_may_only_read_the_views(grafana):
    writes = "has_table_privilege(oid, 'insert, update, delete, truncate')"
    rows = grafana.execute(
        f"select name, {writes} from ({OURS}) r (name, schema, relkind, oid) where schema = 'reporting'"
    ).fetchall()
    assert len(rows) > 10
    assert [name for name, may_write in rows if may_write] == []


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("select * from customers", id="customers"),
        pytest.param("select card_number from landed_transactions", id="card numbers"),
        pytest.param("select * from channel_tokens", id="tokens"),
        pytest.param("select * from unanimous_fraud", id="the view behind the view"),
        pytest.param("insert into labels (transaction_id) values ('t')", id="write a label"),
        pytest.param("create table reporting.loot (id int)", id="create in reporting"),
        pytest.param("create table public.loot (id int)", id="create in public"),
        pytest.param("create temporary table loot (id int)", id="temporary tables"),
        pytest.param("set role jikimi", id="become another role"),
    ],
)
def test_grafana_is_refused(seeded, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        seeded.execute(statement)


def test_no_view_shows_personal_data(seeded):
    shown = {}
    for view in relations(seeded, "reporting"):
        rows = seeded.execute(f"select row_to_json(v)::text from {view} v").fetchall()
        shown[view] = " ".join(row[0] for row in rows)
        assert shown[view], f"{view} shows nothing, so this proves nothing"
    leaks = [(view, secret) for view, text in shown.items() for secret in SECRETS if secret in text]
    assert leaks == []


def test_the_personal_data_that_is_looked_for_is_there_to_be_found(seeded, role_url):
    with psycopg.connect(role_url("postgres")) as owner:
        tables = [name for name in relations(owner, "public") if not name.endswith("_seq")]
        rows = [owner.execute(f"select t::text from {name} t").fetchall() for name in tables]
    text = " ".join(row[0] for found in rows for row in found)
    assert [secret for secret in SECRETS if secret not in text] == []


def test_what_a_challenger_says_is_shown_apart_from_what_counts(seeded):
    counted, unanimous, shadow = (
        seeded.execute(f"select array_agg(distinct panel_id), count(*) from reporting.{view}").fetchone()
        for view in ("verdicts", "unanimous_fraud", "shadow_verdicts")
    )
    assert (counted, unanimous, shadow) == (([1], 13), ([1], 4), ([CHALLENGER], 12))


def test_customers_are_masked_and_short_ids_more_so(seeded):
    rows = seeded.execute("select distinct customer from reporting.transactions order by 1").fetchall()
    assert rows == [("***6",), ("c***42",)]


def test_the_states_on_the_dashboard_are_those_of_the_table(grafana, role_url):
    listed = {row[0] for row in grafana.execute("select state from reporting.alert_states").fetchall()}
    with psycopg.connect(role_url("postgres")) as owner:
        row = owner.execute(
            "select pg_get_constraintdef(oid) from pg_constraint where conname = 'known_states'"
        ).fetchone()
    allowed = {part.split("'")[1] for part in row[0].split(",")}
    assert listed == allowed


def test_the_inbox_of_unknown_alerts_says_what_a_person_needs(seeded):
    names = "alert_id, customer, channel, dealer_id, attempts, waiting_seconds between 2000 and 3000"
    assert seeded.execute(f"select {names} from reporting.unknown_alerts").fetchall() == [
        (4, "c***42", "kakao_memo", "dealer-4", 0, True)
    ]


def test_reachability_is_counted_and_names_nobody(seeded):
    rows = seeded.execute(
        "select channel, consent, customers from reporting.customers_reachability order by 1"
    ).fetchall()
    assert rows == [
        ("alimtalk", "missing", 1), ("discord", "given", 1), ("email", "given", 1), ("kakao_friends", "given", 1),
        ("none", "missing", 0),
    ]  # fmt: skip


def test_a_report_finds_its_alert_and_a_quota_its_share(seeded):
    assert seeded.execute("select alert_id, outcome from reporting.delivery_reports").fetchall() == [(1, "delivered")]
    quotas = seeded.execute("select subject, share_used from reporting.channel_quotas order by 1").fetchall()
    assert quotas == [("app", 0.05), ("sender", 0.05)]
