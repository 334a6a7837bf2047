import type { Projection } from '#shared/pipeline/project-row.ts';
import type { DroppedKeys } from '#shared/pipeline/projection/dropped-keys.ts';

/**
 * Compiled projections that no slice is using. To compile one takes as long as projecting a hundred rows, and it learns the
 * order of keys from its first; a run has hundreds of slices.
 */
export class Projections {
  /** By the recorder they count into, which is one for each run and stream: they go when it goes. */
  readonly #idle = new WeakMap<DroppedKeys, Projection[]>();

  /**
   * Gives `work` a projection for itself alone.
   *
   * @param compile makes one that counts into `dropped`, and is the same for all slices that do.
   */
  async use<T>(
    dropped: DroppedKeys,
    compile: () => Projection,
    work: (projection: Projection) => Promise<T>,
  ): Promise<T> {
    const idle = this.#idle.get(dropped) ?? [];
    this.#idle.set(dropped, idle);
    const projection = idle.pop() ?? compile();
    try {
      return await work(projection);
    } finally {
      idle.push(projection);
    }
  }
}
