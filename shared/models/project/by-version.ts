/** Orders versions: numbers by value, anything else as text (`contracts/graph/unparsed.py`, `UnparsedVersion`). */
export function byVersion(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}
