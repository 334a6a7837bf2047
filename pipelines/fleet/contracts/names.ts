import { text } from '#shared/pipeline/field.ts';

/** Ids and versions as patterns, so that nothing somebody typed can pass for one. */
export const deviceId = text({ pattern: '^d-[0-9]{7,9}$', description: 'Thermostat, e.g. d-0000001.' });
/** Customers are slices too, so their ids stand in the ledger and in logs. */
export const CUSTOMER_ID = '^c-[0-9]{5,8}$';
export const customerId = text({ pattern: CUSTOMER_ID, description: 'Customer, e.g. c-00001.' });
export const shardName = text({
  pattern: '^[a-z][a-z0-9]{0,20}$',
  description: 'API shard that answered; filled in by the engine.',
});
export const siteId = text({
  pattern: '^st-[0-9]{1,8}(?:-[0-9]{1,8})?$',
  description: 'Site of the customer.',
});
export const roomId = text({ pattern: '^rm-[0-9]{1,8}(?:-[0-9]{1,8})?$', description: 'Room of the site.' });

/** Months that raw states and aggregates are kept (`retention` of their bronze models): what is older is a reject. */
export const KEPT_MONTHS = 13;
/** What is dated further beyond now has not happened, and is a reject. */
export const BELIEVED_DAYS = 1;
