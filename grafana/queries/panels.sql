-- As it is now, whatever the time range.
select p.panel_id, p.state, p.policy,
    (select string_agg(m.member, ', ' order by m.member) from reporting.members m
     where m.panel_id = p.panel_id) as members, p.messages_per_10k, p.trained_until as trained_until_at, p.created_at, p.promoted_at, p.mlflow_run_id, p.decision
from reporting.panels p where p.panel_id in (${panel:sqlstring}) order by p.panel_id desc limit 20
