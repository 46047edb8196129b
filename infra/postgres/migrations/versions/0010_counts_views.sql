-- What dashboards ask instead of counting rows: the sums of what is counted, and the rows that no sum has.

create or replace view reporting.alerts as
    select a.alert_id, a.transaction_id, a.panel_id,
        -- Masked as in reporting.transactions.
        case when length(a.customer_id) > 5 then left(a.customer_id, 1) || '***' || right(a.customer_id, 2)
             else '***' || right(a.customer_id, 1) end as customer,
        a.merchant, a.category, a.amount::double precision as amount, a.currency, a.state,
        a.channel, a.attempts, a.occurred_at, a.landed_at, a.created_at, a.due_at, a.accepted_at, a.finished_at,
        extract(epoch from a.accepted_at - a.landed_at)::double precision as landed_to_accepted_seconds,
        a.wait_reason, a.folded_into, a.folded_count, array_to_string(a.struck_channels, ', ') as struck_channels,
        extract(epoch from a.created_at - a.landed_at)::double precision as landed_to_created_seconds,
        extract(epoch from a.accepted_at - a.created_at)::double precision as created_to_accepted_seconds,
        extract(epoch from a.finished_at - a.accepted_at)::double precision as accepted_to_finished_seconds
    from alerts a;

-- What is_unanimous and is_majority mean is said as the views unanimous_fraud and majority_fraud say it: to look each row
-- up there, a query of the newest fifty read all of a month.
create or replace view reporting.verdicts as
    select v.transaction_id, v.panel_id, v.batch_id, v.votes, v.voters, v.members, v.panel_score,
        array_to_string(v.reasons, ', ') as reasons, v.scored_at,
        v.voters = v.members and v.votes = v.members as is_unanimous, 2 * v.votes > v.members as is_majority,
        v.explanation_ko, v.explanation_en, v.occurred_at
    from verdicts v
    where not v.is_shadow;

create or replace view reporting.shadow_verdicts as
    select v.transaction_id, v.panel_id, v.batch_id, v.votes, v.voters, v.members, v.panel_score, v.scored_at,
        v.voters = v.members and v.votes = v.members as is_unanimous
    from verdicts v
    where v.is_shadow;

-- As before, with the names first: each is looked up by the key, however long drift has been measured.
create or replace view reporting.drift_now as
    with recursive names as (
        (select d.panel_id, d.kind, d.name from drift_measures d join panels p using (panel_id)
         where p.state = 'champion' order by d.panel_id, d.kind, d.name limit 1)
        union all
        select n.panel_id, following.kind, following.name from names n cross join lateral (
            select d.kind, d.name from drift_measures d
            where d.panel_id = n.panel_id and (d.kind, d.name) > (n.kind, n.name)
            order by d.kind, d.name limit 1) following
    )
    select n.panel_id, n.kind, n.name, d.is_calendar, d.measured_from, d.measured_until, d.window_rows, d.psi,
        d.missing_share, d.reference_missing_share, d.unseen_share, d.state, d.previous_psi
    from names n cross join lateral (
        select w.*, lead(w.psi) over (order by w.measured_until desc) as previous_psi
        from (
            select * from drift_measures d
            where d.panel_id = n.panel_id and d.kind = n.kind and d.name = n.name
            order by d.measured_until desc limit 2) w
        order by w.measured_until desc limit 1) d;

create view reporting.counted_transactions as
    select subject, grain, begins_at, category, name, rows, majority_rows, unanimous_rows, unanimous_amount
    from scored_counts;
comment on view reporting.counted_transactions is
    'Sums of counted batches only: scored_counts() adds the rest. Merchants, amounts and currencies; nobody is recognised.';

create view reporting.scored_rows as
    select scored_at, category, currency, merchant, amount_from, is_majority, is_unanimous, amount from scored_rows;
comment on view reporting.scored_rows is 'Transactions whose verdict counts, as they are counted.';

create view reporting.uncounted_rows as
    select r.scored_at, r.category, r.currency, r.merchant, r.amount_from, r.is_majority, r.is_unanimous, r.amount
    from batches b
    join scored_rows r
        on r.batch_id = b.batch_id and r.occurred_at >= b.first_occurred_at and r.occurred_at <= b.last_occurred_at
    where b.counted_at is null;
comment on view reporting.uncounted_rows is 'The same of batches that no sum has yet: a few minutes of them.';

-- The next border of stretches of so many seconds. A stretch that does not fit into the steps of a time axis is of no use
-- to it: infinity.
create function reporting.border_after(at timestamptz, seconds integer, step_ms bigint) returns timestamptz
language sql stable parallel safe
return case when mod(step_ms, 1000 * seconds) = 0
    then date_bin(make_interval(secs => seconds), at, 'epoch') + make_interval(secs => seconds)
    else 'infinity' end;

