-- On fraud they may differ although they agree on nearly all rows: fraud is rare.
select member, other, sum(both_rows) as both_rows, sum(agreeing_rows) as agreeing_rows,
    sum(agreeing_rows)::double precision / nullif(sum(both_rows), 0) as agreement_share,
    sum(both_fraud_rows)::double precision / nullif(sum(either_fraud_rows), 0) as fraud_agreement_share
from reporting.member_agreements
where $__timeFilter(measured_until)
    and panel_id in (${panel:sqlstring}) and member in (${member:sqlstring}) and member < other
group by member, other order by agreement_share
