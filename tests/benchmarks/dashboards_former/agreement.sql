-- Of what most members call fraud: how much do all of them call fraud?
with unanimous as (
    select count(*) as rows from reporting.unanimous_fraud
    where $__timeFilter(scored_at) and category in (${category:sqlstring})
), majority as (
    select count(*) as rows from reporting.majority_fraud
    where $__timeFilter(scored_at) and category in (${category:sqlstring})
)
select unanimous.rows as all_agree, majority.rows - unanimous.rows as most_agree from unanimous, majority
