import { Draw, tagOf } from '../fleet/draw.ts';
import type { JsonObject } from '../json.ts';
import { markOf } from './mark.ts';
import { addressOf, contactOf, emailOf, nameOf, noteOf } from './person.ts';

const CUSTOMER = tagOf('customer');
const CONTACT = tagOf('contact');
const BILLING = tagOf('billing');
const NOTE = tagOf('note');
const HAS_NOTE = tagOf('has note');
const BANK = tagOf('bank');
const DOOR = tagOf('door');

/** What is drawn about the people of a customer. */
export const customerDraw = (seed: number, customer: number): Draw => new Draw(seed, CUSTOMER, customer);

/** Personal keys of a customer in the list. */
export const personalOfCustomer = (draw: Draw): JsonObject => ({
  name: nameOf(draw, CONTACT),
  billing: { ...contactOf(draw, BILLING), iban: markOf(draw, BANK), address: addressOf(draw, BILLING) },
  ...(draw.chance(HAS_NOTE, 0.3) ? { account_notes: noteOf(draw, NOTE) } : {}),
  ...(draw.chance(HAS_NOTE, 0.1)
    ? { logins: { [emailOf(draw, CONTACT)]: { token: markOf(draw, NOTE) } } }
    : {}),
});

/** Personal keys of a site, the `site`-th of its customer. */
export const personalOfSite = (draw: Draw, site: number): JsonObject => ({
  address: addressOf(draw, DOOR + site),
  caretaker: contactOf(draw, CONTACT + site),
  ...(draw.chance(DOOR, 0.2, site) ? { door_code: markOf(draw, DOOR, site) } : {}),
});

/** Personal keys of a room. */
export const personalOfRoom = (draw: Draw, room: number): JsonObject => ({
  name: `Room of ${nameOf(draw, NOTE + room)}`,
  ...(draw.chance(NOTE, 0.2, room) ? { occupants: [{ [emailOf(draw, NOTE + room)]: 'tenant' }] } : {}),
});
