-- Applied, whether it changed something or not; the report itself stays as it came.
update delivery_reports set applied_at = clock_timestamp() where report_id = any(%(report_ids)s)
