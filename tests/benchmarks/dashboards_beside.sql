-- What a month of monitors, people and panels leaves beside the rows. The draws are the same in every run.
create function draw(n bigint, seed integer) returns double precision language sql immutable parallel safe
return (hashint8extended(n, seed) & 16777215) / 16777216.0;

create function moment(n bigint, rows bigint, until timestamptz) returns timestamptz language sql immutable parallel safe
return until - make_interval(secs => 2592000.0 * (rows - n) / rows);

-- Three of four rows are the champion's, the first quarter its predecessor's.
create function panel_of(n bigint, rows bigint) returns bigint language sql immutable parallel safe
return case when 4 * n < rows then 1 else 2 end;

-- 0.75 per cent of all members: at twenty purchases a month, what a budget of 50 messages for 10,000 customers a day is.
create function votes_on(n bigint) returns integer language sql immutable parallel safe
return case when draw(n, 11) < 0.0075 then 4 when draw(n, 11) < 0.015 then 3 when draw(n, 11) < 0.03 then 1 else 0 end;

select ensure_months(array[%(until)s - interval '31 days', %(until)s]);

insert into panels (state, messages_per_10k, mlflow_run_id, trained_from, trained_until, judged_from, judged_until,
    created_at, promoted_at)
select state, 50, 'run', at, at, at, at, at, at
from (values ('retired', %(until)s - interval '40 days'), ('champion', %(until)s - interval '23 days')) p (state, at);
insert into panel_members
select panel, member, 'jikimi_' || member, panel, 0.5 from generate_series(1, 2) panel, unnest(%(members)s::text[]) member;
insert into panel_decisions (panel_id, decision, sentence, decided_by, decided_at)
select panel_id, 'promoted', 'Better.', 'gate', promoted_at from panels;
insert into panel_references (panel_id, kind, name, reference_rows, reference)
select p, kind, name, 50000, '{"share": 0.0075}'
from generate_series(1, 2) p, lateral (
    select 'vote' as kind, 'unanimous' as name union all select 'vote', unnest(%(members)s::text[])
    union all select 'score', unnest(%(members)s::text[])
    union all select 'feature', 'feature_' || n from generate_series(1, 31) n) x;

insert into customers (customer_id, name)
select 'c' || n, 'somebody' from generate_series(0, %(customers)s - 1) n;
insert into customer_channels (customer_id, channel, position, address, consented_at)
select 'c' || n, channel, place, 'somewhere', case when n %% 10 > 0 then %(until)s end
from generate_series(0, %(customers)s - 1) n,
    unnest(array['alimtalk', 'email']) with ordinality c (channel, place)
where n %% 20 > 0;
insert into channel_quotas
select connection, (now() at time zone 'Asia/Seoul')::date - day, subject, 500, 1000
from unnest(array['nhn_default', 'kakao_default', 'smtp_default']) connection, generate_series(0, 30) day,
    unnest(array['app', 'sender']) subject;
insert into channel_quotas
select 'kakao_default', (now() at time zone 'Asia/Seoul')::date - n %% 31, 'receiver:' || n, 1, 5
from generate_series(1, 20000) n;

-- The vote every 15 minutes, drift every hour, the data every five minutes, performance once a day.
insert into panel_votes
select 2, false, at - interval '15 minutes', at, 870, 6, 13, 20, 1
from generate_series(%(until)s - interval '30 days', %(until)s, interval '15 minutes') at;
insert into member_votes
select 2, member, false, at - interval '15 minutes', at, 870, 13, 0, 0.001, 0.999, 0.05, 0.02, 0.4, 0.9
from generate_series(%(until)s - interval '30 days', %(until)s, interval '15 minutes') at, unnest(%(members)s::text[]) member;
insert into member_agreements
select 2, one, other, false, at - interval '15 minutes', at, 870, 850, 9
from generate_series(%(until)s - interval '30 days', %(until)s, interval '15 minutes') at,
    unnest(%(members)s::text[]) one, unnest(%(members)s::text[]) other
where one < other;
insert into drift_measures (panel_id, kind, name, state, measured_from, measured_until, window_rows, psi, missing_share,
    reference_missing_share, unseen_share)
select 2, kind, name, 'measured', at - interval '6 hours', at, 20000, 0.05, 0.01, 0.01, unseen
from generate_series(%(until)s - interval '30 days', %(until)s, interval '1 hour') at, lateral (
    select 'score' as kind, unnest(%(members)s::text[]) as name, null::double precision as unseen
    union all select 'feature', 'feature_' || n, case when n < 3 then 0.001 end from generate_series(1, 31) n) x;
insert into data_measures
select measure, subject, 5, 6, at - interval '5 minutes', at
from generate_series(%(until)s - interval '30 days', %(until)s, interval '5 minutes') at, (values
    ('landed_rows', ''), ('backlog_rows', ''), ('backlog_seconds', ''), ('seconds_since_landed', ''),
    ('seconds_since_scored', ''), ('quarantined_share', ''), ('quarantined_rows', ''),
    ('quarantined_rows', 'amount_is_positive'), ('quarantined_rows', 'currency_is_known')) m (measure, subject);
insert into performance_measures (panel_id, measured_from, measured_until, delay_days, scored_rows, active_customers,
    messages, hits, frauds, amount_caught, amount_missed, estimated_hits, estimated_frauds)
select 2, at - interval '1 day', at, delay, 83000, 50000, 600, case when delay > 0 then 400 end,
    case when delay > 0 then 900 end, 1e6, 1e6, 420, 880
from generate_series(%(until)s - interval '30 days', %(until)s, interval '1 day') at, unnest(array[0, 7, 14, 28]) delay;
insert into monitor_alarms (kind, part, subject, panel_id, opened_at, last_seen_at, closed_at, sentence_ko, sentence_en,
    link)
select 'feature_drift', 'drift', 'feature_' || n, 2, at, at, case when n < 990 then at end, '문장.', 'A sentence.',
    '/d/jikimi-drift'
from generate_series(1, 1000) n, lateral (select %(until)s - n * interval '40 minutes' as at) x;
insert into training_requests (panel_id, run_id, sentence, requested_at)
select 2, 'run ' || n, 'PSI 0.3.', %(until)s - n * interval '7 days' from generate_series(1, 4) n;
