-- The newest first; what a challenger says is chosen by its number.
select panel_id::text as panel from reporting.panels order by panel_id desc limit 50
