import { Draw, tagOf } from './draw.ts';
import type { Customer, Fleet } from './fleet.ts';

const CUSTOMER = tagOf('customer sites');
const SITE_SIZE = tagOf('site size');
const ROOM_SIZE = tagOf('room size');

/** Where a device hangs; sites and rooms are numbered from 1 within their customer. */
export interface Place {
  readonly site: number;
  readonly room: number;
}

/** Where every device of every customer hangs. Laid out once per customer that is asked for. */
export class Sites {
  readonly #fleet: Fleet;
  readonly #layouts = new Map<number, Layout>();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  placeOf(customer: Customer, device: number): Place {
    const { sites, rooms } = this.#layoutOf(customer);
    const at = device - customer.firstDevice;
    return { site: sites[at] ?? 0, room: rooms[at] ?? 0 };
  }

  /** How many sites a customer has; they are numbered from 1. */
  countOf(customer: Customer): number {
    return this.#layoutOf(customer).starts.length;
  }

  /** Numbers of the devices of a site, removed ones included. */
  devicesOf(customer: Customer, site: number): number[] {
    const { starts } = this.#layoutOf(customer);
    const from = starts[site - 1] ?? customer.size;
    const to = starts[site] ?? customer.size;
    return Array.from({ length: Math.max(0, to - from) }, (_, at) => customer.firstDevice + from + at);
  }

  #layoutOf(customer: Customer): Layout {
    let layout = this.#layouts.get(customer.number);
    if (layout === undefined) {
      layout = layOut(new Draw(this.#fleet.seed, CUSTOMER, customer.number), customer.size);
      this.#layouts.set(customer.number, layout);
    }
    return layout;
  }
}

export const siteId = (customer: Customer, { site }: Place): string => `st-${customer.number}-${site}`;
export const roomId = (customer: Customer, { room }: Place): string => `rm-${customer.number}-${room}`;

interface Layout {
  /** By the device's place within its customer. */
  readonly sites: Uint32Array;
  readonly rooms: Uint32Array;
  /** Place of each site's first device. */
  readonly starts: readonly number[];
}

/** Sites of up to 40 devices, rooms of up to 4; larger customers have larger sites. */
function layOut(draw: Draw, size: number): Layout {
  const sites = new Uint32Array(size);
  const rooms = new Uint32Array(size);
  const starts: number[] = [];
  const largest = size < 50 ? 8 : 40;
  let [siteLeft, roomLeft, room] = [0, 0, 0];
  for (let at = 0; at < size; at += 1) {
    if (siteLeft === 0) {
      siteLeft = draw.whole(SITE_SIZE, 1, largest, starts.length);
      roomLeft = 0;
      starts.push(at);
    }
    if (roomLeft === 0) {
      room += 1;
      roomLeft = draw.whole(ROOM_SIZE, 1, 4, room);
    }
    sites[at] = starts.length;
    rooms[at] = room;
    siteLeft -= 1;
    roomLeft -= 1;
  }
  return { sites, rooms, starts };
}
