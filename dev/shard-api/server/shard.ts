import { createHash } from 'node:crypto';
import { type Draw, tagOf } from '../fleet/draw.ts';
import { answerDraw } from '../personal/of-error.ts';
import type { FaultSwitch } from '../scenario/fault-switch.ts';
import { AccessTokens } from './access-tokens.ts';
import type { CallCounters } from './call-counters.ts';
import type { PageCache } from './page-cache.ts';
import { RequestBudget } from './request-budget.ts';
import type { Tamper } from './tamper.ts';
import type { World } from './world.ts';

/** What the shards of one API have in common. */
export interface ShardSettings {
  readonly world: World;
  readonly faults: FaultSwitch;
  readonly counters: CallCounters;
  /** Null where pages are rendered for each call. */
  readonly cache: PageCache | null;
  readonly fuzz: boolean;
  readonly tamper: Tamper | null;
  readonly tokenTtlMs: number;
  /** Null for no limit. */
  readonly rate: { readonly requestsPerSecond: number; readonly burst: number } | null;
  /** Monotonic milliseconds: tokens, rates and faults go by it, whatever the data's clock says. */
  readonly now: () => number;
}

/** One shard: its client, tokens and limit. */
export class Shard {
  readonly name: string;
  readonly settings: ShardSettings;
  readonly tokens: AccessTokens;
  readonly budget: RequestBudget | null;
  readonly client: string;
  readonly secret: string;
  readonly #asked = new Map<string, number>();

  constructor(name: string, settings: ShardSettings) {
    const { tokenTtlMs, rate, now, world } = settings;
    this.name = name;
    this.settings = settings;
    this.tokens = new AccessTokens(tokenTtlMs, now);
    this.budget = rate === null ? null : new RequestBudget(rate.requestsPerSecond, rate.burst, now);
    this.client = `penstock-${name}`;
    this.secret = createHash('sha256').update(`${world.fleet.seed} ${name}`).digest('hex').slice(0, 24);
  }

  /** What is random about an answer: depends on the call and how often it was made, not on what others asked meanwhile. */
  drawOf(method: string, target: string): Draw {
    const key = `${method} ${target}`;
    const nth = this.#asked.get(key) ?? 0;
    this.#asked.set(key, nth + 1);
    return answerDraw(this.settings.world.fleet.seed ^ tagOf(`${this.name} ${key}`), nth);
  }
}
