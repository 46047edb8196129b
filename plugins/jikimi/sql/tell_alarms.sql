-- Alarms that staff do not know of, and ends that have lasted: marked as told in the transaction that writes the notice.
with news as (
    select alarm_id, told_opened_at is not null as is_over from monitor_alarms
    where (told_opened_at is null and closed_at is null)
        or (told_opened_at is not null and told_closed_at is null and closed_at <= %(now)s - %(quiet)s)
    for update
), told as (
    update monitor_alarms a set told_opened_at = coalesce(a.told_opened_at, %(now)s),
        told_closed_at = case when n.is_over then %(now)s end
    from news n where n.alarm_id = a.alarm_id
    returning a.alarm_id, n.is_over, a.sentence_ko, a.sentence_en, a.link
)
select is_over, sentence_ko, sentence_en, link from told order by is_over, alarm_id
