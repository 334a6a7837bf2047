/**
 * V8 lets its young generation grow with the work done, and the old one by more the faster it collects; the process grows with them
 * and gives nothing back. So bounded, a transformer is as large after its hundredth build as after its twentieth. WebAssembly is
 * compiled once and not again for speed: to do that for the parser of SQL, which reads a hundred statements, takes V8 half a gigabyte
 * for some seconds (decision 37).
 */
const BOUNDED: readonly string[] = ['--max-semi-space-size=1', '--heap-growing-percent=20', '--liftoff-only'];

/**
 * A snapshot is mostly what lives as long as a page: collected a third as often as with 4 MiB, the young generation costs half of it. Marked
 * all at once, while nothing else runs for some hundredths of a second, the old one costs a third of what threads beside the reading
 * spend on it (decision 34).
 */
const OF_PAGES: readonly string[] = [
  '--max-semi-space-size=16',
  '--heap-growing-percent=40',
  '--no-incremental-marking',
];

/** How Node is started for a service. */
export const serviceNodeFlags = (service: string): readonly string[] =>
  service === 'extractor' ? OF_PAGES : BOUNDED;

/** What else a service's process is started with: glibc keeps what is freed in one heap for each thread unless it is told how many. */
export const serviceEnvironment = (service: string): Readonly<Record<string, string>> =>
  service === 'extractor' ? { MALLOC_ARENA_MAX: '2' } : {};
