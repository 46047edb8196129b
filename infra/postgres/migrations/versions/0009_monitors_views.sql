-- What dashboards see of the monitors. Subjects are members, features and reasons: nobody is recognised by them.

create view reporting.panel_references as
    select panel_id, kind, name, reference_rows, created_at, reference from panel_references;
comment on view reporting.panel_references is 'What the judged rows of each training looked like.';

create view reporting.panel_votes as
    select v.panel_id, v.is_shadow, v.measured_from, v.measured_until, v.scored_rows, v.unanimous_rows, v.majority_rows,
        v.disputed_rows, v.incomplete_rows,
        v.unanimous_rows::double precision / nullif(v.scored_rows, 0) as unanimous_share,
        v.majority_rows::double precision / nullif(v.scored_rows, 0) as majority_share,
        v.disputed_rows::double precision / nullif(v.scored_rows, 0) as disputed_share,
        v.incomplete_rows::double precision / nullif(v.scored_rows, 0) as incomplete_share,
        (r.reference ->> 'share')::double precision as expected_unanimous_share
    from panel_votes v
    left join panel_references r on r.panel_id = v.panel_id and r.kind = 'vote' and r.name = 'unanimous';
comment on view reporting.panel_votes is 'How a panel voted, window by window; the majority includes the unanimous.';

create view reporting.member_votes as
    select v.panel_id, v.member, v.is_shadow, v.measured_from, v.measured_until, v.scored_rows,
        v.scored_rows - v.missing_rows as voted_rows, v.fraud_rows, v.missing_rows,
        v.fraud_rows::double precision / nullif(v.scored_rows - v.missing_rows, 0) as fraud_share,
        v.missing_rows::double precision / nullif(v.scored_rows, 0) as missing_share,
        v.score_low, v.score_high, v.score_mean, v.score_p50, v.score_p95, v.score_p99,
        (r.reference ->> 'share')::double precision as expected_fraud_share
    from member_votes v
    left join panel_references r on r.panel_id = v.panel_id and r.kind = 'vote' and r.name = v.member;
comment on view reporting.member_votes is 'How each member voted, window by window.';

create view reporting.member_agreements as
    with pairs as (
        select panel_id, member, other, is_shadow, measured_from, measured_until, both_rows, agreeing_rows, both_fraud_rows
        from member_agreements
        union all
        select panel_id, other, member, is_shadow, measured_from, measured_until, both_rows, agreeing_rows, both_fraud_rows
        from member_agreements
    )
    select p.panel_id, p.member, p.other, p.is_shadow, p.measured_from, p.measured_until, p.both_rows, p.agreeing_rows,
        p.both_fraud_rows, p.both_rows - p.agreeing_rows + p.both_fraud_rows as either_fraud_rows,
        p.agreeing_rows::double precision / nullif(p.both_rows, 0) as agreement,
        p.both_fraud_rows::double precision / nullif(p.both_rows - p.agreeing_rows + p.both_fraud_rows, 0)
            as fraud_agreement
    from pairs p;
comment on view reporting.member_agreements is
    'Each pair of members, in both orders. fraud_agreement counts only rows that one of the two called fraud.';

create view reporting.drift_measures as
    select panel_id, kind, name, is_calendar, measured_from, measured_until, window_rows, psi, missing_share,
        reference_missing_share, unseen_share, state
    from drift_measures;
comment on view reporting.drift_measures is
    'Drift from the reference of the panel. The row of kind panel says why there is none.';

create view reporting.drift_now as
    select distinct on (d.kind, d.name) d.panel_id, d.kind, d.name, d.is_calendar, d.measured_from, d.measured_until,
        d.window_rows, d.psi, d.missing_share, d.reference_missing_share, d.unseen_share, d.state,
        lag(d.psi) over (partition by d.kind, d.name order by d.measured_until) as previous_psi
    from drift_measures d join panels p using (panel_id)
    where p.state = 'champion'
    order by d.kind, d.name, d.measured_until desc;
comment on view reporting.drift_now is 'The newest drift of each feature and score of the champion.';

