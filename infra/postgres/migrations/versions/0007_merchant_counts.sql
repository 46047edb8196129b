-- A busy merchant costs a batch nothing: its rows are counted by day and hour, and its few frauds have a place of their own.

-- Days are what an ordinary merchant is read by; hours spare a busy one the rows of the days that a window's edge cuts.
create table merchant_counts (
    merchant_id         text not null,
    grain               text not null constraint known_grains check (grain in ('day', 'hour')),
    begins_at           timestamptz not null,
    rows                bigint not null constraint counted_rows_are_there check (rows > 0),
    primary key (merchant_id, grain, begins_at)
) partition by range (begins_at);
comment on table merchant_counts is
    'How many rows of transactions each merchant has in each day and hour (UTC), written with the rows.';

create table called_frauds (
    merchant_id         text not null,
    occurred_at         timestamptz not null,
    transaction_id      text not null,
    amount              double precision not null,
    primary key (merchant_id, occurred_at, transaction_id)
) partition by range (occurred_at);
comment on table called_frauds is
    'Transactions that some label has called fraud, by merchant and time; another label may have taken it back.';

-- As before, with the two tables: whoever writes a row finds their month.
create or replace function make_month(month timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    parents constant text[] := array['transactions', 'verdicts', 'predictions', 'merchant_counts', 'called_frauds'];
begin
    perform public.create_month(parent, month) from unnest(parents) parent;
    execute 'alter table public.' || quote_ident(public.month_name('verdicts', month))
        || ' add constraint verdicts_have_a_transaction foreign key (transaction_id, occurred_at) references public.'
        || quote_ident(public.month_name('transactions', month));
    -- Room on each page, so that counting up writes the record where it is, and no index.
    execute 'alter table public.' || quote_ident(public.month_name('merchant_counts', month)) || ' set (fillfactor = 70)';
    perform public.attach_month(parent, month) from unnest(parents) parent;
end $$;

-- As before, with the two tables: they go with the rows that they are about.
create or replace function drop_month(month timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '5s' as $$
declare
    parent text;
begin
    perform public.demand_old(public.month_after(month));
    lock table only public.transactions, only public.predictions, only public.verdicts, only public.called_frauds,
        only public.merchant_counts in access exclusive mode;
    perform public.demand_free(public.month_is_kept_for(month), month);
    if exists (
        select from public.transactions t join public.transaction_keys k using (transaction_id)
        where t.occurred_at >= month and t.occurred_at < public.month_after(month))
    then
        raise exception using errcode = 'object_in_use', message = 'transactions of the month are not forgotten yet';
    end if;
    foreach parent in array array['predictions', 'verdicts', 'transactions', 'called_frauds', 'merchant_counts'] loop
        execute 'drop table public.' || quote_ident(public.month_name(parent, month));
    end loop;
end $$;

select create_month(parent, month), attach_month(parent, month)
from months_before('transactions', 'infinity') month
    cross join unnest(array['merchant_counts', 'called_frauds']) parent;
do $$
declare
    month timestamptz;
begin
    for month in select months_before('transactions', 'infinity') loop
        execute 'alter table ' || quote_ident(month_name('merchant_counts', month)) || ' set (fillfactor = 70)';
    end loop;
end $$;

insert into merchant_counts (merchant_id, grain, begins_at, rows)
select t.merchant_id, g.grain, date_trunc(g.grain, t.occurred_at, 'UTC'), count(*)
from transactions t cross join (values ('day'), ('hour')) g (grain)
group by 1, 2, 3 order by 1, 2, 3;

insert into called_frauds (merchant_id, occurred_at, transaction_id, amount)
select distinct t.merchant_id, t.occurred_at, t.transaction_id, t.amount::double precision
from labels l join transaction_keys k using (transaction_id) join transactions t using (transaction_id, occurred_at)
where l.is_fraud
order by 1, 2;

grant select, insert, update on merchant_counts to jikimi;
grant select, insert on called_frauds to jikimi;
