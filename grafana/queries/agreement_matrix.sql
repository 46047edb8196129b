-- Each pair in both orders, so that the matrix has both halves; what a challenger says is left out.
select member, other, sum(agreeing_rows)::double precision / nullif(sum(both_rows), 0) as agreement
from reporting.member_agreements
where $__timeFilter(measured_until)
    and panel_id in (${panel:sqlstring}) and member in (${member:sqlstring}) and not is_shadow
group by member, other order by member, other
