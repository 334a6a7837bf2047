import { valueFault } from '../failures/template-fault.ts';

/** Python's range: never expanded unless something walks through it. */
export class RangeValue {
  readonly typeName = 'range';
  readonly start: bigint;
  readonly stop: bigint;
  readonly step: bigint;

  /** @throws a `value` fault when `step` is zero. */
  constructor(start: bigint, stop: bigint, step: bigint) {
    if (step === 0n) throw valueFault('range() arg 3 must not be zero');
    this.start = start;
    this.stop = stop;
    this.step = step;
  }

  get length(): bigint {
    const span = this.step > 0n ? this.stop - this.start : this.start - this.stop;
    const stride = this.step > 0n ? this.step : -this.step;
    return span <= 0n ? 0n : (span + stride - 1n) / stride;
  }

  at(index: bigint): bigint {
    return this.start + index * this.step;
  }

  has(value: bigint): boolean {
    const offset = value - this.start;
    if (offset % this.step !== 0n) return false;
    const index = offset / this.step;
    return index >= 0n && index < this.length;
  }

  *values(): Generator<bigint> {
    const { length } = this;
    for (let index = 0n; index < length; index += 1n) yield this.at(index);
  }
}
