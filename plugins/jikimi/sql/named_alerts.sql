-- What a person typed: an alert's number or its reference, which wins where it could be both.
select k.key, coalesce(r.alert_id, n.alert_id) as alert_id
from unnest(%(keys)s::text[]) with ordinality k (key, place)
left join alerts r on r.reference = upper(k.key)
left join alerts n on n.alert_id = case when k.key ~ '^[0-9]{1,18}$' then k.key::bigint end
order by k.place
