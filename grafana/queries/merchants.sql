-- Where customers buy now.
select merchant, sum(rows)::bigint as transactions from reporting.scored_by_merchant($__timeFrom(), $__timeTo())
where category in (${category:sqlstring})
group by merchant order by transactions desc, merchant limit 10
