/** One entry of an archive. */
export interface TarEntry {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'symlink' | 'hardlink' | 'other';
  /** Of a link, as written. */
  readonly target: string;
  readonly executable: boolean;
  readonly content: Buffer;
}

const BLOCK = 512;

const KINDS: Readonly<Record<string, TarEntry['kind']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '5': 'folder',
  '2': 'symlink',
  '1': 'hardlink',
};

/**
 * Reads a tar archive: ustar with the extensions of POSIX (`x`, `g`) and GNU (`L`, `K`) for long names.
 *
 * @returns its entries, or undefined when it is no whole archive.
 */
export function readTar(archive: Buffer): TarEntry[] | undefined {
  const entries: TarEntry[] = [];
  let long: { path?: string; target?: string; size?: number } = {};
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return entries;
    if (!hasRightSum(header)) return undefined;
    const size = long.size ?? numberAt(header, 124, 12);
    const start = at + BLOCK;
    if (!(size >= 0) || start + size > archive.length) return undefined;
    const content = archive.subarray(start, start + size);
    const type = header.toString('latin1', 156, 157);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'g') continue;
    if (type === 'x') long = { ...long, ...paxRecords(content) };
    else if (type === 'L') long = { ...long, path: untilZero(content) };
    else if (type === 'K') long = { ...long, target: untilZero(content) };
    else {
      entries.push(entryOf(header, type, content, long));
      long = {};
    }
  }
  return entries.length > 0 ? entries : undefined;
}

function entryOf(
  header: Buffer,
  type: string,
  content: Buffer,
  long: { path?: string; target?: string },
): TarEntry {
  const name = untilZero(header.subarray(0, 100));
  const isUstar = header.toString('latin1', 257, 262) === 'ustar' && header[263] !== 0x20;
  const prefix = isUstar ? untilZero(header.subarray(345, 500)) : '';
  const path = long.path ?? (prefix === '' ? name : `${prefix}/${name}`);
  const kind = KINDS[type] ?? 'other';
  return {
    path,
    // Archives older than POSIX mark a folder by its last character alone.
    kind: kind === 'file' && path.endsWith('/') ? 'folder' : kind,
    target: long.target ?? untilZero(header.subarray(157, 257)),
    executable: (numberAt(header, 100, 8) & 0o100) !== 0,
    content,
  };
}

/** The sum of all bytes, those of the sum itself counted as blanks. */
function hasRightSum(header: Buffer): boolean {
  let sum = 8 * 0x20;
  for (const [index, byte] of header.entries()) if (index < 148 || index >= 156) sum += byte;
  return sum === numberAt(header, 148, 8);
}

function numberAt(header: Buffer, at: number, length: number): number {
  const text = header
    .toString('latin1', at, at + length)
    .replace(/[\0 ]+$/g, '')
    .trim();
  return text === '' ? 0 : /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
}

const untilZero = (bytes: Buffer): string => {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
};

/** `<length> <key>=<value>\n`, one after the other. */
function paxRecords(content: Buffer): { path?: string; target?: string; size?: number } {
  const found: { path?: string; target?: string; size?: number } = {};
  for (let at = 0; at < content.length; ) {
    const blank = content.indexOf(0x20, at);
    const length = Number(content.toString('latin1', at, blank < 0 ? at : blank));
    if (blank < 0 || !(length > 0)) break;
    const record = content.toString('utf8', blank + 1, at + length - 1);
    const equals = record.indexOf('=');
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1)];
    if (key === 'path') found.path = value;
    else if (key === 'linkpath') found.target = value;
    else if (key === 'size') found.size = Number(value);
    at += length;
  }
  return found;
}
