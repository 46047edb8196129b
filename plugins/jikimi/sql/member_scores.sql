-- The scores that each member gave in a window.
select panel_id, member, min(score) as score_low, max(score) as score_high, avg(score) as score_mean,
    percentile_cont(0.5) within group (order by score) as score_p50,
    percentile_cont(0.95) within group (order by score) as score_p95,
    percentile_cont(0.99) within group (order by score) as score_p99
from predictions
where scored_at >= %(since)s and scored_at < %(until)s
group by panel_id, member
