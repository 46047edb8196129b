-- As before, with what monitors measured and what backfills did: looks every few minutes, for ever, are many rows.
create or replace function delete_before(kind text, before timestamptz, most integer) returns bigint
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
        when 'backfill_parts' then
            -- What a part says of itself is of use as long as one of its scores is there.
            delete from public.backfill_parts where part_id in (
                select p.part_id from public.backfill_parts p
                where p.scored_at < before and not exists (
                    select from public.backfill_scores s
                    where s.panel_id = p.panel_id and s.occurred_at >= p.rows_from and s.occurred_at < p.rows_until
                        and s.part_id = p.part_id)
                order by p.scored_at limit most);
        when 'panel_votes', 'member_votes', 'member_agreements', 'drift_measures', 'performance_measures',
            'data_measures'
        then
            execute 'delete from public.' || quote_ident(kind) || ' where ctid = any(array(select ctid from public.'
                || quote_ident(kind) || ' where measured_until < $1 limit $2))' using before, most;
        else
            raise exception using errcode = 'invalid_parameter_value', message = 'nothing is deleted from ' || kind;
    end case;
    get diagnostics gone = row_count;
    return gone;
end $$;
