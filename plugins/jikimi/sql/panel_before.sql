-- Who was champion before this panel's promotion; panels from before decisions were kept are known by their instants.
select coalesce(
    (select d.replaced_panel_id from panel_decisions d
        where d.panel_id = %(panel_id)s and d.decision = 'promoted' order by d.decision_id limit 1),
    (select p.panel_id from panels p
        where p.state = 'retired' and p.promoted_at < (select promoted_at from panels where panel_id = %(panel_id)s)
            and not exists (select from panel_decisions d where d.panel_id = %(panel_id)s and d.decision = 'promoted')
            and not exists (select from panel_decisions d where d.replaced_panel_id = p.panel_id
                and d.decision = 'rolled_back')
        order by p.promoted_at desc limit 1)
) as panel_id
