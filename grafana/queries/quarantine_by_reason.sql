-- A row counts once for each of its reasons.
select reason, count(*) as rows from reporting.quarantine_reasons
where $__timeFilter(quarantined_at)
group by reason order by rows desc, reason
