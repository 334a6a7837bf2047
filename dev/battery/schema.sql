-- The battery database the fleet pipeline reads: the owner's schema, not ours. One row per set of batteries a device has had.
create schema if not exists battery;

create table if not exists battery.batteries (
  battery_id bigint primary key,
  device_id text not null,
  battery_type text not null,
  installed_on date not null,
  replaced_on date,
  -- Personal data: whoever changed them, and what they wrote.
  technician text,
  remarks text,
  updated_at timestamptz not null default now()
);

create index if not exists batteries_cursor on battery.batteries (updated_at);
create index if not exists batteries_device on battery.batteries (device_id);

-- now() is the start of the transaction: a row may become visible long after the time it carries.
create or replace function battery.stamp_updated_at() returns trigger language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end
$$;

create or replace trigger batteries_updated_at before update on battery.batteries
  for each row execute function battery.stamp_updated_at();
