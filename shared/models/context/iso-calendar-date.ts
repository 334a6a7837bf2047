import { HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';
import { isoWeek } from './moment-text.ts';

/** What Python's `isocalendar()` gives: year, week and weekday, by number and by name. */
export class IsoCalendarDate extends HostObject {
  readonly typeName = 'datetime.IsoCalendarDate';
  readonly #parts: readonly [bigint, bigint, bigint];

  constructor(date: Date) {
    super();
    const { year, week } = isoWeek(date);
    this.#parts = [BigInt(year), BigInt(week), BigInt(date.getUTCDay() || 7)];
  }

  override getAttr(name: string): Value | undefined {
    const place = ['year', 'week', 'weekday'].indexOf(name);
    return place < 0 ? undefined : this.#parts[place];
  }

  override getItem(key: Value): Value | undefined {
    return typeof key === 'bigint' ? this.#parts.at(Number(key)) : undefined;
  }

  override iterate(): Iterable<Value> {
    return this.#parts;
  }

  override size(): number {
    return this.#parts.length;
  }

  override toText(): string {
    const [year, week, weekday] = this.#parts;
    return `${this.typeName}(year=${year}, week=${week}, weekday=${weekday})`;
  }
}
