import { type ServiceName, type ServiceProcess, startServiceProcess } from './service-process.ts';
import type { TestPlatform } from './test-platform.ts';

export interface MortalOptions {
  /** The services that are processes of their own here. */
  readonly services: readonly ServiceName[];
  /** Steps at which a service kills itself, once each and in this order, as work passes them; its last process lives. */
  readonly deaths?: Partial<Readonly<Record<ServiceName, readonly string[]>>>;
  /** How far the clock of schedules and snapshots goes ahead, in milliseconds. */
  readonly clockOffsetMs?: number;
}

/** The process a service has now. */
interface Life {
  readonly process: ServiceProcess;
  /** Where it kills itself; empty when it lives. */
  readonly step: string;
  /** Killed from here. */
  isStruck: boolean;
}

/**
 * Services as processes that are killed, or kill themselves, and come back at once. One process of each: were there two, the
 * other could do the work that a doomed one is to die at.
 */
export class MortalServices {
  /** Who died, in order, and at which step where it was its own. */
  readonly killed: string[] = [];
  /** How processes ended that nobody killed; to be empty. */
  readonly failed: string[] = [];
  readonly #platform: TestPlatform;
  readonly #steps: ReadonlyMap<ServiceName, string[]>;
  readonly #lives = new Map<ServiceName, Life>();
  #clockOffsetMs: number;
  #stopping = false;

  constructor(platform: TestPlatform, { services, deaths = {}, clockOffsetMs = 0 }: MortalOptions) {
    this.#platform = platform;
    this.#clockOffsetMs = clockOffsetMs;
    this.#steps = new Map(services.map((name) => [name, [...(deaths[name] ?? [])]]));
    for (const name of services) this.#start(name);
  }

  /** SIGKILL. Resolves once the service is dead; the next is on its way then. */
  async kill(name: ServiceName): Promise<void> {
    const life = this.#lives.get(name);
    if (life === undefined) return;
    life.isStruck = true;
    life.process.child.kill('SIGKILL');
    await life.process.ended;
  }

  /** Kills a service; the one that follows has another clock, as have all that start from now on. */
  async moveClock(name: ServiceName, offsetMs: number): Promise<void> {
    this.#clockOffsetMs = offsetMs;
    await this.kill(name);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#lives.values()].map(({ process }) => process.stop()));
  }

  #start(name: ServiceName): void {
    const step = this.#steps.get(name)?.shift() ?? '';
    const environment = {
      ...this.#platform.environment,
      PENSTOCK_TEST_CLOCK_OFFSET_MS: String(this.#clockOffsetMs),
    };
    const process = startServiceProcess({ environment }, name, step);
    const life: Life = { process, step, isStruck: false };
    this.#lives.set(name, life);
    void process.ended.then((how) => this.#ended(name, life, how));
  }

  #ended(name: ServiceName, { step, isStruck }: Life, how: string): void {
    if (this.#stopping) return;
    if (how !== 'SIGKILL') this.failed.push(`${name}: ${how}`);
    else this.killed.push(isStruck || step === '' ? name : step);
    // A step that it was not let come to is its successor's.
    if (isStruck && step !== '') this.#steps.get(name)?.unshift(step);
    this.#start(name);
  }
}
