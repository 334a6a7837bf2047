-- Fails with every day of the last week that has another number of devices in gold than in silver: a join doubled or dropped rows, or a
-- month was not built anew.
select coalesce(g.queried_date, s.queried_date) as queried_date, g.devices as in_gold, s.devices as in_silver
from (
  select queried_date, count(*) as devices from {{ ref('last_updates_per_day') }}
  where queried_date > {{ as_of() }} - 7 and queried_date <= {{ as_of() }}
  group by queried_date
) as g
full join (
  select queried_date, count(*) as devices from {{ ref('stg_last_updates_per_day') }}
  where queried_date > {{ as_of() }} - 7 and queried_date <= {{ as_of() }}
  group by queried_date
) as s on s.queried_date = g.queried_date
where g.devices is distinct from s.devices
