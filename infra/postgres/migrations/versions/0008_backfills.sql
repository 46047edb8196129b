-- What a panel says of the past: kept apart from verdicts, because nobody was told and it may be said again.

-- One row for each stretch of time that a run has scored, written in the transaction that wrote its scores.
create table backfill_parts (
    part_id             bigint generated always as identity primary key,
    panel_id            bigint not null references panels,
    run_id              text not null,
    rows_from           timestamptz not null,
    rows_until          timestamptz not null,
    row_count           integer not null check (row_count >= 0),
    reading_seconds     double precision not null,
    features_seconds    double precision not null,
    scoring_seconds     double precision not null,
    writing_seconds     double precision not null,
    scored_at           timestamptz not null default clock_timestamp(),
    constraint parts_have_a_length check (rows_from < rows_until)
);
create index backfill_parts_panel on backfill_parts (panel_id, scored_at);
comment on table backfill_parts is 'Work done: where a stretch was scored again, the newest part is the one that counts.';

-- The key begins with panel and time: rows come in that order, so it grows at its end, and a stretch is found by it.
create table backfill_scores (
    panel_id            bigint not null,
    occurred_at         timestamptz not null,
    transaction_id      text not null,
    part_id             bigint not null,
    votes               smallint not null,
    voters              smallint not null,
    members             smallint not null,
    panel_score         double precision not null,
    scores              double precision[] not null,
    primary key (panel_id, occurred_at, transaction_id),
    constraint votes_come_from_voters check (0 <= votes and votes <= voters and voters <= members and members > 0)
) partition by range (occurred_at);
comment on column backfill_scores.scores is 'Of the members of the panel in the order of their names; null where one gave none.';

-- Makes room for a stretch that lies in one month. Whoever writes the same panel and month waits here for the other to
-- commit, so that what both say is there once. The role jikimi deletes nothing but what it is about to write again.
create function begin_backfill_part(panel bigint, since timestamptz, until timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    month    timestamptz := public.month_of(since);
    replaced bigint;
begin
    if since is null or until is null or since >= until or until > public.month_after(month) then
        raise exception using errcode = 'invalid_parameter_value',
            message = 'a part lies within one month: ' || coalesce(since::text, '?') || ' to ' || coalesce(until::text, '?');
    end if;
    perform pg_advisory_xact_lock(hashtext('jikimi backfill'), hashtext(panel || ' ' || month));
    delete from public.backfill_scores b where b.panel_id = panel and b.occurred_at >= since and b.occurred_at < until;
    get diagnostics replaced = row_count;
    return replaced;
end $$;
comment on function begin_backfill_part(bigint, timestamptz, timestamptz) is
    'Locks a panel''s month and removes what was said of the stretch before.';
revoke all on function begin_backfill_part(bigint, timestamptz, timestamptz) from public;

-- As before, with one table more: what a panel said of a month comes and goes with the month.
create or replace function make_month(month timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    parents constant text[] := array[
        'transactions', 'verdicts', 'predictions', 'merchant_counts', 'called_frauds', 'backfill_scores'];
begin
    perform public.create_month(parent, month) from unnest(parents) parent;
    execute 'alter table public.' || quote_ident(public.month_name('verdicts', month))
        || ' add constraint verdicts_have_a_transaction foreign key (transaction_id, occurred_at) references public.'
        || quote_ident(public.month_name('transactions', month));
    execute 'alter table public.' || quote_ident(public.month_name('merchant_counts', month)) || ' set (fillfactor = 70)';
    perform public.attach_month(parent, month) from unnest(parents) parent;
end $$;

-- As before, with one table more.
create or replace function drop_month(month timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '5s' as $$
declare
    parent text;
begin
    perform public.demand_old(public.month_after(month));
    lock table only public.transactions, only public.predictions, only public.verdicts, only public.called_frauds,
        only public.merchant_counts, only public.backfill_scores in access exclusive mode;
    perform public.demand_free(public.month_is_kept_for(month), month);
    if exists (
        select from public.transactions t join public.transaction_keys k using (transaction_id)
        where t.occurred_at >= month and t.occurred_at < public.month_after(month))
    then
        raise exception using errcode = 'object_in_use', message = 'transactions of the month are not forgotten yet';
    end if;
    foreach parent in array array[
        'predictions', 'verdicts', 'transactions', 'called_frauds', 'merchant_counts', 'backfill_scores']
    loop
        execute 'drop table public.' || quote_ident(public.month_name(parent, month));
    end loop;
end $$;

select create_month('backfill_scores', month), attach_month('backfill_scores', month)
from months_before('transactions', 'infinity') month;

create view reporting.backfill_scores as
    select b.panel_id, b.transaction_id, b.occurred_at, b.votes, b.voters, b.members, b.panel_score,
        b.voters = b.members and b.votes = b.members as is_unanimous, 2 * b.votes > b.members as is_majority, p.scored_at
    from backfill_scores b join backfill_parts p using (part_id);
comment on view reporting.backfill_scores is
    'What a panel says of past transactions, as the views unanimous_fraud and majority_fraud count; nobody was told.';

create view reporting.backfill_comparison as
    select b.transaction_id, b.occurred_at, b.panel_id, b.panel_score, b.is_unanimous, b.is_majority,
        v.panel_id as panel_then, v.panel_score as panel_score_then, v.is_unanimous as is_unanimous_then,
        v.is_majority as is_majority_then
    from reporting.backfill_scores b join reporting.verdicts v using (transaction_id, occurred_at);
comment on view reporting.backfill_comparison is 'What a panel says of a transaction beside what counted when it was live.';

create view reporting.backfill_parts as
    select part_id, panel_id, run_id, rows_from, rows_until, row_count, reading_seconds, features_seconds,
        scoring_seconds, writing_seconds, scored_at
    from backfill_parts;
comment on view reporting.backfill_parts is 'How far backfills are and what their steps took.';

grant select, insert on backfill_parts, backfill_scores to jikimi;
grant usage on sequence backfill_parts_part_id_seq to jikimi;
grant execute on function begin_backfill_part(bigint, timestamptz, timestamptz) to jikimi;
grant select on reporting.backfill_scores, reporting.backfill_comparison, reporting.backfill_parts to grafana;
