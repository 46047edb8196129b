-- Shares of each group, because fraud is too rare to be seen beside counts of all; bounds 1, 2, 5, 10, … fit any currency.
with priced as (
    select amount::numeric as amount, is_unanimous from reporting.scored_transactions
    where $__timeFilter(scored_at) and category in (${category:sqlstring})
), scaled as (
    select is_unanimous, amount, power(10::numeric, floor(log(amount))) as decade from priced
), banded as (
    select is_unanimous, decade * case when amount >= 5 * decade then 5 when amount >= 2 * decade then 2 else 1 end as band
    from scaled
), counted as (
    select band, count(*) as rows, count(*) filter (where is_unanimous) as fraud from banded group by band
)
select 'from ' || trim_scale(band) as amount, rows / sum(rows) over () as "all",
    coalesce(fraud / nullif(sum(fraud) over (), 0), 0) as unanimous
from counted order by band
