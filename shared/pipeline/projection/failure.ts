import type { RejectCode } from '../reject-codes.ts';

/** A value that broke its check. One object per column and code, so that rejecting a row costs nothing. */
export interface Failure {
  /** Field of the contract; within shaped JSON its path, e.g. `state.sensors.rssi`. */
  readonly column: string;
  readonly code: RejectCode;
}

/** Failures of one column, by code. */
export function failuresOf(column: string): (code: RejectCode) => Failure {
  const made = new Map<RejectCode, Failure>();
  return (code) => {
    const known = made.get(code);
    if (known !== undefined) return known;
    const failure = Object.freeze({ column, code });
    made.set(code, failure);
    return failure;
  };
}

export const isFailure = (result: string | null | Failure): result is Failure =>
  typeof result === 'object' && result !== null;
