import { type Draw, tagOf } from '../fleet/draw.ts';
import type { JsonObject } from '../json.ts';
import { markOf } from './mark.ts';
import { addressOf, contactOf, emailOf, nameOf, noteOf } from './person.ts';

const OWNER = tagOf('owner');
const INSTALLER = tagOf('installer');
const GUEST = tagOf('guest');
const HELPER = tagOf('helper');
const NETWORK = tagOf('network');
const SOME = {
  emergency: tagOf('has emergency contact'),
  shared: tagOf('is shared'),
  keyed: tagOf('keyed by email'),
  session: tagOf('support session'),
  presence: tagOf('presence log'),
  replaced: tagOf('battery replaced by'),
  annotated: tagOf('annotated'),
  reviewed: tagOf('reviewed'),
} as const;

/** `value` for this share of devices, nothing for the others. */
const forSome = (draw: Draw, which: number, share: number, value: () => JsonObject): JsonObject =>
  draw.chance(which, share) ? value() : {};

/** Personal keys beside a device's state. Some stand there only for some devices; a few are e-mail addresses themselves. */
export const personalOfState = (draw: Draw): JsonObject => ({
  owner: {
    ...contactOf(draw, OWNER),
    ...forSome(draw, SOME.emergency, 0.1, () => ({ emergency_contact: contactOf(draw, HELPER) })),
  },
  installer_notes: noteOf(draw, INSTALLER),
  address: addressOf(draw, OWNER),
  ...forSome(draw, SOME.shared, 0.08, () => ({
    shared_with: {
      [emailOf(draw, GUEST)]: 'guest',
      [emailOf(draw, HELPER)]: { since: nameOf(draw, HELPER) },
    },
  })),
  ...forSome(draw, SOME.keyed, 0.03, () => ({ [emailOf(draw, OWNER)]: { role: 'owner' } })),
  ...forSome(draw, SOME.session, 0.05, () => ({
    support_session: { token: markOf(draw, SOME.session), agents: [nameOf(draw, HELPER)] },
  })),
});

/** Personal keys inside the objects of a state. */
export const personalOfSensors = (draw: Draw): JsonObject =>
  forSome(draw, SOME.presence, 0.05, () => ({ presence_log: [noteOf(draw, GUEST)] }));
export const personalOfFirmware = (draw: Draw): JsonObject => ({ uploaded_by: emailOf(draw, INSTALLER) });
export const personalOfBattery = (draw: Draw): JsonObject =>
  forSome(draw, SOME.replaced, 0.1, () => ({ replaced_by: nameOf(draw, INSTALLER) }));
export const personalOfConnectivity = (draw: Draw): JsonObject => ({
  ssid: `Home of ${markOf(draw, NETWORK)}`,
  mac: markOf(draw, NETWORK, 1),
});
export const personalOfConfiguration = (draw: Draw): JsonObject => ({
  display_name: nameOf(draw, OWNER),
  contact_email: emailOf(draw, OWNER),
  wifi_password: markOf(draw, NETWORK, 2),
  cloud_token: markOf(draw, NETWORK, 3),
});

/** Personal keys of a thermostat in the hierarchy. */
export const personalOfThermostat = (draw: Draw): JsonObject => ({
  label: `Radiator of ${nameOf(draw, OWNER)}`,
  pairing_code: markOf(draw, NETWORK, 4),
  ...forSome(draw, SOME.keyed, 0.03, () => ({ [emailOf(draw, OWNER)]: true })),
});

/** Personal keys beside and inside a day's aggregates. */
export const personalOfAggregate = (draw: Draw, bucket: number): JsonObject => ({
  location: addressOf(draw, OWNER),
  ...(draw.chance(SOME.annotated, 0.1, bucket)
    ? { annotations: [{ author: nameOf(draw, HELPER), text: noteOf(draw, HELPER) }] }
    : {}),
});
export const personalOfRange = (draw: Draw, bucket: number): JsonObject =>
  draw.chance(SOME.reviewed, 0.05, bucket) ? { reviewed_by: emailOf(draw, HELPER) } : {};
