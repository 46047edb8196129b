-- What the rows looked like on which a panel was judged; nothing for panels of before the monitors.
select kind, name, reference_rows as rows, reference as content
from panel_references where panel_id = %(panel_id)s order by kind, name
