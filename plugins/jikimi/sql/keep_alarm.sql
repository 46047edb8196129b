-- An alarm goes on or begins. One that ended a moment ago goes on, too: staff are told of one fault once.
with going_on as (
    update monitor_alarms set closed_at = null, last_seen_at = %(now)s, figures = %(figures)s, panel_id = %(panel_id)s,
        sentence_ko = %(sentence_ko)s, sentence_en = %(sentence_en)s
    where alarm_id = (
        select max(alarm_id) from monitor_alarms
        where kind = %(kind)s and subject = %(subject)s and panel_id is not distinct from %(panel_id)s
            and (closed_at is null or (closed_at > %(now)s - %(quiet)s and told_closed_at is null)))
    returning alarm_id
)
insert into monitor_alarms (kind, part, subject, panel_id, opened_at, last_seen_at, figures, sentence_ko, sentence_en, link)
select %(kind)s, %(part)s, %(subject)s, %(panel_id)s, %(now)s, %(now)s, %(figures)s, %(sentence_ko)s, %(sentence_en)s,
    %(link)s
where not exists (select from going_on)
on conflict (kind, subject) where closed_at is null do nothing
