-- Training data that the checks refused, and trainings asked for six hours ago that made no panel.
select (select count(*) from reporting.validation_results
        where subject = 'training' and not is_success and $__timeFilter(ran_at))
    + (select count(*) from reporting.training_requests r
        where $__timeFilter(r.requested_at) and r.requested_at < now() - interval '6 hours'
            and not exists (select from reporting.panels p where p.created_at > r.requested_at)) as trainings
