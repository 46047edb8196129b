-- Nothing scored is a share of nothing: 0, not a division by zero.
with scored as (
    select count(*) as rows from reporting.scored_transactions
    where $__timeFilter(scored_at) and category in (${category:sqlstring})
), fraud as (
    select count(*) as rows from reporting.unanimous_fraud
    where $__timeFilter(scored_at) and category in (${category:sqlstring})
)
select coalesce(fraud.rows::double precision / nullif(scored.rows, 0), 0) as share from scored, fraud
