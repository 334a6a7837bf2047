import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { RunNudger } from './run-nudger.ts';

/** A nudger whose pauses end only when flushed. */
function recording(send: (runId: string) => Promise<void> = async () => {}) {
  const sent: string[] = [];
  const errors: unknown[] = [];
  const nudger = new RunNudger({
    send: (runId) => {
      sent.push(runId);
      return send(runId);
    },
    onError: (error) => errors.push(error),
    everyMs: 3_600_000,
  });
  return { nudger, sent, errors };
}

describe('nudging runs', () => {
  test('sends the first at once', () => {
    const { nudger, sent } = recording();
    nudger.nudge('a');
    expect(sent).toEqual(['a']);
    return nudger.flush();
  });

  test('folds what comes during the pause into one nudge after it', async () => {
    const { nudger, sent } = recording();
    for (let ended = 0; ended < 5; ended += 1) nudger.nudge('a');
    await turn();
    nudger.nudge('a');
    expect(sent).toEqual(['a']);
    await nudger.flush();
    expect(sent).toEqual(['a', 'a']);
  });

  test('sends again for a task that ended while a nudge was under way', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { nudger, sent } = recording(() => promise);
    nudger.nudge('a');
    nudger.nudge('a');
    const flushed = nudger.flush();
    resolve();
    await flushed;
    expect(sent).toEqual(['a', 'a']);
  });

  test('keeps runs apart', async () => {
    const { nudger, sent } = recording();
    nudger.nudge('a');
    nudger.nudge('b');
    expect(sent).toEqual(['a', 'b']);
    await nudger.flush();
  });

  test('begins anew once a run was quiet for the pause', async () => {
    const { nudger, sent } = recording();
    nudger.nudge('a');
    await nudger.flush();
    nudger.nudge('a');
    expect(sent).toEqual(['a', 'a']);
    await nudger.flush();
  });

  test('reports a nudge that could not be sent and goes on', async () => {
    const { nudger, sent, errors } = recording(async () => {
      throw new Error('away');
    });
    nudger.nudge('a');
    nudger.nudge('a');
    await turn();
    await nudger.flush();
    expect(sent).toEqual(['a', 'a']);
    expect(errors).toHaveLength(2);
  });
});
