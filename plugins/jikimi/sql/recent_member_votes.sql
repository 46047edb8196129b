-- How the members of a panel voted in its last windows, the newest first.
select member, measured_until, scored_rows, fraud_rows, missing_rows, score_low, score_high
from member_votes
where panel_id = %(panel_id)s and not is_shadow and measured_until > %(since)s and measured_until <= %(until)s
order by member, measured_until desc
