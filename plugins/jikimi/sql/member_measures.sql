-- What each member of a panel reached when the panel was judged.
select member, json_object_agg(measure, value order by measure) as figures
from panel_measures where panel_id = %(panel_id)s and member <> 'panel'
    and measured_until = (select judged_until from panels where panel_id = %(panel_id)s)
group by member
