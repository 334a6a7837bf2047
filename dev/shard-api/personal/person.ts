import { type Draw, type Tag, tagOf } from '../fleet/draw.ts';
import type { JsonObject } from '../json.ts';
import { markOf } from './mark.ts';

const FIRST = [
  'Anna',
  'José',
  'Zoë',
  'Mehmet',
  'Ingrid',
  'Łukasz',
  'Chiara',
  "D'Arcy",
  '李',
  'Søren',
] as const;
const LAST = ['Schulz', 'Ångström', 'García', 'Öztürk', 'van der Berg', 'Nowak', 'Rossi', 'Müller'] as const;
const STREETS = ['Lindenweg', 'Rue de la Paix', 'Main Street', 'Calle Mayor', 'Çınar Sokak'] as const;
const CITIES = ['Köln', 'Lyon', 'Utrecht', 'Kraków', 'Málaga', 'Aarhus'] as const;

const SALT = {
  first: tagOf('first name'),
  last: tagOf('last name'),
  email: tagOf('email'),
  phone: tagOf('phone'),
  street: tagOf('street'),
  postcode: tagOf('postcode'),
  city: tagOf('city'),
  text: tagOf('free text'),
} as const;

/** Makes the values of one person of an entity, all marked. `who` tells several persons of an entity apart. */
export const nameOf = (draw: Draw, who: Tag): string =>
  `${draw.pick(who ^ SALT.first, FIRST)} ${draw.pick(who ^ SALT.last, LAST)} ${markOf(draw, who)}`;

export const emailOf = (draw: Draw, who: Tag): string =>
  `${draw.pick(who ^ SALT.last, ['a', 'info', 'home', 'j.s'])}.${markOf(draw, who ^ SALT.email)}@example.test`;

export const phoneOf = (draw: Draw, who: Tag): string =>
  `+49 ${draw.whole(who ^ SALT.phone, 150, 179)} ${markOf(draw, who ^ SALT.phone)}`;

/** Free text as people write it, with a name and a token in it. */
export const noteOf = (draw: Draw, who: Tag): string =>
  `Spoke to ${nameOf(draw, who)}; key under the mat.\nLogin token=${markOf(draw, who ^ SALT.text)} "do not share"`;

export const contactOf = (draw: Draw, who: Tag): JsonObject => ({
  name: nameOf(draw, who),
  email: emailOf(draw, who),
  phone: phoneOf(draw, who),
});

export const addressOf = (draw: Draw, who: Tag): JsonObject => ({
  street: `${draw.pick(who ^ SALT.street, STREETS)} ${draw.whole(who, 1, 180)} ${markOf(draw, who ^ SALT.street)}`,
  postcode: `${draw.whole(who ^ SALT.postcode, 10_000, 99_999)} ${markOf(draw, who ^ SALT.postcode)}`,
  city: `${draw.pick(who ^ SALT.city, CITIES)} ${markOf(draw, who ^ SALT.city)}`,
});
