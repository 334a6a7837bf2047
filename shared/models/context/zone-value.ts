import { typeFault } from '#shared/template/failures/template-fault.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import { isTrue } from '#shared/template/values/truth.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { TimeZone } from './time-zone.ts';

/** What a zone needs of a moment: the two know each other in templates, so one of them must not know the other's file. */
export abstract class Zoned extends HostObject {
  /** The same clock time, in a zone. @throws a `value` fault when it has a zone already. */
  abstract localized(zone: TimeZone, isSummer: boolean): Value;
  /** The same instant by the clocks of a zone. */
  abstract inZone(zone: TimeZone): Value;
  abstract offsetIn(zone: TimeZone): Value;
}

const bindLocalize = parameters('localize', 'dt', 'is_dst?');
const bindMoment = parameters('tzinfo', 'dt', 'is_dst?');

/** A zone as templates see it: pytz's `timezone(…)`, `datetime.timezone.utc`, and `tzinfo` of a moment. */
export class ZoneValue extends HostObject {
  readonly typeName = 'datetime.tzinfo';
  readonly zone: TimeZone;
  /** Of the moment it was taken from. */
  readonly #offset: number | undefined;

  constructor(zone: TimeZone, offset?: number) {
    super();
    this.zone = zone;
    this.#offset = offset;
  }

  /**
   * Minutes ahead of UTC of a moment that is merely given this zone. A zone by name then means its clocks before there was standard
   * time (−07:53 for Los Angeles): pytz says so, and so does the original; `localize` is what means the clocks of that day.
   */
  get ownOffset(): number {
    return this.#offset ?? this.zone.firstOffset();
  }

  override toText(): string {
    return this.zone.name;
  }

  override toRepr(): string {
    return `<${this.zone.name}>`;
  }

  override getAttr(name: string): Value | undefined {
    switch (name) {
      case 'zone':
        return this.zone.name;
      case 'localize':
        return hostFunction(name, (call) => {
          const [moment, summer] = bindLocalize(call);
          return zoned(moment).localized(this.zone, summer !== undefined && isTrue(summer));
        });
      case 'normalize':
        return hostFunction(name, (call) => zoned(bindMoment(call)[0]).inZone(this.zone));
      case 'utcoffset':
        return hostFunction(name, (call) => zoned(bindMoment(call)[0]).offsetIn(this.zone));
      default:
        return undefined;
    }
  }

  override equals(other: Value): boolean {
    return other instanceof ZoneValue && other.zone.name === this.zone.name;
  }

  override hash(): string {
    return `zone:${this.zone.name}`;
  }

  override isTrue(): boolean {
    return true;
  }
}

function zoned(value: Value | undefined): Zoned {
  if (value instanceof Zoned) return value;
  throw typeFault('a datetime was expected');
}
