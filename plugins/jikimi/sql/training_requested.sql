-- When drift last started a training, and whether it was this run that did.
select max(requested_at) as requested_at, coalesce(bool_or(run_id = %(run_id)s), false) as is_ours
from training_requests
