import { setTimeout as delay } from 'node:timers/promises';
import type { TaskKind } from '#shared/contracts/task.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import type { MortalServices } from './mortal-services.ts';
import type { ServiceName } from './service-process.ts';

export interface RandomDeaths {
  /** So many of each service at most, so that work ends. */
  readonly mostOfEach: number;
  /** Longest time between two looks for one to kill. */
  readonly longestMs: number;
  /** From 0 to below 1. */
  readonly random: () => number;
}

const WORKER_OF: Readonly<Record<TaskKind, ServiceName>> = {
  discover: 'extractor',
  extract: 'extractor',
  noop: 'extractor',
  load: 'loader',
  merge: 'transformer',
  models: 'transformer',
};

/** Kills services at random instants while they have a task in hand: an idle one has nothing to lose. */
export class RandomKiller {
  readonly #services: MortalServices;
  readonly #ledger: Ledger;
  readonly #deaths: RandomDeaths;
  readonly #killed: ServiceName[] = [];
  readonly #done = new AbortController();
  readonly #killing: Promise<void>;

  constructor(services: MortalServices, ledger: Ledger, deaths: RandomDeaths) {
    this.#services = services;
    this.#ledger = ledger;
    this.#deaths = deaths;
    this.#killing = this.#kill();
  }

  /** Resolves once the last one it killed is dead. */
  async stop(): Promise<void> {
    this.#done.abort();
    await this.#killing;
  }

  async #kill(): Promise<void> {
    const { signal } = this.#done;
    const { random, longestMs } = this.#deaths;
    while (!signal.aborted) {
      await delay(random() * longestMs, undefined, { signal }).catch(() => {});
      const victims = signal.aborted ? [] : await this.#victims();
      const victim = victims[Math.floor(random() * victims.length)];
      if (victim === undefined) continue;
      this.#killed.push(victim);
      await this.#services.kill(victim);
    }
  }

  async #victims(): Promise<ServiceName[]> {
    const sql = `SELECT DISTINCT kind FROM ops.tasks WHERE status = 'running' ORDER BY kind`;
    const running = await this.#ledger.rows<{ kind: TaskKind }>(sql);
    const deathsOf = (name: ServiceName): number => this.#killed.filter((killed) => killed === name).length;
    const busy = new Set(running.map(({ kind }) => WORKER_OF[kind]));
    return [...busy].filter((name) => deathsOf(name) < this.#deaths.mostOfEach);
  }
}
