-- What dashboards see of delivery, and the instant of a withdrawn consent, so that an older file cannot bring it back.

alter table customer_channels
    add column withdrawn_at timestamptz,
    add constraint consents_are_newer_than_withdrawals check (consented_at is null or consented_at > withdrawn_at);
comment on column customer_channels.withdrawn_at is 'When the last consent was taken back; an older one counts no more.';

create index alert_decisions_decided_at on alert_decisions (decided_at);
create index delivery_reports_received_at on delivery_reports (received_at);
create index alert_attempts_started_at on alert_attempts (started_at);

create or replace view reporting.alert_states as
    select s.state, s.position from unnest(array[
        'pending', 'sending', 'accepted', 'delivered', 'deferred', 'suppressed', 'cancelled', 'unknown', 'failed'
    ]) with ordinality s (state, position);

create or replace view reporting.alerts as
    select a.alert_id, a.transaction_id, a.panel_id, t.customer, t.merchant, t.category, t.amount, t.currency, a.state,
        a.channel, a.attempts, t.occurred_at, t.landed_at, a.created_at, a.due_at, a.accepted_at, a.finished_at,
        extract(epoch from a.accepted_at - t.landed_at)::double precision as landed_to_accepted_seconds,
        a.wait_reason, a.folded_into, a.folded_count, array_to_string(a.struck_channels, ', ') as struck_channels,
        extract(epoch from a.created_at - t.landed_at)::double precision as landed_to_created_seconds,
        extract(epoch from a.accepted_at - a.created_at)::double precision as created_to_accepted_seconds,
        extract(epoch from a.finished_at - a.accepted_at)::double precision as accepted_to_finished_seconds
    from alerts a join reporting.transactions t using (transaction_id);
comment on view reporting.alerts is
    'Messages to customers: one per transaction at most. folded_into is the alert whose message told of this one too.';

create or replace view reporting.alert_attempts as
    select t.attempt_id, t.alert_id, t.channel, t.started_at, t.finished_at, t.outcome, t.code,
        extract(epoch from t.finished_at - t.started_at)::double precision as seconds,
        t.connection_id, t.dealer_id, t.reported_at
    from alert_attempts t;

-- What nobody but a person may resolve: the answer was lost, so the message may have arrived.
create view reporting.unknown_alerts as
    select a.alert_id, t.customer, a.channel, last.connection_id, last.dealer_id, last.code, a.attempts, a.folded_count,
        a.created_at, last.started_at as sent_at,
        extract(epoch from now() - coalesce(last.finished_at, a.created_at))::double precision as waiting_seconds
    from alerts a
    join reporting.transactions t using (transaction_id)
    left join lateral (
        select t.connection_id, t.dealer_id, t.code, t.started_at, t.finished_at from alert_attempts t
        where t.alert_id = a.alert_id
        order by t.attempt_id desc
        limit 1
    ) last on true
    where a.state = 'unknown';
comment on view reporting.unknown_alerts is 'The inbox: `jikimi alerts inbox` goes through them.';

create view reporting.delivery_reports as
    select r.report_id, r.dealer, r.dealer_id, coalesce(
            (select a.alert_id from alerts a where a.reference = r.reference),
            (select max(t.alert_id) from alert_attempts t where t.dealer_id = r.dealer_id)) as alert_id,
        r.outcome, r.code, r.reported_at, r.received_at, r.applied_at
    from delivery_reports r;
comment on view reporting.delivery_reports is 'What dealers said later about messages; applied_at is null where it waits.';

-- Without receivers: there are as many as customers, and a digest of an address is one of a person.
create view reporting.channel_quotas as
    select connection_id, day, subject, used, most, used::double precision / nullif(most, 0) as share_used
    from channel_quotas where subject in ('app', 'sender');
comment on view reporting.channel_quotas is 'Daily counts of the app and of the sender, from midnight to midnight in Korea.';

-- Without the reason: who writes down why names people.
create view reporting.alert_decisions as
    select decision_id, alert_id, decision, state_before, decided_by, decided_at from alert_decisions;
comment on view reporting.alert_decisions is 'Who retried, resolved or cancelled which alert by hand, and when.';

create view reporting.customers_reachability as
    select c.channel,
        case when c.consented_at is not null then 'given' when c.withdrawn_at is not null then 'withdrawn'
             else 'missing' end as consent,
        count(*) as customers, count(*) filter (where c.position = 1) as customers_first
    from customer_channels c
    where c.position is not null
    group by 1, 2
    union all
    select 'none', 'missing', count(*), count(*)
    from customers u
    where not exists (
        select from customer_channels c
        where c.customer_id = u.customer_id and c.position is not null and c.consented_at is not null);
comment on view reporting.customers_reachability is
    'How many customers have a channel on their route, and whether they agreed to it; none: no message can reach them.';

create view reporting.staff_notices as
    select n.notice_id, n.kind, n.subject, n.covers_until, n.created_at, d.channel, d.attempts, d.due_at, d.sent_at,
        d.given_up_at, extract(epoch from d.sent_at - n.created_at)::double precision as created_to_sent_seconds
    from staff_notices n left join staff_deliveries d using (notice_id);
comment on view reporting.staff_notices is 'What staff were told, one row for each of their channels.';

grant select on reporting.unknown_alerts, reporting.delivery_reports, reporting.channel_quotas,
    reporting.alert_decisions, reporting.customers_reachability, reporting.staff_notices to grafana;
