-- What came of a day's messages.
insert into performance_measures (panel_id, measured_from, measured_until, delay_days, scored_rows, active_customers,
    messages, hits, frauds, amount_caught, amount_missed, estimated_hits, estimated_frauds)
values (%(panel_id)s, %(since)s, %(until)s, %(delay_days)s, %(scored_rows)s, %(active_customers)s, %(messages)s,
    %(hits)s, %(frauds)s, %(amount_caught)s, %(amount_missed)s, %(estimated_hits)s, %(estimated_frauds)s)
on conflict (panel_id, measured_until, delay_days) do nothing
