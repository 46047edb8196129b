-- Whatever was decided about a panel, oldest first.
select decision, sentence, decided_by, decided_at, replaced_panel_id, figures, champion_figures
from panel_decisions where panel_id = %(panel_id)s order by decision_id
