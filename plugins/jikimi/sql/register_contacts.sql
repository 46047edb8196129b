-- A channel that the customer chose before is never replaced.
update customers c
set channel = 'kakao_friends', kakao_uuid = given.uuid, consented_at = coalesce(c.consented_at, clock_timestamp())
from unnest(%(customer_ids)s::text[], %(uuids)s::text[]) as given (customer_id, uuid)
where c.customer_id = given.customer_id and c.channel is null
