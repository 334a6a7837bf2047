import type { Projection } from '#shared/pipeline/project-row.ts';
import type { DroppedKeys } from '#shared/pipeline/projection/dropped-keys.ts';

/**
 * Compiled projections, one for all slices of a run and stream. To compile one takes as long as projecting a hundred rows, it learns the
 * order of keys from its first, and of several in turn each finds its own out of the processor's caches: a fifth more of all
 * reading. Slices that are read at once use it in turns, a batch of rows at a time.
 */
export class Projections {
  /** By the recorder they count into, which is one for each run and stream: they go when it goes. */
  readonly #known = new WeakMap<DroppedKeys, { readonly day: string; readonly projection: Projection }>();

  /**
   * @param day of UTC that rows are read on: bounds that depend on today hold for no other, and a run may be taken up again days later.
   * @param compile makes one that counts into `dropped`, and is the same for all slices that do on that day.
   */
  of(dropped: DroppedKeys, day: string, compile: () => Projection): Projection {
    const known = this.#known.get(dropped);
    if (known?.day === day) return known.projection;
    const projection = compile();
    this.#known.set(dropped, { day, projection });
    return projection;
  }
}
