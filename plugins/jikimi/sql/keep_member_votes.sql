-- How a member voted in a window, and the scores that it gave.
insert into member_votes (panel_id, member, is_shadow, measured_from, measured_until, scored_rows, fraud_rows,
    missing_rows, score_low, score_high, score_mean, score_p50, score_p95, score_p99)
values (%(panel_id)s, %(member)s, %(is_shadow)s, %(since)s, %(until)s, %(scored_rows)s, %(fraud_rows)s,
    %(missing_rows)s, %(score_low)s, %(score_high)s, %(score_mean)s, %(score_p50)s, %(score_p95)s, %(score_p99)s)
on conflict (panel_id, member, is_shadow, measured_until) do update set scored_rows = excluded.scored_rows,
    fraud_rows = excluded.fraud_rows, missing_rows = excluded.missing_rows, score_low = excluded.score_low,
    score_high = excluded.score_high, score_mean = excluded.score_mean, score_p50 = excluded.score_p50,
    score_p95 = excluded.score_p95, score_p99 = excluded.score_p99
