import type { Redis } from 'ioredis';

const MIN_VERSION = [6, 2] as const;
const ALMOST_FULL = 0.9;

/** What is wrong with a Redis server for this use, in words. Uses INFO only: managed servers refuse CONFIG. */
export async function redisProblems(client: Redis): Promise<string[]> {
  const info = parseInfo(await client.info());
  const problems: string[] = [];
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  if (policy !== 'noeviction')
    problems.push(
      `Redis evicts keys (maxmemory-policy is ${policy}), which loses jobs: set it to noeviction`,
    );
  const limit = Number(info.get('maxmemory') ?? 0);
  const used = Number(info.get('used_memory') ?? 0);
  if (limit > 0 && used > limit * ALMOST_FULL)
    problems.push(`Redis uses ${Math.round((100 * used) / limit)} % of maxmemory; at the limit workers stop`);
  const version = info.get('redis_version') ?? '0.0';
  if (isOlder(version))
    problems.push(`Redis is version ${version}; ${MIN_VERSION.join('.')} or newer is needed`);
  if (info.get('role') === 'slave') problems.push('the Redis URL points at a replica, which takes no writes');
  return problems;
}

function parseInfo(text: string): Map<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < MIN_VERSION[0] || (major === MIN_VERSION[0] && minor < MIN_VERSION[1]);
}
