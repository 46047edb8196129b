-- The statements of a batch take milliseconds; starting processes to share one takes ten.
set local max_parallel_workers_per_gather = 0
