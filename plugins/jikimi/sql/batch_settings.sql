-- The statements of a batch take milliseconds: starting processes to share one takes ten, and a sort that spills into a
-- file takes twice its time. Instants come as text in one way, whatever somebody set.
select set_config('datestyle', 'ISO', true), set_config('max_parallel_workers_per_gather', '0', true), set_config('work_mem', '32MB', true)
