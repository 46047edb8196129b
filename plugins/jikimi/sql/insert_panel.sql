-- A trained panel waits as a candidate until its figures are judged.
insert into panels (state, policy, messages_per_10k, mlflow_run_id, trained_from, trained_until, judged_from, judged_until, figures)
values ('candidate', %(policy)s, %(messages_per_10k)s, %(mlflow_run_id)s, %(trained_from)s, %(trained_until)s,
    %(judged_from)s, %(judged_until)s, %(figures)s)
returning panel_id
