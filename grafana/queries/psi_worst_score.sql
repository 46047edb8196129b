-- Null before the first window with enough rows: the panel says so in words.
select max(psi) as psi from reporting.drift_now where kind = 'score'
