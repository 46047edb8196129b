"""What makes each alert rule fire: SQL on the quiet database, as its owner."""

# Nothing is wrong: a champion of this hour whose members vote, and one row that was landed and scored just now.
QUIET = """
insert into panels (panel_id, state, messages_per_10k, mlflow_run_id, trained_from, trained_until, judged_from,
    judged_until, promoted_at)
overriding system value values (1, 'champion', 50, 'run', now(), now(), now(), now(), now());
insert into panel_members values (1, 'forest', 'jikimi_forest', 1, 0.5), (1, 'boost', 'jikimi_boost', 1, 0.5);
insert into batches (batch_id, source, state, landed_count, valid_count, first_landed_at, claimed_at, scored_at,
    first_occurred_at, last_occurred_at)
overriding system value values (1, 'live', 'scored', 1, 1, now(), now(), now(), now(), now());
select ensure_months(array[now()]);
insert into landed_transactions (landed_id, landed_at, batch_id) overriding system value values (1, now(), 1);
insert into transactions (transaction_id, batch_id, landed_id, landed_at, occurred_at, customer_id, merchant_id, amount,
    currency)
values ('T', 1, 1, now(), now(), 'C', 'M', 10, 'KRW');
insert into verdicts (transaction_id, panel_id, batch_id, votes, voters, members, panel_score, scored_at, occurred_at)
select transaction_id, 1, 1, 2, 2, 2, 0.9, now(), occurred_at from transactions;
insert into alerts (transaction_id, occurred_at, panel_id, customer_id, reference, state, channel, accepted_at)
select transaction_id, occurred_at, 1, 'C', 'R', 'accepted', 'email', now() from transactions;
insert into panel_votes values (1, false, now() - interval '15 minutes', now(), 100, 2, 5, 4, 0);
insert into member_votes values
    (1, 'forest', false, now() - interval '15 minutes', now(), 100, 6, 0, 0.01, 0.99, 0.1, 0.05, 0.6, 0.9),
    (1, 'boost', false, now() - interval '15 minutes', now(), 100, 6, 0, 0.01, 0.99, 0.1, 0.05, 0.6, 0.9);
insert into drift_measures (panel_id, kind, name, state, measured_from, measured_until, window_rows, psi) values
    (1, 'score', 'boost', 'measured', now() - interval '2 days', now() - interval '1 day', 1000, 0.1),
    (1, 'score', 'boost', 'measured', now() - interval '1 day', now(), 1000, 0.1);
insert into data_measures values
    ('backlog_rows', '', 5, null, now(), now() - interval '20 minutes'), ('backlog_rows', '', 5, null, now(), now());
insert into channel_quotas values ('kakao', (now() at time zone 'Asia/Seoul')::date, 'app', 50, 100);
"""


def _alarm(kind: str) -> str:
    return f"""insert into monitor_alarms (kind, part, opened_at, last_seen_at, sentence_ko, sentence_en, link)
    select kind, part, now(), now(), '', '', '/d/x' from reporting.alarm_kinds where kind = '{kind}'"""


_ALARMS = (
    *("volume_out_of_band", "quarantine_high", "member_out_of_band", "unanimous_out_of_band", "feature_drift"),
    *("missing_values", "unseen_categories", "precision_low", "messages_over_budget"),
)
FAULTS = {
    "no_predictions": "update verdicts set scored_at = now() - interval '20 minutes'",
    "nothing_lands": "update landed_transactions set landed_at = now() - interval '40 minutes'",
    "backlog_old": "insert into landed_transactions (landed_at) values (now() - interval '6 minutes')",
    "backlog_growing": "update data_measures set value = 2000 where measured_until = (select max(measured_until)"
    " from data_measures)",
    "batches_held": "insert into batches (batch_id, source, state, landed_count, claimed_at, held_reason)"
    " overriding system value values (2, 'live', 'held', 1, now(), 'why')",
    "member_missing": "update member_votes set fraud_rows = 0, missing_rows = 100 where member = 'boost'",
    "member_constant": "update member_votes set score_low = 0.5, score_high = 0.5 where member = 'boost'",
    "score_drift": "update drift_measures set psi = 0.2",
    "champion_old": "update panels set created_at = now() - interval '36 days'",
    "training_failed": "insert into training_requests (panel_id, run_id, sentence, requested_at)"
    " values (1, 'run', '', now() - interval '7 hours');"
    "update panels set created_at = now() - interval '1 day'",
    "alerts_failed": "update alerts set state = 'failed', last_error = 'why'",
    "alerts_unknown": "update alerts set state = 'unknown', last_error = 'why'",
    "delivery_slow": "update alerts set landed_at = now() - interval '90 seconds'",
    "quota_high": "update channel_quotas set used = 81",
    "monitor_stale": "update data_measures set measured_until = measured_until - interval '1 hour'",
    **{kind: _alarm(kind) for kind in _ALARMS},
}
# What must not fire, being just short of it.
ALMOST = {
    "score_drift": "update drift_measures set psi = 0.3 where measured_until = (select max(measured_until)"
    " from drift_measures)",
    "training_failed": "insert into training_requests (panel_id, run_id, sentence, requested_at)"
    " values (1, 'run', '', now() - interval '5 hours')",
    "quota_high": "update channel_quotas set used = 80",
    "no_predictions": "update verdicts set scored_at = now() - interval '14 minutes'",
    "member_constant": "update member_votes set score_low = 0.5, score_high = 0.5, scored_rows = 20, fraud_rows = 0",
}
