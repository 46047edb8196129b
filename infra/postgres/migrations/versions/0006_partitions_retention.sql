-- Letting go of what is older than what is kept. The role jikimi may delete nothing by itself: it may call these, and
-- none of them touches the last 30 days, an alert that is not final, or a row that still waits for something.

create function demand_old(until timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if until is null or until > now() - interval '30 days' then
        raise exception using errcode = 'invalid_parameter_value', message = 'the last 30 days are never dropped';
    end if;
end $$;

create function months_before(parent text, before timestamptz) returns setof timestamptz
language sql stable set search_path = pg_catalog, pg_temp set timezone = 'UTC'
begin atomic
    select month
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    cross join lateral (select to_timestamp(substring(c.relname from '_([0-9]{4}_[0-9]{2})$'), 'YYYY_MM') as month) m
    where i.inhparent = to_regclass('public.' || quote_ident(parent)) and public.month_after(month) <= before
    order by month;
end;

-- A suppressed alert is as final as the one whose message told of it: that one may still be cancelled.
create function is_final(alert alerts) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
return case alert.state
    when 'suppressed' then not exists (
        select from public.alerts a
        where a.alert_id = alert.folded_into and a.state not in ('delivered', 'failed', 'cancelled', 'suppressed'))
    else alert.state in ('delivered', 'failed', 'cancelled') end;

-- Why a month of transactions must stay for now; null where it may go.
create function month_is_kept_for(month timestamptz) returns text
language sql stable set search_path = pg_catalog, pg_temp
return case
    when exists (
        select from public.alerts a
        where a.occurred_at >= month and a.occurred_at < public.month_after(month) and not public.is_final(a))
        then 'an alert that is not final'
    when exists (
        select from public.batches b
        where b.state = 'validated' and b.last_occurred_at >= month and b.first_occurred_at < public.month_after(month))
        then 'a batch that waits for its verdicts' end;

create function landed_month_is_kept_for(month timestamptz) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    waits boolean;
begin
    -- Asked by a query on the parent: the month is one partition of it.
    select exists (
        select from public.landed_transactions l
        where l.batch_id is null and l.landed_at >= month and l.landed_at < public.month_after(month)) into waits;
    if waits then
        return 'a row that waits for validation';
    end if;
    if exists (
        select from public.batches b
        where b.state in ('validated', 'held') and b.landed_count > 0 and b.source = 'live'
            and b.first_landed_at < public.month_after(month) and b.claimed_at >= month)
    then
        return 'a batch that is held or waits for its verdicts';
    end if;
    return null;
end $$;

create function old_months(parent text, before timestamptz)
returns table (month timestamptz, kept_for text, rows bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select m.month, case parent when 'landed_transactions' then public.landed_month_is_kept_for(m.month)
            else public.month_is_kept_for(m.month) end,
        greatest(c.reltuples, 0)::bigint
    from public.months_before(parent, before) m (month)
    join pg_class c on c.oid = to_regclass('public.' || quote_ident(public.month_name(parent, m.month)));
end;
comment on function old_months(text, timestamptz) is
    'Months of transactions or of landed_transactions that end by an instant, why one must stay, about how many rows.';

create function demand_free(kept_for text, month timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if kept_for is not null then
        raise exception using errcode = 'object_in_use', message = 'the month ' || month || ' is kept for ' || kept_for;
    end if;
end $$;

-- The keys of a month, and its alerts with all that belongs to them, so many at a time, in the order of the ids.
create function forget_transactions(month timestamptz, after text, most integer, out forgotten bigint, out last text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    ids text[];
begin
    perform public.demand_old(public.month_after(month)), public.demand_free(public.month_is_kept_for(month), month);
    select array_agg(transaction_id), max(transaction_id) into ids, last from (
        select t.transaction_id from public.transactions t
        where t.occurred_at >= month and t.occurred_at < public.month_after(month) and t.transaction_id > after
        order by t.transaction_id limit most) chunk;
    delete from public.alert_decisions d using public.alerts a
    where d.alert_id = a.alert_id and a.transaction_id = any(ids);
    delete from public.alert_attempts t using public.alerts a
    where t.alert_id = a.alert_id and a.transaction_id = any(ids);
    delete from public.alerts a where a.transaction_id = any(ids);
    delete from public.transaction_keys k where k.transaction_id = any(ids);
    get diagnostics forgotten = row_count;
end $$;

-- Locks in the order in which scoring takes them, and gives up where it would have to wait long.
create function drop_month(month timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '5s' as $$
declare
    parent text;
begin
    perform public.demand_old(public.month_after(month));
    lock table only public.transactions, only public.predictions, only public.verdicts in access exclusive mode;
    perform public.demand_free(public.month_is_kept_for(month), month);
    if exists (
        select from public.transactions t join public.transaction_keys k using (transaction_id)
        where t.occurred_at >= month and t.occurred_at < public.month_after(month))
    then
        raise exception using errcode = 'object_in_use', message = 'transactions of the month are not forgotten yet';
    end if;
    foreach parent in array array['predictions', 'verdicts', 'transactions'] loop
        execute 'drop table public.' || quote_ident(public.month_name(parent, month));
    end loop;
end $$;

create function drop_landed_month(month timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '5s' as $$
begin
    perform public.demand_old(public.month_after(month));
    lock table only public.landed_transactions in access exclusive mode;
    perform public.demand_free(public.landed_month_is_kept_for(month), month);
    execute 'drop table public.' || quote_ident(public.month_name('landed_transactions', month));
end $$;

-- Rows of tables that are not kept by month, at most so many; returns how many went.
create function delete_before(kind text, before timestamptz, most integer) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    gone bigint;
begin
    perform public.demand_old(before);
    case kind
        when 'labels' then
            delete from public.labels where label_id in (
                select label_id from public.labels where known_at < before order by known_at limit most);
        when 'validation_results' then
            delete from public.validation_results where result_id in (
                select result_id from public.validation_results where ran_at < before order by ran_at limit most);
        when 'quarantined_transactions' then
            delete from public.quarantined_transactions where quarantine_id in (
                select quarantine_id from public.quarantined_transactions
                where quarantined_at < before order by quarantined_at limit most);
        when 'batches' then
            delete from public.batches where batch_id in (
                select b.batch_id from public.batches b
                where b.claimed_at < before
                    and (b.state in ('scored', 'loaded') or b.state = 'held' and b.landed_count = 0)
                    and not exists (select from public.transactions t where t.batch_id = b.batch_id)
                    and not exists (select from public.quarantined_transactions q where q.batch_id = b.batch_id)
                    and not exists (select from public.validation_results r where r.batch_id = b.batch_id)
                order by b.claimed_at limit most);
        when 'delivery_reports' then
            delete from public.delivery_reports where report_id in (
                select report_id from public.delivery_reports
                where received_at < before and applied_at is not null order by received_at limit most);
        when 'staff_notices' then
            delete from public.staff_deliveries d using public.staff_notices n
            where d.notice_id = n.notice_id and n.created_at < before;
            delete from public.staff_notices where created_at < before;
        when 'channel_quotas' then
            delete from public.channel_quotas where ctid = any(array(
                select ctid from public.channel_quotas where day < before::date limit delete_before.most));
        else
            raise exception using errcode = 'invalid_parameter_value', message = 'nothing is deleted from ' || kind;
    end case;
    get diagnostics gone = row_count;
    return gone;
end $$;

-- What the lines above look up by batch.
create index quarantined_transactions_batch on quarantined_transactions (batch_id);
create index validation_results_batch on validation_results (batch_id);

revoke all on function demand_old(timestamptz), months_before(text, timestamptz), is_final(alerts),
    month_is_kept_for(timestamptz), landed_month_is_kept_for(timestamptz), old_months(text, timestamptz),
    demand_free(text, timestamptz), forget_transactions(timestamptz, text, integer), drop_month(timestamptz),
    drop_landed_month(timestamptz), delete_before(text, timestamptz, integer) from public;
grant execute on function old_months(text, timestamptz), forget_transactions(timestamptz, text, integer),
    drop_month(timestamptz), drop_landed_month(timestamptz), delete_before(text, timestamptz, integer) to jikimi;
