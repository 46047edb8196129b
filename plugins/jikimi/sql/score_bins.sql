-- How many scores of each member of a panel fell into each bin of its reference, in a window. The edges are read once, and
-- not for every score.
with edges as materialized (
    select name as member, array(
        select edge::double precision from jsonb_array_elements_text(reference -> 'edges') with ordinality e (edge, place)
        order by place) as edges
    from panel_references where panel_id = %(panel_id)s and kind = 'score'
)
select p.member, width_bucket(p.score, e.edges) as bin, count(*) as rows
from predictions p join edges e using (member)
where p.panel_id = %(panel_id)s and p.scored_at >= %(since)s and p.scored_at < %(until)s
group by 1, 2
