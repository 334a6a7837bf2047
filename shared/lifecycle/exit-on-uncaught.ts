import { describeUncaught } from '#shared/telemetry/describe-uncaught.ts';

/** The parts of the process a `main.ts` lends for this; `process` itself fits. */
export interface UncaughtHost {
  on(event: 'uncaughtException', handler: (error: unknown) => void): unknown;
  exit(code: number): void;
  readonly stderr: { write(text: string): unknown };
}

/**
 * Ends the process on an error or rejection that nobody caught, as Node does by itself, but says only what it is and where. Node
 * would print its message and all its fields, which may quote rows, bodies and headers.
 */
export function exitOnUncaught(host: UncaughtHost): void {
  host.on('uncaughtException', (error) => {
    host.stderr.write(`${describeUncaught(error)}\n`);
    host.exit(1);
  });
}
