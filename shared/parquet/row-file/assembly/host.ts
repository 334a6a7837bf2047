/*
 * Values of types that JavaScript knows better: floats, decimals, bytes. Each is told a column and a text, writes where it is told to,
 * and returns how many bytes.
 */

export declare function foreignValue(column: i32, from: i32, length: i32, to: i32): i32;
export declare function foreignHash(column: i32, from: i32, length: i32, to: i32): i32;
