-- Why a training was started that nobody asked for.
select requested_at, panel_id, sentence from reporting.training_requests
where $__timeFilter(requested_at) and panel_id in (${panel:sqlstring}) order by requested_at desc limit 50
