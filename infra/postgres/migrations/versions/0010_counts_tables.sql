-- What dashboards count over weeks is summed up beforehand. The monitor does it, batch by batch, so that scoring writes
-- no row more; a batch that is not counted yet is read row by row.

alter table batches add column counted_at timestamptz;
comment on column batches.counted_at is 'When its verdicts went into scored_counts, in the transaction that put them there.';
create index batches_uncounted on batches (batch_id) where counted_at is null;
-- A rule asks for these every minute.
create index batches_held on batches (claimed_at) where state = 'held';

create table scored_counts (
    subject             text not null,
    grain               integer not null,
    begins_at           timestamptz not null,
    category            text not null,
    name                text not null,
    month               timestamptz not null,
    rows                bigint not null constraint counted_rows_are_there check (rows > 0),
    majority_rows       bigint not null,
    unanimous_rows      bigint not null,
    unanimous_amount    numeric not null,
    primary key (subject, grain, begins_at, category, name, month),
    constraint known_grains check (
        subject = 'currency' and grain in (60, 600) or subject in ('amount', 'merchant') and grain in (3600, 86400)),
    constraint calls_are_of_rows check (unanimous_rows <= majority_rows and majority_rows <= rows)
) partition by range (month);
comment on table scored_counts is
    'How many transactions of counted batches were scored in each stretch of time, and how many called fraud.';
comment on column scored_counts.subject is 'What name is: the currency, the band of the amount, or the merchant.';
comment on column scored_counts.grain is 'Seconds from begins_at, counted from 1970 in UTC.';
comment on column scored_counts.month is 'In which the transactions occurred, whenever they were scored: with it they go.';

-- Bands of amounts begin at 1, 2, 5, 10, … thousandths, which fit any currency.
create function amount_bands() returns numeric[] language sql immutable parallel safe
return (
    select array_agg(step * 10::numeric ^ power order by power, step)
    from generate_series(-3, 12) as power cross join unnest(array[1, 2, 5]) as step);
revoke all on function amount_bands() from public;
grant execute on function amount_bands() to jikimi, grafana;

-- A row as it is counted. Whether it is fraud is said here as the views unanimous_fraud and majority_fraud say it: to
-- look it up there would cost more than all else.
create view scored_rows as
    select v.transaction_id, v.occurred_at, v.batch_id, v.scored_at,
        coalesce(nullif(t.category, ''), 'unknown') as category, t.currency::text as currency,
        coalesce(nullif(t.merchant_name, ''), t.merchant_id) as merchant,
        trim_scale((amount_bands())[width_bucket(t.amount, amount_bands())])::text as amount_from,
        2 * v.votes > v.members as is_majority, v.voters = v.members and v.votes = v.members as is_unanimous, t.amount
    from verdicts v join transactions t using (transaction_id, occurred_at)
    where not v.is_shadow;
comment on view scored_rows is 'Transactions whose verdict counts, with what scored_counts counts them by.';

-- As before, with one table more.
create or replace function make_month(month timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    parents constant text[] := array[
        'transactions', 'verdicts', 'predictions', 'merchant_counts', 'called_frauds', 'backfill_scores', 'scored_counts'];
    counts  text;
begin
    perform public.create_month(parent, month) from unnest(parents) parent;
    execute 'alter table public.' || quote_ident(public.month_name('verdicts', month))
        || ' add constraint verdicts_have_a_transaction foreign key (transaction_id, occurred_at) references public.'
        || quote_ident(public.month_name('transactions', month));
    foreach counts in array array['merchant_counts', 'scored_counts'] loop
        execute 'alter table public.' || quote_ident(public.month_name(counts, month)) || ' set (fillfactor = 70)';
    end loop;
    perform public.attach_month(parent, month) from unnest(parents) parent;
end $$;

-- As before, with one table more.
create or replace function drop_month(month timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '5s' as $$
declare
    parent text;
begin
    perform public.demand_old(public.month_after(month));
    -- The sums first, as who counts and who reads them takes them: else each would wait for the other.
    lock table only public.scored_counts, only public.transactions, only public.predictions, only public.verdicts,
        only public.called_frauds, only public.merchant_counts, only public.backfill_scores in access exclusive mode;
    perform public.demand_free(public.month_is_kept_for(month), month);
    if exists (
        select from public.transactions t join public.transaction_keys k using (transaction_id)
        where t.occurred_at >= month and t.occurred_at < public.month_after(month))
    then
        raise exception using errcode = 'object_in_use', message = 'transactions of the month are not forgotten yet';
    end if;
    foreach parent in array array[
        'predictions', 'verdicts', 'transactions', 'called_frauds', 'merchant_counts', 'backfill_scores', 'scored_counts']
    loop
        execute 'drop table public.' || quote_ident(public.month_name(parent, month));
    end loop;
end $$;

select create_month('scored_counts', month), attach_month('scored_counts', month)
from months_before('transactions', 'infinity') month;
do $$
declare
    month timestamptz;
begin
    for month in select months_before('transactions', 'infinity') loop
        execute 'alter table ' || quote_ident(month_name('scored_counts', month)) || ' set (fillfactor = 70)';
    end loop;
end $$;

-- What dashboards ask of a message's transaction stands beside the message: it never changes, and looking up the
-- transactions of a month of messages takes longer than all else.
alter table alerts add column landed_at timestamptz, add column merchant text, add column category text,
    add column amount numeric(15, 3), add column currency text;
comment on column alerts.merchant is 'This, category, amount, currency and landed_at are the transaction''s, for dashboards.';

create function describe_alert() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    -- Where there is no such transaction the columns stay empty: a description keeps no message back.
    select t.landed_at, coalesce(nullif(t.merchant_name, ''), t.merchant_id), coalesce(nullif(t.category, ''), 'unknown'),
        t.amount, t.currency::text
    into new.landed_at, new.merchant, new.category, new.amount, new.currency
    from public.transactions t
    where t.transaction_id = new.transaction_id and t.occurred_at = new.occurred_at;
    return new;
end $$;
revoke all on function describe_alert() from public;
create trigger alerts_are_described before insert on alerts for each row execute function describe_alert();

update alerts a
set landed_at = t.landed_at, merchant = coalesce(nullif(t.merchant_name, ''), t.merchant_id),
    category = coalesce(nullif(t.category, ''), 'unknown'), amount = t.amount, currency = t.currency::text
from transactions t
where t.transaction_id = a.transaction_id and t.occurred_at = a.occurred_at;

-- Frauds are few, and their votes too.
create index verdicts_majority on verdicts (scored_at) where 2 * votes > members and not is_shadow;
create index predictions_fraud on predictions (scored_at) include (panel_id, member) where is_fraud_vote;

grant select, insert, update on scored_counts to jikimi;
grant select on scored_rows to jikimi;
