-- The newest window of the champion; the worst first. The row without a name says why there is none.
select kind, name, psi, previous_psi, missing_share, reference_missing_share, unseen_share, window_rows,
    measured_until as measured_at, state, case when is_calendar then 'yes' else 'no' end as is_calendar
from reporting.drift_now order by psi desc nulls last, kind, name
