-- What is wrong now, whatever the time range; the sentence has the figures.
select kind, subject, opened_at, sentence_@language@ as sentence,
    regexp_replace(link, '^/d/([a-z-]+)', '/d/\1@suffix@') as link
from reporting.monitor_alarms
where state = 'open' and part = 'drift' order by opened_at desc limit 50
