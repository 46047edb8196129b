-- Many at one merchant point at the merchant.
select merchant, sum(unanimous_rows)::bigint as fraud from reporting.scored_by_merchant($__timeFrom(), $__timeTo())
where category in (${category:sqlstring}) and unanimous_rows > 0
group by merchant order by fraud desc, merchant limit 10
