-- How long ago the newest live batch was claimed, by the index on claimed_at; null where that is long ago.
select extract(epoch from clock_timestamp() - max(claimed_at))::float8 as seconds
from batches where source = 'live' and claimed_at > statement_timestamp() - interval '1 minute'
