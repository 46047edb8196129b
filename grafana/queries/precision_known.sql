-- Of the newest day whose labels are known; null before the first one.
select (
    select precision from reporting.performance
    where delay_days > 0 and precision is not null
    order by day_until desc, delay_days desc limit 1
) as precision
