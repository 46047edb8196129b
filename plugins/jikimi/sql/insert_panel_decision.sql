-- Who decided what, when and why, with the figures of that day; never changed afterwards.
insert into panel_decisions (panel_id, decision, sentence, decided_by, replaced_panel_id, figures, champion_figures)
select panel_id, %(decision)s, %(sentence)s, %(decided_by)s, %(replaced_panel_id)s,
    figures || %(details)s::jsonb, champion_figures
from panels where panel_id = %(panel_id)s
