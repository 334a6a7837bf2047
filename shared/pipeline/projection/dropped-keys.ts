/** How often something stood in rows that is not in the contract. */
export interface DroppedRow {
  /** Path of the object that held it, made of declared names only; `` is the row, `^` the element around it. */
  readonly path: string;
  /** Null for all keys of the path whose names are not shown. */
  readonly key: string | null;
  /** Different entities it was seen for, counted up to 100; for a null key at least this many. */
  readonly entities: number;
  readonly occurrences: number;
}

/**
 * Counts what projections drop, by the path of the object and the key. A key may itself be personal data: a name leaves
 * the recorder only when it looks like an identifier and was seen for at least 100 different entities.
 */
export interface DroppedKeys {
  /** Where drops below one path are counted. */
  site(path: string): DropSite;
  /** Counts since the recorder was made, sorted by path and key. */
  snapshot(): readonly DroppedRow[];
}

/** The objects at one path. */
export interface DropSite {
  /** The counter of a key: its own, or one for all when too many keys are known. */
  counterOf(key: string): DropCounter;
}

/** Counts one key, or many; {@link countDropped} adds to it. */
export interface DropCounter {
  occurrences: number;
  /** Hashes of the entities; given up, and null, once there are enough. */
  entities: Set<number> | null;
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const ENOUGH_ENTITIES = 100;
const MAX_KEYS = 1000;

/**
 * @param entity a hash of its id (`fnv-hash.ts`): two that share one count as one, so no name is shown too early; undefined when the row has
 * no valid entity: it is then an occurrence and no more.
 */
export function countDropped(counter: DropCounter, entity: number | undefined): void {
  counter.occurrences += 1;
  if (counter.entities === null || entity === undefined) return;
  counter.entities.add(entity);
  if (counter.entities.size >= ENOUGH_ENTITIES) counter.entities = null;
}

/** A recorder, shared by all projections of a stream in one process. At most 1,000 keys are told apart. */
export function recordDroppedKeys(): DroppedKeys {
  const sites = new Map<string, Site>();
  const budget = { keys: MAX_KEYS };
  return {
    site(path) {
      const site = sites.get(path) ?? makeSite(budget);
      sites.set(path, site);
      return site;
    },
    snapshot: () => [...sites.entries()].flatMap(([path, site]) => site.rows(path)).sort(byPathAndKey),
  };
}

interface Site extends DropSite {
  rows(path: string): DroppedRow[];
}

const newCounter = (): DropCounter => ({ occurrences: 0, entities: new Set() });

function makeSite(budget: { keys: number }): Site {
  const counters = new Map<string, DropCounter>();
  const others = newCounter();
  return {
    counterOf(key) {
      const known = counters.get(key);
      if (known !== undefined || budget.keys === 0) return known ?? others;
      budget.keys -= 1;
      const counter = newCounter();
      counters.set(key, counter);
      return counter;
    },
    rows(path) {
      const named: DroppedRow[] = [];
      // Not one object for each of a thousand keys: this is asked for with every file.
      let { entities, occurrences } = countsOf(others);
      for (const [key, counter] of counters) {
        if (counter.entities === null && IDENTIFIER.test(key))
          named.push({ path, key, ...countsOf(counter) });
        else {
          entities = Math.max(entities, entitiesOf(counter));
          occurrences += counter.occurrences;
        }
      }
      return occurrences === 0 ? named : [...named, { path, key: null, entities, occurrences }];
    },
  };
}

const entitiesOf = ({ entities }: DropCounter): number => entities?.size ?? ENOUGH_ENTITIES;

function countsOf(counter: DropCounter): Pick<DroppedRow, 'entities' | 'occurrences'> {
  return { entities: entitiesOf(counter), occurrences: counter.occurrences };
}

function byPathAndKey(left: DroppedRow, right: DroppedRow): number {
  if (left.path !== right.path) return left.path < right.path ? -1 : 1;
  return (left.key ?? '') < (right.key ?? '') ? -1 : 1;
}
