import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A program of the benches in a process of its own, told what to do by messages. It ends when it is disconnected. */
export interface BenchChild {
  readonly pid: number;
  /** Sends a message and waits for the answer; one at a time. @throws when the child ends instead. */
  ask(message: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts it under the same Node, without flags, and waits for its first message. */
export async function startBenchChild(
  main: URL,
  args: readonly string[],
): Promise<{ readonly child: BenchChild; readonly started: unknown }> {
  const forked = fork(fileURLToPath(main), args, {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(forked, 'exit');
  const answer = async (): Promise<unknown> => {
    const heard = once(forked, 'message');
    const silent = ended.then(() => {
      throw new Error('a process of the bench ended without an answer');
    });
    const [message] = await Promise.race([heard, silent]);
    return message;
  };
  const { pid } = forked;
  if (pid === undefined) throw new Error('the process could not be started');
  const stop = async (): Promise<void> => {
    if (forked.connected) forked.disconnect();
    await ended;
  };
  const ask = (message: unknown): Promise<unknown> => {
    const answered = answer();
    forked.send(message as object);
    return answered;
  };
  return { child: { pid, ask, stop }, started: await answer() };
}
