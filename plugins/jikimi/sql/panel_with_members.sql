-- A panel with its members: the one in a state that only one can have, or the one of that number.
select p.panel_id, p.policy, p.mlflow_run_id, p.messages_per_10k, p.figures,
    json_agg(json_build_object('name', m.member, 'model_name', m.model_name, 'model_version', m.model_version,
        'threshold', m.threshold, 'sha256', m.artifact_sha256) order by m.member) as members
from panels p join panel_members m using (panel_id)
where p.state = %(state)s or p.panel_id = %(panel_id)s
group by p.panel_id
