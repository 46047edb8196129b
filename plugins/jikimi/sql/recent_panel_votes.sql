-- How often a panel was unanimous in its last windows, the newest first.
select measured_until, scored_rows, unanimous_rows as fraud_rows
from panel_votes
where panel_id = %(panel_id)s and not is_shadow and measured_until > %(since)s and measured_until <= %(until)s
order by measured_until desc
