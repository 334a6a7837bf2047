import { PenstockError } from '#shared/errors/penstock-error.ts';
import { findCycle } from '../dag/graph.ts';
import { choosePin, type Wish } from './choose-pin.ts';
import { type DescribedPackage, describePackage } from './describe-package.ts';
import { packageErrors } from './errors.ts';
import type { InstallOptions } from './install-options.ts';
import { describePin, type PackagePin, pinText } from './package-pin.ts';
import { describeRequest, type PackageRequest, requestKey } from './package-request.ts';
import type { PackageStore } from './package-store.ts';

/** One package of a whole tree. */
export interface ResolvedPackage {
  readonly name: string;
  readonly pin: PackagePin;
  /** Highest version of a hub package that could be had, however it is bounded. */
  readonly latest: string | undefined;
}

/** A wish that comes late changes earlier choices; this many rounds settle any real tree. */
const MOST_ROUNDS = 200;

/**
 * Chooses one exact package for everything that is asked for, directly or by another package.
 *
 * The highest version that satisfies everyone is taken; like the original it does not try lower versions of one package to make
 * room for another.
 *
 * @param root name of the project, for messages.
 * @throws PenstockError `PACKAGE_CONFLICT`, `PACKAGE_CYCLE`, `PACKAGE_TWICE`, and what fetching throws.
 */
export async function resolvePackages(
  root: string,
  requests: readonly PackageRequest[],
  store: PackageStore,
  options: InstallOptions,
): Promise<ResolvedPackage[]> {
  return checked(root, await walk(root, requests, store, options));
}

interface Branch {
  readonly described: DescribedPackage;
  readonly wishes: readonly Wish[];
}

/**
 * Takes the tree apart until no package that was already chosen meets a new wish: a wish that comes late changes an earlier choice,
 * and everything below it is read again.
 */
async function walk(
  root: string,
  requests: readonly PackageRequest[],
  store: PackageStore,
  options: InstallOptions,
): Promise<Map<string, Branch>> {
  const known = new Map<string, DescribedPackage>();
  for (let round = 1; ; round++) {
    const wishes = gatherWishes(root, requests, known);
    let changed = false;
    for (const [key, asked] of wishes) {
      const pin = await choosePin(asked, store, options);
      const before = known.get(key);
      if (before !== undefined && sameChoice(before, pin)) continue;
      known.set(key, await describePackage(pin, store, options));
      changed = true;
    }
    if (!changed) return branchesOf(wishes, known);
    if (round === MOST_ROUNDS)
      throw new PenstockError(packageErrors.conflict, { packages: [...wishes.keys()].join(', ') });
  }
}

function branchesOf(
  wishes: ReadonlyMap<string, readonly Wish[]>,
  known: ReadonlyMap<string, DescribedPackage>,
): Map<string, Branch> {
  const branches = new Map<string, Branch>();
  for (const [key, asked] of wishes) {
    const described = known.get(key);
    if (described !== undefined) branches.set(key, { described, wishes: asked });
  }
  return branches;
}

const sameChoice = (before: DescribedPackage, pin: PackagePin): boolean =>
  pinText(before.asked) === pinText(pin);

/** Everything asked for, from the root down through what is known by now. */
function gatherWishes(
  root: string,
  requests: readonly PackageRequest[],
  known: ReadonlyMap<string, DescribedPackage>,
): Map<string, Wish[]> {
  const wishes = new Map<string, Wish[]>();
  const queue = requests.map((request): Wish => ({ request, by: root }));
  for (const wish of queue) {
    const key = requestKey(wish.request);
    const earlier = wishes.get(key);
    if (earlier !== undefined) {
      earlier.push(wish);
      continue;
    }
    wishes.set(key, [wish]);
    const described = known.get(key);
    for (const request of described?.requests ?? []) queue.push({ request, by: described?.name ?? '' });
  }
  return wishes;
}

function checked(root: string, tree: ReadonlyMap<string, Branch>): ResolvedPackage[] {
  checkCycle(root, tree);
  const byName = new Map<string, Branch>();
  for (const branch of tree.values()) {
    const { name } = branch.described;
    const earlier = byName.get(name);
    if (earlier !== undefined)
      throw new PenstockError(packageErrors.twice, {
        package: name,
        first: wishesText(earlier),
        second: wishesText(branch),
      });
    byName.set(name, branch);
  }
  return [...tree.values()].map(({ described }) => ({
    name: described.name,
    pin: described.pin,
    latest: described.latest,
  }));
}

const wishesText = ({ wishes, described }: Branch): string =>
  `${describePin(described.pin).from}, asked for by ${[...new Set(wishes.map(({ by }) => by))].join(', ')}`;

function checkCycle(root: string, tree: ReadonlyMap<string, Branch>): void {
  const names = (requests: readonly PackageRequest[]) =>
    requests.flatMap((request) => tree.get(requestKey(request))?.described.name ?? []);
  const asks = new Map<string, readonly string[]>();
  for (const { described, wishes } of tree.values()) {
    if (described.name === root) {
      const by = wishes.map((wish) => `${wish.by} asks for ${describeRequest(wish.request)}`).join('; ');
      throw new PenstockError(packageErrors.cycle, {
        package: root,
        circle: `${by}, which is ${root} itself`,
      });
    }
    asks.set(described.name, names(described.requests));
  }
  const cycle = findCycle(asks);
  if (cycle !== undefined) throw new PenstockError(packageErrors.cycle, { circle: cycle.join(' asks for ') });
}
