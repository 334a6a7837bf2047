const SHOWN = 3;

/** Names that a mistyped one may have meant, the nearest first; at most three, often none. */
export function nearestTo(name: string, known: Iterable<string>): string[] {
  const lower = name.toLowerCase();
  const limit = Math.max(1, Math.floor(name.length / 3));
  const found = [...new Set(known)]
    .map((candidate) => ({ candidate, distance: distanceOf(lower, candidate.toLowerCase(), limit) }))
    .filter(({ distance }) => distance <= limit);
  found.sort((one, other) => one.distance - other.distance || (one.candidate < other.candidate ? -1 : 1));
  return found.slice(0, SHOWN).map(({ candidate }) => candidate);
}

/** Letters to add, drop or exchange; a name that holds the other counts as near. More than `limit`: not counted out. */
function distanceOf(one: string, other: string, limit: number): number {
  if (one.length > 2 && other.includes(one)) return 1;
  if (Math.abs(one.length - other.length) > limit) return limit + 1;
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const here = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const exchanged = (above[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      here.push(Math.min(exchanged, (above[column] ?? 0) + 1, (here[column - 1] ?? 0) + 1));
    }
    above = here;
  }
  return above[other.length] ?? limit + 1;
}
