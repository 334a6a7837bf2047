import type { FaultSwitch } from './fault-switch.ts';
import { loadScenario } from './load-scenario.ts';
import { type Fault, type FaultInput, parseScenario, type ScenarioInput } from './scenario.ts';

/** Tells the servers that shards went down or came back. */
type Apply = () => Promise<void>;

/** Switches faults on and off while the shards run. */
export class ScenarioControl {
  readonly #faults: FaultSwitch;
  readonly #shards: readonly string[];
  readonly #apply: Apply;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(faults: FaultSwitch, shards: readonly string[], apply: Apply) {
    this.#faults = faults;
    this.#shards = shards;
    this.#apply = apply;
  }

  /**
   * Replaces all faults. Their times begin now.
   *
   * @param scenario a name, the path of a file, or the scenario itself.
   * @throws PenstockError SHARD_API_SCENARIO_MISSING, SHARD_API_SCENARIO; nothing has changed then.
   */
  async set(scenario: string | ScenarioInput): Promise<void> {
    const { faults } =
      typeof scenario === 'string'
        ? await loadScenario(scenario, this.#shards)
        : parseScenario(scenario, this.#shards);
    this.#faults.clear();
    for (const fault of faults) this.#faults.add(fault);
    await this.#refresh();
  }

  /**
   * Switches on one more fault.
   *
   * @returns what switches it off.
   * @throws PenstockError SHARD_API_SCENARIO.
   */
  async add(fault: FaultInput): Promise<() => Promise<void>> {
    const { faults } = parseScenario({ faults: [fault] }, this.#shards);
    const removals = faults.map((one) => this.#faults.add(one));
    await this.#refresh();
    return () => {
      for (const remove of removals) remove();
      return this.#refresh();
    };
  }

  /** Switches all faults off. */
  async clear(): Promise<void> {
    this.#faults.clear();
    await this.#refresh();
  }

  list(): readonly Fault[] {
    return this.#faults.list();
  }

  /** Ends the timers; faults stay as they are. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** Shards that go down or come back later do so by a timer, since nobody may be calling then. */
  async #refresh(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#apply();
    // Whoever was here meanwhile has set one too.
    clearTimeout(this.#timer);
    const nextMs = this.#faults.nextDownChangeMs();
    if (nextMs === null || this.#isStopped) return;
    this.#timer = setTimeout(() => void this.#refresh(), Math.min(Math.ceil(nextMs), 2 ** 31 - 1));
  }
}
