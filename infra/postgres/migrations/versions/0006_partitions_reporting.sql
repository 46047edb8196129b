-- The masked views of dashboards, as they were, over tables of months: a join names the instant too, so that a row's
-- month is looked up and not searched for. Left out on purpose: names, card numbers, where customers live, receivers'
-- ids, message references, error details and rows as they were landed.

create schema reporting;
comment on schema reporting is 'Masked views for dashboards. Every instant is wall-clock, except occurred_at.';

create view reporting.transactions as
    select t.transaction_id, t.batch_id, b.source, t.landed_at, t.occurred_at,
        -- An id that is too short to hide anything keeps one character only.
        case when length(t.customer_id) > 5 then left(t.customer_id, 1) || '***' || right(t.customer_id, 2)
             else '***' || right(t.customer_id, 1) end as customer,
        t.merchant_id, coalesce(nullif(t.merchant_name, ''), t.merchant_id) as merchant,
        coalesce(nullif(t.category, ''), 'unknown') as category,
        t.amount::double precision as amount, t.currency::text as currency,
        -- About a kilometre: some sources write where the customer stood.
        round(t.merchant_latitude::numeric, 2)::double precision as merchant_latitude,
        round(t.merchant_longitude::numeric, 2)::double precision as merchant_longitude
    -- Every transaction has a batch; said as a left join, it costs nothing where nobody asks for the source.
    from transactions t left join batches b on b.batch_id = t.batch_id;
comment on view reporting.transactions is
    'Valid transactions, live ones and history. occurred_at is the purchase''s own time: a replay runs in the past.';

create view reporting.panels as
    select panel_id, state, policy, messages_per_10k, mlflow_run_id, trained_from, trained_until, judged_from,
        judged_until, decision, figures, created_at, promoted_at, retired_at
    from panels;
comment on view reporting.panels is 'Sets of models that vote together; exactly one is the champion.';

create view reporting.members as
    select m.panel_id, p.state as panel_state, m.member, m.model_name, m.model_version, m.threshold
    from panel_members m join panels p using (panel_id);
comment on view reporting.members is 'The models of each panel and the score from which each votes fraud.';

create view reporting.predictions as
    select p.transaction_id, p.panel_id, p.member, p.score, p.is_fraud_vote, p.scored_at, p.occurred_at from predictions p;
comment on view reporting.predictions is 'What each member said about each transaction, shadow panels included.';

create view reporting.verdicts as
    select v.transaction_id, v.panel_id, v.batch_id, v.votes, v.voters, v.members, v.panel_score,
        array_to_string(v.reasons, ', ') as reasons, v.scored_at,
        exists (select from unanimous_fraud u
            where u.transaction_id = v.transaction_id and u.panel_id = v.panel_id and u.occurred_at = v.occurred_at
        ) as is_unanimous,
        exists (select from majority_fraud m
            where m.transaction_id = v.transaction_id and m.panel_id = v.panel_id and m.occurred_at = v.occurred_at
        ) as is_majority,
        v.explanation_ko, v.explanation_en, v.occurred_at
    from verdicts v
    where not v.is_shadow;
comment on view reporting.verdicts is 'The votes that counted; what a challenger says in the shadow is in shadow_verdicts.';

create view reporting.scored_transactions as
    select t.transaction_id, v.panel_id, v.batch_id, v.scored_at, t.landed_at, t.occurred_at, t.customer, t.merchant_id,
        t.merchant, t.category, t.amount, t.currency, t.merchant_latitude, t.merchant_longitude, v.votes, v.voters,
        v.members, v.panel_score, v.reasons, v.is_unanimous, v.is_majority
    from reporting.verdicts v join reporting.transactions t using (transaction_id, occurred_at);
comment on view reporting.scored_transactions is 'Transactions with their verdict.';

-- The two views below start from the one definition, so that counting fraud does not read what is not fraud.
create view reporting.unanimous_fraud as
    select t.transaction_id, u.panel_id, u.batch_id, u.scored_at, t.landed_at, t.occurred_at, t.customer, t.merchant_id,
        t.merchant, t.category, t.amount, t.currency, t.merchant_latitude, t.merchant_longitude, u.votes, u.voters,
        u.members, u.panel_score, array_to_string(u.reasons, ', ') as reasons, u.explanation_ko, u.explanation_en
    from unanimous_fraud u join reporting.transactions t using (transaction_id, occurred_at)
    where not u.is_shadow;
comment on view reporting.unanimous_fraud is 'Transactions that every member of the panel called fraud.';

create view reporting.majority_fraud as
    select t.transaction_id, m.panel_id, m.batch_id, m.scored_at, t.landed_at, t.occurred_at, t.customer, t.merchant_id,
        t.merchant, t.category, t.amount, t.currency, t.merchant_latitude, t.merchant_longitude, m.votes, m.voters,
        m.members, m.panel_score, array_to_string(m.reasons, ', ') as reasons
    from majority_fraud m join reporting.transactions t using (transaction_id, occurred_at)
    where not m.is_shadow;
comment on view reporting.majority_fraud is
    'Transactions that more than half of the panel called fraud, the unanimous ones included.';

-- Every state, so that a state without alerts is a zero and not a gap.
create view reporting.alert_states as
    select s.state, s.position from unnest(array[
        'pending', 'sending', 'accepted', 'delivered', 'deferred', 'suppressed', 'cancelled', 'unknown', 'failed'
    ]) with ordinality s (state, position);
