-- What only the database knows to be wrong with rows of a file: a channel without an address, a consent taken back since.
select n.row, n.channel, c.withdrawn_at,
    n.needs_address and n.address is null and c.address is null as has_no_address
from json_to_recordset(%(rows)s::json) as n (
    row bigint, customer_id text, channel text, needs_address boolean, address text, consented_at timestamptz)
left join customer_channels c using (customer_id, channel)
where (n.needs_address and n.address is null and c.address is null) or n.consented_at <= c.withdrawn_at
order by n.row, n.channel
