-- One panel with its members, their versions, and whatever was decided about it.
select p.panel_id, p.state, p.policy, p.messages_per_10k, p.mlflow_run_id, p.trained_from, p.trained_until,
    p.judged_from, p.judged_until, p.created_at, p.promoted_at, p.retired_at, p.decided_at, p.decided_by, p.decision,
    p.figures, p.champion_figures,
    (select coalesce(json_agg(json_build_object('name', m.member, 'model_name', m.model_name,
        'model_version', m.model_version, 'threshold', m.threshold, 'sha256', m.artifact_sha256) order by m.member), '[]')
        from panel_members m where m.panel_id = p.panel_id) as members
from panels p where p.panel_id = %(panel_id)s