comment on view reporting.alert_states is 'The states of an alert, in the order in which dashboards show them.';

create view reporting.alerts as
    select a.alert_id, a.transaction_id, a.panel_id, t.customer, t.merchant, t.category, t.amount, t.currency, a.state,
        a.channel, a.attempts, t.occurred_at, t.landed_at, a.created_at, a.due_at, a.accepted_at, a.finished_at,
        extract(epoch from a.accepted_at - t.landed_at)::double precision as landed_to_accepted_seconds,
        a.wait_reason, a.folded_into, a.folded_count, array_to_string(a.struck_channels, ', ') as struck_channels,
        extract(epoch from a.created_at - t.landed_at)::double precision as landed_to_created_seconds,
        extract(epoch from a.accepted_at - a.created_at)::double precision as created_to_accepted_seconds,
        extract(epoch from a.finished_at - a.accepted_at)::double precision as accepted_to_finished_seconds
    from alerts a join reporting.transactions t using (transaction_id, occurred_at);
comment on view reporting.alerts is
    'Messages to customers: one per transaction at most. folded_into is the alert whose message told of this one too.';

create view reporting.alert_attempts as
    select t.attempt_id, t.alert_id, t.channel, t.started_at, t.finished_at, t.outcome, t.code,
        extract(epoch from t.finished_at - t.started_at)::double precision as seconds,
        t.connection_id, t.dealer_id, t.reported_at
    from alert_attempts t;
comment on view reporting.alert_attempts is 'Every try to send an alert.';

create view reporting.batches as
    select batch_id, source, state, run_id, landed_count, valid_count, quarantined_count, repeated_count,
        unanimous_count, held_reason, first_landed_at, claimed_at, validated_at, scored_at
    from batches;
comment on view reporting.batches is 'Micro-batches and loads of history: counts and the instants of each step.';

create view reporting.backlog as
    with waiting (landed_rows, since) as (
        select count(*), min(landed_at) from landed_transactions where batch_id is null
        union all
        select coalesce(sum(valid_count), 0), min(first_landed_at) from batches
        where state = 'validated' and valid_count > 0
    )
    select sum(landed_rows)::bigint as waiting_rows,
        greatest(coalesce(extract(epoch from now() - min(since)), 0), 0)::double precision as oldest_seconds
    from waiting;
comment on view reporting.backlog is 'Always one row: transactions landed and not yet scored, and how long the oldest waits.';

create view reporting.freshness as
    with newest (landed_at, scored_at, accepted_at) as (select
        (select landed_at from landed_transactions order by landed_id desc limit 1),
        (select max(scored_at) from verdicts),
        (select max(accepted_at) from alerts)
    )
    select landed_at, scored_at, accepted_at,
        case when landed_at is not null
            then greatest(extract(epoch from now() - landed_at), 0)::double precision end as seconds_since_landed,
        case when scored_at is not null
            then greatest(extract(epoch from now() - scored_at), 0)::double precision end as seconds_since_scored,
        case when accepted_at is not null
            then greatest(extract(epoch from now() - accepted_at), 0)::double precision end as seconds_since_accepted
    from newest;
comment on view reporting.freshness is 'Always one row: when each step last did something; null where it never did.';

create view reporting.quarantine_reasons as
    select q.quarantine_id, q.batch_id, q.quarantined_at, r.reason, q.released_at is not null as is_released
    from quarantined_transactions q cross join lateral unnest(q.reasons) r (reason);
comment on view reporting.quarantine_reasons is 'Refused rows, one line per reason.';

create view reporting.labels as
    select transaction_id, is_fraud, source, known_at, recorded_at from labels;
comment on view reporting.labels is 'What turned out to be fraud; the newest known_at of a transaction holds.';

create view reporting.panel_measures as
    select panel_id, member, measure, value, measured_from, measured_until, measured_at from panel_measures;
comment on view reporting.panel_measures is 'Figures of panels and their members.';

-- Without the result itself: it quotes the values that it refused.
create view reporting.validation_results as
    select result_id, batch_id, subject, ran_at, is_success, evaluated, unsuccessful from validation_results;
comment on view reporting.validation_results is 'What the expectations said about batches and training data.';

create view reporting.shadow_verdicts as
    select v.transaction_id, v.panel_id, v.batch_id, v.votes, v.voters, v.members, v.panel_score, v.scored_at,
        exists (select from unanimous_fraud u
            where u.transaction_id = v.transaction_id and u.panel_id = v.panel_id and u.occurred_at = v.occurred_at
        ) as is_unanimous
    from verdicts v
    where v.is_shadow;
comment on view reporting.shadow_verdicts is 'What a challenger would have said; nobody was told.';

create view reporting.panel_decisions as
    select decision_id, panel_id, decision, sentence, decided_by, decided_at, replaced_panel_id, figures, champion_figures
    from panel_decisions;
comment on view reporting.panel_decisions is 'Who promoted, refused or brought back which panel, when and why.';

-- What nobody but a person may resolve: the answer was lost, so the message may have arrived.
create view reporting.unknown_alerts as
    select a.alert_id, t.customer, a.channel, last.connection_id, last.dealer_id, last.code, a.attempts, a.folded_count,
        a.created_at, last.started_at as sent_at,
        extract(epoch from now() - coalesce(last.finished_at, a.created_at))::double precision as waiting_seconds
    from alerts a
    join reporting.transactions t using (transaction_id, occurred_at)
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

grant usage on schema reporting to grafana;
grant select on all tables in schema reporting to grafana;
