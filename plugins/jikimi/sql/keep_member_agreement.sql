-- How often two members of a panel voted alike in a window.
insert into member_agreements (panel_id, member, other, is_shadow, measured_from, measured_until, both_rows,
    agreeing_rows, both_fraud_rows)
values (%(panel_id)s, %(member)s, %(other)s, %(is_shadow)s, %(since)s, %(until)s, %(both_rows)s, %(agreeing_rows)s,
    %(both_fraud_rows)s)
on conflict (panel_id, member, other, is_shadow, measured_until) do update set both_rows = excluded.both_rows,
    agreeing_rows = excluded.agreeing_rows, both_fraud_rows = excluded.both_fraud_rows
