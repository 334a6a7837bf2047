-- Fails with every week and version whose counts contradict one another, or, in the last two weeks, the days they are made of.
select w.week_start, w.embedded_version
from {{ ref('devices_offline_per_firmware_week') }} as w
left join (
  select {{ week_of('queried_date') }} as week_start, embedded_version, count(*) as device_days
  from {{ ref('last_updates_per_day') }}
  where counts and queried_date >= {{ week_of(as_of()) }} - 7 and queried_date < {{ week_of(as_of()) }} + 7
  group by 1, 2
) as d on d.week_start = w.week_start and d.embedded_version = w.embedded_version
where w.devices_went_offline > w.devices
   or w.devices_off_throughout > w.devices
   or w.offline_device_days > w.device_days
   or w.device_days < w.devices
   or (w.week_start >= {{ week_of(as_of()) }} - 7 and w.device_days is distinct from d.device_days)
