/*
 * MD5 (RFC 1321) of four texts at once, one in each lane of a vector. Rows of a stream are of much the same length, so that little is
 * hashed in vain.
 */

const BLOCK = 64;
/** The sines of RFC 1321, 3.4. */
const SINES: usize = memory.data<u32>([
  0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8,
  0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340,
  0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87,
  0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c,
  0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039,
  0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92,
  0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb,
  0xeb86d391,
]);

/** Words of the block in hand, four lanes each. */
const WORDS: usize = memory.data(16 * 16, 16);
/** The four sums, as bytes of each lane. */
const DIGESTS: usize = memory.data(4 * 16, 16);

let sumA: v128 = i32x4.splat(0);
let sumB: v128 = i32x4.splat(0);
let sumC: v128 = i32x4.splat(0);
let sumD: v128 = i32x4.splat(0);

/** Blocks of each lane. */
const BLOCKS: usize = memory.data(4 * 4, 16);

/** No lane has a text. */
export function clearLanes(): void {
  v128.store(BLOCKS, i32x4.splat(0));
}

/** Ends the text of a lane as MD5 wants it; there must be 72 bytes behind it. */
export function pad(lane: i32, from: i32, to: i32): void {
  const length = to - from;
  const blocks = (length + 8) / BLOCK + 1;
  memory.fill(to, 0, blocks * BLOCK - length);
  store<u8>(to, 0x80);
  store<u64>(from + blocks * BLOCK - 8, (<u64>length) << 3);
  store<i32>(BLOCKS + (lane << 2), blocks);
}

/** Hashes padded texts and writes 32 hex digits for each, one after the other. */
export function hashFour(lanes: i32, laneBytes: i32, to: i32): void {
  const blocks = v128.load(BLOCKS);
  sumA = i32x4.splat(0x67452301);
  sumB = i32x4.splat(0xefcdab89);
  sumC = i32x4.splat(0x98badcfe);
  sumD = i32x4.splat(0x10325476);
  for (let nth = 0; ; nth += 1) {
    const goesOn = i32x4.gt_s(blocks, i32x4.splat(nth));
    if (!v128.any_true(goesOn)) break;
    gather(lanes + nth * BLOCK, laneBytes);
    addBlock(goesOn);
  }
  writeDigests(to);
}

/** Sixteen words of each lane, turned from rows into columns four by four. */
function gather(from: i32, laneBytes: i32): void {
  for (let i = 0; i < 64; i += 16) {
    const row0 = v128.load(from + i);
    const row1 = v128.load(from + laneBytes + i);
    const row2 = v128.load(from + 2 * laneBytes + i);
    const row3 = v128.load(from + 3 * laneBytes + i);
    const low01 = i32x4.shuffle(row0, row1, 0, 4, 1, 5);
    const high01 = i32x4.shuffle(row0, row1, 2, 6, 3, 7);
    const low23 = i32x4.shuffle(row2, row3, 0, 4, 1, 5);
    const high23 = i32x4.shuffle(row2, row3, 2, 6, 3, 7);
    const to = WORDS + i * 4;
    v128.store(to, i64x2.shuffle(low01, low23, 0, 2));
    v128.store(to, i64x2.shuffle(low01, low23, 1, 3), 16);
    v128.store(to, i64x2.shuffle(high01, high23, 0, 2), 32);
    v128.store(to, i64x2.shuffle(high01, high23, 1, 3), 48);
  }
}

