import { gzipSync } from 'node:zlib';

/** An entry of an archive that a test makes, harmless or not. */
export interface TarPart {
  readonly path: string;
  readonly content?: string;
  /** As in the header: `0` file, `5` folder, `2` symbolic link, `1` hard link, `3` device, … Default a file. */
  readonly type?: string;
  readonly target?: string;
}

/** A gzipped tar archive of exactly these entries. */
export function writeTarball(parts: readonly TarPart[]): Buffer {
  const blocks = parts.flatMap(({ path, content = '', type = '0', target = '' }) => {
    const bytes = Buffer.from(content);
    const long = Buffer.byteLength(path) > 100 ? longName(path) : [];
    return [...long, header(path, bytes.length, type, target), padded(bytes)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

/** The files of a folder called `top`, as hubs and code hosts make them. */
export function packageTarball(files: Readonly<Record<string, string>>, top = 'package-1.0'): Buffer {
  const parts = Object.entries(files).map(([path, content]) => ({ path: `${top}/${path}`, content }));
  return writeTarball([
    { path: 'pax_global_header', type: 'g', content: '17 comment=none\n' },
    { path: `${top}/`, type: '5' },
    ...parts,
  ]);
}

function longName(path: string): Buffer[] {
  const record = ` path=${path}\n`;
  let length = Buffer.byteLength(record) + 2;
  while (Buffer.byteLength(`${length}${record}`) !== length) length++;
  const bytes = Buffer.from(`${length}${record}`);
  return [header('pax', bytes.length, 'x', ''), padded(bytes)];
}

function header(path: string, size: number, type: string, target: string): Buffer {
  const block = Buffer.alloc(512);
  block.write(path, 0, 100);
  block.write('0000644\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('        ', 148);
  block.write(type, 156);
  block.write(target, 157, 100);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

const padded = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
