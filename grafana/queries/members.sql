-- The newest panels; the shares are of the time range.
with chosen as (
    select * from reporting.members
    where panel_id in (${panel:sqlstring}) and member in (${member:sqlstring})
    order by panel_id desc, member limit 100
), voted as (
    select panel_id, member, sum(fraud_rows)::double precision / nullif(sum(voted_rows), 0) as fraud_share,
        max(expected_fraud_share) as expected_share
    from reporting.member_votes where $__timeFilter(measured_until) group by panel_id, member
)
select c.panel_id, c.panel_state as state, c.member, c.model_name, c.model_version, c.threshold, v.fraud_share,
    v.expected_share
from chosen c left join voted v using (panel_id, member) order by c.panel_id desc, c.member
