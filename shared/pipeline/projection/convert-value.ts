import { createHmac, createSecretKey } from 'node:crypto';
import { furtherChecks } from '../check-value.ts';
import type { Field } from '../field.ts';
import type { RejectCode } from '../reject-codes.ts';
import { type Failure, failuresOf } from './failure.ts';
import { toTextOf } from './scalar-text.ts';

/** A value of a row as what is landed of it, or why it is not. */
export type Converted = string | null | Failure;

/** Names the first check a canonical text fails. */
export type TextCheck = (text: string) => RejectCode | undefined;

/** The checks a field declares beyond its type; undefined where there are none. */
export function declaredChecks(field: Field): TextCheck | undefined {
  const checks = furtherChecks(field);
  const [only] = checks;
  if (only === undefined) return undefined;
  if (checks.length === 1) return (text) => (only[1](text) ? undefined : only[0]);
  return (text) => {
    for (const [code, passes] of checks) if (!passes(text)) return code;
    return undefined;
  };
}

/** The keyed HMAC (SHA-256, hex) that a hashed text is landed as. */
export function keyedHash(key: Uint8Array): (text: string) => string {
  // Made once: from bytes, a key takes five times as long as the hash.
  const secret = createSecretKey(key);
  return (text) => createHmac('sha256', secret).update(text, 'utf8').digest('hex');
}

/** One field's way from a parsed JSON value to what is landed. */
export type ConvertValue = (value: unknown) => Converted;

/**
 * Compiles one field's way from JSON to canonical text: conversion, checks, and the hash where one is declared. Undefined
 * and null are both no value. The last text is remembered with what became of it, since ids of customers and sites repeat
 * from row to row.
 */
export function convertValue(field: Field, column: string, hashKey: Uint8Array | null): ConvertValue {
  const fail = failuresOf(column);
  const absent = field.nullable ? null : fail('required');
  const convert = conversion(field, fail, hashKey);
  let last: unknown;
  let lastConverted: Converted = null;
  return (value) => {
    if (value === undefined || value === null) return absent;
    if (value !== last || typeof value !== 'string') {
      lastConverted = convert(value);
      last = value;
    }
    return lastConverted;
  };
}

function conversion(
  field: Field,
  fail: (code: RejectCode) => Failure,
  hashKey: Uint8Array | null,
): (value: unknown) => Converted {
  const toText = toTextOf(field.type);
  const check = declaredChecks(field);
  const landed = field.hashed === true && hashKey !== null ? keyedHash(hashKey) : undefined;
  const mistyped = fail('type');
  return (value) => {
    const text = toText(value);
    if (text === undefined) return mistyped;
    const code = check?.(text);
    if (code !== undefined) return fail(code);
    return landed === undefined ? text : landed(text);
  };
}
