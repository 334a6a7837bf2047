-- Fails with every customer whose devices on line and off line are not those seen.
select customer_id
from {{ ref('customer_figures') }}
where devices_online + devices_offline <> devices_seen
