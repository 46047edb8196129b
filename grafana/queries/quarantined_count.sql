-- A row with three reasons is one row.
select count(distinct quarantine_id) as quarantined from reporting.quarantine_reasons
where $__timeFilter(quarantined_at)