/** @param goesOn lanes whose text has this block. */
function addBlock(goesOn: v128): void {
  let a = sumA;
  let b = sumB;
  let c = sumC;
  let d = sumD;
  for (let i = 0; i < 16; i += 4) {
    a = step(v128.bitselect(c, d, b), a, b, i, i, 7);
    d = step(v128.bitselect(b, c, a), d, a, i + 1, i + 1, 12);
    c = step(v128.bitselect(a, b, d), c, d, i + 2, i + 2, 17);
    b = step(v128.bitselect(d, a, c), b, c, i + 3, i + 3, 22);
  }
  for (let i = 0; i < 16; i += 4) {
    a = step(v128.bitselect(b, c, d), a, b, 16 + i, 5 * i + 1, 5);
    d = step(v128.bitselect(a, b, c), d, a, 17 + i, 5 * i + 6, 9);
    c = step(v128.bitselect(d, a, b), c, d, 18 + i, 5 * i + 11, 14);
    b = step(v128.bitselect(c, d, a), b, c, 19 + i, 5 * i + 16, 20);
  }
  for (let i = 0; i < 16; i += 4) {
    a = step(v128.xor(v128.xor(b, c), d), a, b, 32 + i, 3 * i + 5, 4);
    d = step(v128.xor(v128.xor(a, b), c), d, a, 33 + i, 3 * i + 8, 11);
    c = step(v128.xor(v128.xor(d, a), b), c, d, 34 + i, 3 * i + 11, 16);
    b = step(v128.xor(v128.xor(c, d), a), b, c, 35 + i, 3 * i + 14, 23);
  }
  for (let i = 0; i < 16; i += 4) {
    a = step(v128.xor(c, v128.or(b, v128.not(d))), a, b, 48 + i, 7 * i, 6);
    d = step(v128.xor(b, v128.or(a, v128.not(c))), d, a, 49 + i, 7 * i + 7, 10);
    c = step(v128.xor(a, v128.or(d, v128.not(b))), c, d, 50 + i, 7 * i + 14, 15);
    b = step(v128.xor(d, v128.or(c, v128.not(a))), b, c, 51 + i, 7 * i + 21, 21);
  }
  sumA = v128.bitselect(i32x4.add(sumA, a), sumA, goesOn);
  sumB = v128.bitselect(i32x4.add(sumB, b), sumB, goesOn);
  sumC = v128.bitselect(i32x4.add(sumC, c), sumC, goesOn);
  sumD = v128.bitselect(i32x4.add(sumD, d), sumD, goesOn);
}

function step(mixed: v128, into: v128, onto: v128, sine: i32, word: i32, by: i32): v128 {
  const sum = i32x4.add(
    i32x4.add(into, mixed),
    i32x4.add(v128.load(WORDS + ((word & 15) << 4)), v128.load32_splat(SINES + (sine << 2))),
  );
  return i32x4.add(onto, v128.or(i32x4.shl(sum, by), i32x4.shr_u(sum, 32 - by)));
}

function writeDigests(to: i32): void {
  v128.store(WORDS, sumA);
  v128.store(WORDS, sumB, 16);
  v128.store(WORDS, sumC, 32);
  v128.store(WORDS, sumD, 48);
  for (let lane = 0; lane < 4; lane += 1) {
    for (let word = 0; word < 4; word += 1)
      store<u32>(DIGESTS + lane * 16 + word * 4, load<u32>(WORDS + word * 16 + lane * 4));
    writeHex(DIGESTS + lane * 16, to + lane * 32);
  }
}

/** Sixteen bytes as 32 lower-case digits. */
function writeHex(from: usize, to: i32): void {
  const bytes = v128.load(from);
  const high = i8x16.shr_u(bytes, 4);
  const low = v128.and(bytes, i8x16.splat(15));
  const digits = i8x16(
    0x30,
    0x31,
    0x32,
    0x33,
    0x34,
    0x35,
    0x36,
    0x37,
    0x38,
    0x39,
    0x61,
    0x62,
    0x63,
    0x64,
    0x65,
    0x66,
  );
  const first = i8x16.swizzle(digits, high);
  const second = i8x16.swizzle(digits, low);
  v128.store(to, i8x16.shuffle(first, second, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
  v128.store(
    to,
    i8x16.shuffle(first, second, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31),
    16,
  );
}