create view reporting.performance as
    select m.panel_id, m.measured_from as day_from, m.measured_until as day_until, m.delay_days, m.scored_rows,
        m.active_customers, m.messages, 10000.0 * m.messages / nullif(m.active_customers, 0) as messages_per_10k,
        p.messages_per_10k as budget_per_10k, (p.figures ->> 'expected_messages_per_10k')::double precision as expected_per_10k,
        m.hits, m.frauds, m.hits::double precision / nullif(m.messages, 0) as precision,
        m.hits::double precision / nullif(m.frauds, 0) as recall, m.messages - m.hits as false_alarms,
        (10000.0 * (m.messages - m.hits) / nullif(m.active_customers, 0))::double precision as false_alarms_per_10k,
        m.amount_caught, m.amount_missed,
        m.estimated_hits / nullif(m.messages, 0) as estimated_precision,
        m.estimated_hits / nullif(m.estimated_frauds, 0) as estimated_recall, m.estimated_frauds,
        (p.figures ->> 'message_precision')::double precision as judged_precision,
        (p.figures ->> 'message_recall')::double precision as judged_recall
    from performance_measures m join panels p using (panel_id);
comment on view reporting.performance is
    'How good a day''s messages were, by the labels that were known within a delay; at delay 0 there are estimates only.';

create view reporting.data_measures as
    select measure, subject, value, expected, measured_from, measured_until from data_measures;
comment on view reporting.data_measures is 'Freshness, backlog, volume and quarantine as the monitor saw them.';

create view reporting.alarm_kinds as
    select k.kind, k.part from (values
        ('member_missing', 'vote'), ('member_constant', 'vote'), ('member_out_of_band', 'vote'),
        ('unanimous_out_of_band', 'vote'), ('score_drift', 'drift'), ('feature_drift', 'drift'),
        ('missing_values', 'drift'), ('unseen_categories', 'drift'), ('messages_over_budget', 'performance'),
        ('precision_low', 'performance'), ('nothing_lands', 'data'), ('backlog_old', 'data'),
        ('volume_out_of_band', 'data'), ('quarantine_high', 'data')
    ) k (kind, part);
comment on view reporting.alarm_kinds is 'Every kind of alarm, so that a kind without alarms is a zero and not a gap.';

create view reporting.monitor_alarms as
    select alarm_id, kind, part, subject, panel_id, case when closed_at is null then 'open' else 'closed' end as state,
        opened_at, last_seen_at, closed_at, sentence_ko, sentence_en, link, figures
    from monitor_alarms;
comment on view reporting.monitor_alarms is 'What the monitors found wrong, each lasting fault once.';

create view reporting.open_alarms as
    select k.kind, k.part, count(a.alarm_id) as open_alarms
    from reporting.alarm_kinds k left join monitor_alarms a on a.kind = k.kind and a.closed_at is null
    group by k.kind, k.part;
comment on view reporting.open_alarms is 'One row for each kind of alarm, 0 where there is none.';

create view reporting.training_requests as
    select request_id, panel_id, sentence, requested_at from training_requests;
comment on view reporting.training_requests is 'Trainings that drift started.';

create view reporting.monitor_runs as
    with newest (part, measured_at) as (
        select 'vote', (select max(measured_until) from panel_votes)
        union all select 'drift', (select max(measured_until) from drift_measures)
        union all select 'performance', (select max(measured_at) from performance_measures)
        union all select 'data', (select max(measured_until) from data_measures)
    )
    select part, measured_at, extract(epoch from now() - measured_at)::double precision as seconds_since_measured
    from newest;
comment on view reporting.monitor_runs is 'Always four rows: up to when each part of the monitor has measured.';

grant select on reporting.panel_references, reporting.panel_votes, reporting.member_votes, reporting.member_agreements,
    reporting.drift_measures, reporting.drift_now, reporting.performance, reporting.data_measures, reporting.alarm_kinds,
    reporting.monitor_alarms, reporting.open_alarms, reporting.training_requests, reporting.monitor_runs to grafana;