create function reporting.border_before(at timestamptz, seconds integer) returns timestamptz
language sql stable parallel safe
return date_bin(make_interval(secs => seconds), at, 'epoch');

-- Coarse stretches reach far, fine ones lead up to them, rows stand at both ends. Written out, because the planner then
-- knows every border.
create function reporting.counts_between(
    what text, fine integer, coarse integer, since timestamptz, until timestamptz, step_ms bigint)
returns table (at timestamptz, category text, name text, rows bigint, majority_rows bigint, unanimous_rows bigint,
    unanimous_amount numeric)
language sql stable parallel safe
begin atomic
    select c.begins_at, c.category, c.name, c.rows, c.majority_rows, c.unanimous_rows, c.unanimous_amount
    from reporting.counted_transactions c
    where c.subject = what and c.grain = coarse
        and c.begins_at >= reporting.border_after(since, coarse, step_ms)
        and c.begins_at < reporting.border_before(until, coarse)
    union all
    select c.begins_at, c.category, c.name, c.rows, c.majority_rows, c.unanimous_rows, c.unanimous_amount
    from reporting.counted_transactions c
    where c.subject = what and c.grain = fine
        and c.begins_at >= reporting.border_after(since, fine, step_ms)
        and c.begins_at < least(reporting.border_after(since, coarse, step_ms), reporting.border_before(until, fine))
    union all
    select c.begins_at, c.category, c.name, c.rows, c.majority_rows, c.unanimous_rows, c.unanimous_amount
    from reporting.counted_transactions c
    where c.subject = what and c.grain = fine
        and c.begins_at >= greatest(
            reporting.border_after(since, coarse, step_ms), reporting.border_before(until, coarse))
        and c.begins_at < reporting.border_before(until, fine)
    union all
    select r.scored_at, r.category, case what when 'currency' then r.currency when 'amount' then r.amount_from
        else r.merchant end, 1, r.is_majority::integer, r.is_unanimous::integer,
        case when r.is_unanimous then r.amount else 0 end
    from reporting.scored_rows r
    where r.scored_at >= since and r.scored_at <= until and r.scored_at < reporting.border_after(since, fine, step_ms)
    union all
    select r.scored_at, r.category, case what when 'currency' then r.currency when 'amount' then r.amount_from
        else r.merchant end, 1, r.is_majority::integer, r.is_unanimous::integer,
        case when r.is_unanimous then r.amount else 0 end
    from reporting.scored_rows r
    where r.scored_at <= until and r.scored_at >= greatest(
        reporting.border_after(since, fine, step_ms), reporting.border_before(until, fine))
    union all
    select r.scored_at, r.category, case what when 'currency' then r.currency when 'amount' then r.amount_from
        else r.merchant end, 1, r.is_majority::integer, r.is_unanimous::integer,
        case when r.is_unanimous then r.amount else 0 end
    from reporting.uncounted_rows r
    where r.scored_at >= reporting.border_after(since, fine, step_ms)
        and r.scored_at < reporting.border_before(until, fine);
end;

create function reporting.scored_by_currency(since timestamptz, until timestamptz, step_ms bigint default 0)
returns table (at timestamptz, category text, currency text, rows bigint, majority_rows bigint, unanimous_rows bigint,
    unanimous_amount numeric)
language sql stable parallel safe
begin atomic
    select * from reporting.counts_between('currency', 60, 600, since, until, step_ms);
end;
comment on function reporting.scored_by_currency(timestamptz, timestamptz, bigint) is
    'Transactions scored from one instant to another, both included, in pieces; at is an instant of each piece, and no '
    'piece reaches over a step of step_ms of a time axis.';

create function reporting.scored_by_amount(since timestamptz, until timestamptz)
returns table (category text, amount_from text, rows bigint, unanimous_rows bigint)
language sql stable parallel safe
begin atomic
    select category, name, rows, unanimous_rows from reporting.counts_between('amount', 3600, 86400, since, until, 0);
end;
comment on function reporting.scored_by_amount(timestamptz, timestamptz) is
    'The same in bands of amounts: amount_from is where a band begins, the next one ends it.';

create function reporting.scored_by_merchant(since timestamptz, until timestamptz)
returns table (category text, merchant text, rows bigint, unanimous_rows bigint)
language sql stable parallel safe
begin atomic
    select category, name, rows, unanimous_rows from reporting.counts_between('merchant', 3600, 86400, since, until, 0);
end;
comment on function reporting.scored_by_merchant(timestamptz, timestamptz) is 'The same by merchant.';

revoke all on all functions in schema reporting from public;
grant execute on all functions in schema reporting to grafana;
grant select on reporting.counted_transactions, reporting.scored_rows, reporting.uncounted_rows to grafana;
