-- Months of the tables that are kept by month: made when a row needs them, or ahead of time.

-- The month in which an instant lies, in UTC whatever the session's zone is.
create function month_of(at timestamptz) returns timestamptz
language sql stable set timezone = 'UTC'
return date_trunc('month', at);

create function month_after(month timestamptz) returns timestamptz
language sql stable set timezone = 'UTC'
return month + interval '1 month';

create function month_name(parent text, month timestamptz) returns text
language sql stable set timezone = 'UTC'
return parent || to_char(month, '_YYYY_MM');

-- Made beside the table and attached when it is whole: readers and writers of the table are not held up meanwhile.
create function attach_month(parent text, month timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
begin
    execute 'alter table public.' || quote_ident(parent) || ' attach partition public.'
        || quote_ident(public.month_name(parent, month)) || ' for values from (' || quote_literal(month) || ') to ('
        || quote_literal(public.month_after(month)) || ')';
end $$;

create function create_month(parent text, month timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    execute 'create table public.' || quote_ident(public.month_name(parent, month)) || ' (like public.'
        || quote_ident(parent) || ' including defaults including constraints including indexes including storage)';
end $$;

create function is_month_there(parent text, month timestamptz) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
return to_regclass('public.' || quote_ident(public.month_name(parent, month))) is not null;

-- A verdict points at its transaction within their month only: months can then be dropped without looking at others.
create function make_month(month timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform public.create_month(parent, month) from unnest(array['transactions', 'verdicts', 'predictions']) parent;
    execute 'alter table public.' || quote_ident(public.month_name('verdicts', month))
        || ' add constraint verdicts_have_a_transaction foreign key (transaction_id, occurred_at) references public.'
        || quote_ident(public.month_name('transactions', month));
    perform public.attach_month(parent, month) from unnest(array['transactions', 'verdicts', 'predictions']) parent;
end $$;

-- Called before rows are written. Where all months are there it costs a look into the catalogue for each.
create function ensure_months(instants timestamptz[]) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    month timestamptz;
    made  integer := 0;
begin
    for month in
        select distinct public.month_of(at) from unnest(instants) at where isfinite(at) order by 1
    loop
        continue when public.is_month_there('transactions', month);
        -- One at a time; who waited finds the month there. A lock on the table, because it makes the session look anew.
        lock table only public.transactions in share update exclusive mode;
        continue when public.is_month_there('transactions', month);
        perform public.make_month(month);
        made := made + 1;
    end loop;
    return made;
end $$;
comment on function ensure_months(timestamptz[]) is
    'Makes the months of transactions, verdicts and predictions in which these lie; returns how many were missing.';

-- Producers cannot make months, so landed rows have some ahead of time, and a default for those that find none. Its
-- rows move to their month here.
create function ensure_landed_months(ahead integer) returns integer
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '5s' as $$
declare
    month timestamptz;
    made  integer := 0;
begin
    lock table only public.landed_transactions in share update exclusive mode;
    for month in
        select public.month_of(now()) + make_interval(months => number) from generate_series(0, ahead) number
        union
        select public.month_of(landed_at) from public.landed_transactions_default
        order by 1
    loop
        continue when public.is_month_there('landed_transactions', month);
        lock table public.landed_transactions_default in access exclusive mode;
        perform public.create_month('landed_transactions', month);
        execute 'with moved as (delete from public.landed_transactions_default where landed_at >= $1 and landed_at < $2'
            || ' returning *) insert into public.' || quote_ident(public.month_name('landed_transactions', month))
            || ' select * from moved' using month, public.month_after(month);
        perform public.attach_month('landed_transactions', month);
        made := made + 1;
    end loop;
    return made;
end $$;
comment on function ensure_landed_months(integer) is
    'Makes this month of landed_transactions and so many after it, and those of rows that found none.';

revoke all on function month_of(timestamptz), month_after(timestamptz), month_name(text, timestamptz),
    attach_month(text, timestamptz), create_month(text, timestamptz), is_month_there(text, timestamptz),
    make_month(timestamptz), ensure_months(timestamptz[]), ensure_landed_months(integer) from public;
grant execute on function ensure_months(timestamptz[]), ensure_landed_months(integer) to jikimi;
