-- Currencies are never added up.
select currency, sum(unanimous_amount)::double precision as amount from reporting.scored_by_currency($__timeFrom(), $__timeTo())
where category in (${category:sqlstring}) and unanimous_rows > 0
group by currency order by amount desc
