import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { Contract } from './contract.ts';
import { contractErrors } from './errors.ts';
import { fnvOfText } from './fnv-hash.ts';
import { openPicker } from './picker/open-picker.ts';
import type { RowPicker } from './picker/picked-answer.ts';
import { type PickedRows, pickedFields, type Segment } from './picker/picked-rows.ts';
import { type ColumnPlan, type CompiledColumn, compileColumn } from './projection/compile-column.ts';
import { compileEntity } from './projection/compile-entity.ts';
import { convertValue } from './projection/convert-value.ts';
import type { DroppedKeys } from './projection/dropped-keys.ts';
import { compileEventTime } from './projection/event-time.ts';
import { type Failure, isFailure } from './projection/failure.ts';
import { hashKeyProblem, projectionProblems } from './projection/projection-problems.ts';
import { type Filled, openLevels, type RawRow } from './projection/row-levels.ts';
import { fieldPath } from './projection/row-path.ts';
import type { RejectCode } from './reject-codes.ts';

/** What a stream of rows declares about them. */
export interface ProjectionSpec {
  readonly contract: Contract;
  /** Where each field stands; default its name. See `http-declaration.ts`. `` is the row itself, for shaped JSON. */
  readonly map: Readonly<Record<string, string>>;
  /** Paths known to be dropped. */
  readonly drop: readonly string[];
  /** Field that tells entities apart; null when none does, then no dropped key is ever shown by name. */
  readonly entity: string | null;
  /** Field, or path within a shaped one, of the event's time; null for none. */
  readonly eventTime: string | null;
  /** Where rows stand in the answer, e.g. `sites[].rooms[]`: then what is dropped around them is counted too. */
  readonly rows: string | null;
  /** Key of hashed fields, at least 16 bytes; null when it is not configured. */
  readonly hashKey: Uint8Array | null;
}

/** A row with nothing but what its contract allows. */
export type ProjectedRow =
  | {
      readonly ok: true;
      /** Canonical text in the contract's order. */
      readonly fields: readonly (string | null)[];
      readonly entity: string | null;
      /** Canonical text of the event's time. */
      readonly eventTime: string | null;
    }
  | RejectedRow;

export interface RejectedRow {
  readonly ok: false;
  /** Canonical text, null in place of each value that broke its check. */
  readonly fields: readonly (string | null)[];
  /** Null too when it is the entity that broke its check. */
  readonly entity: string | null;
  /** The first field that failed; within shaped JSON its path, e.g. `state.sensors.rssi`. */
  readonly column: string;
  readonly code: RejectCode;
}

/** Picked rows with nothing but what their contract allows, or each of them rejected. */
export type ProjectedRows =
  | {
      readonly ok: true;
      readonly rows: PickedRows;
      /** The same for all: canonical text in the contract's order, of the columns alone that the rows' own text does not hold. */
      readonly fields: readonly (string | null)[];
      /** Canonical text of the time of all events; undefined where the rows hold it. */
      readonly eventTime: string | null | undefined;
    }
  | { readonly ok: false; readonly rejected: readonly RejectedRow[] };

/** Turns raw rows into canonical text. Holds what was read around the last row: callers take turns, with all rows of a batch. */
export interface Projection {
  /** Reads rows for this projection alone out of an answer's bytes; null when they do not stand in an array. */
  readonly picker: RowPicker | null;
  /** @param raw as a source parsed it. */
  project(raw: RawRow, filled: Filled): ProjectedRow;
  /** @param rows as {@link picker} read them, one at least. @throws TypeError when another projection's did. */
  projectPicked(rows: PickedRows, filled: Filled): ProjectedRows;
}

/**
 * Compiles what is kept of a stream's rows. Everything else, keys and values, is dropped while a row is read: what a
 * projection returns, throws and counts holds declared names and values that passed their checks.
 *
 * @param dropped counts what is not in the contract; one for all projections of a stream and run.
 * @throws PenstockError CONTRACT_PROJECTION naming every problem, CONTRACT_HASH_KEY without a key for hashed fields.
 */
export function compileProjection(spec: ProjectionSpec, dropped: DroppedKeys): Projection {
  refuseWrong(spec);
  const levels = openLevels(spec, dropped);
  const plans = columnPlans(spec);
  const columns = plans.map((plan) => compileColumn(levels, plan));
  const entityOf = compileEntity(spec, new Map(plans.map(({ name, convert }) => [name, convert])));
  const eventTimeOf = compileEventTime(spec, levels);
  let picker: RowPicker | null | undefined;
  return {
    get picker() {
      if (picker === undefined) picker = pickerOf(spec, plans, levels);
      return picker;
    },
    project(raw, filled) {
      const entity = entityOf(raw, filled);
      levels.read(raw, filled, entity === null ? undefined : fnvOfText(entity));
      const fields: (string | null)[] = [];
      const failure = readColumns(columns, NO_SEGMENTS, fields);
      if (failure === undefined) return { ok: true, fields, entity, eventTime: eventTimeOf() };
      return { ok: false, fields, entity, column: failure.column, code: failure.code };
    },
    projectPicked(rows, filled) {
      levels.readPicked(rows, filled);
      const fields: (string | null)[] = [];
      const failure = readColumns(columns, rows.page.segments, fields);
      if (failure !== undefined) return { ok: false, rejected: rejectedRows(rows, fields, failure) };
      const eventTime = picker?.holdsEventTime === true ? undefined : eventTimeOf();
      return { ok: true, rows, fields, eventTime };
    },
  };
}

const NO_SEGMENTS: readonly Segment[] = [];

/** All of them, when a column that they have in common failed. */
function rejectedRows(
  rows: PickedRows,
  common: readonly (string | null)[],
  { column, code }: Failure,
): RejectedRow[] {
  return Array.from({ length: rows.count }, (_, nth) => {
    const row = rows.at(nth);
    const fields = [...common];
    for (const [i, text] of pickedFields(rows, row)) fields[i] = text;
    return { ok: false, fields, entity: rows.page.entityOf(row), column, code };
  });
}

function pickerOf(
  spec: ProjectionSpec,
  plans: readonly ColumnPlan[],
  levels: ReturnType<typeof openLevels>,
): RowPicker | null {
  const { trees, outerKeys } = levels.picked();
  return trees.length === 0 ? null : openPicker({ spec, plans, trees, outerKeys });
}

function columnPlans({ contract, map, hashKey }: ProjectionSpec): ColumnPlan[] {
  return Object.entries(contract.fields).map(([name, field]) => {
    const convert = convertValue(field, name, hashKey);
    return { name, field, path: fieldPath(map, name), convert, hashKey };
  });
}

function refuseWrong(spec: ProjectionSpec): void {
  const problems = projectionProblems(spec);
  if (problems.length > 0)
    throw new PenstockError(contractErrors.projection, { problems: problems.join('; ') });
  const keyProblem = hashKeyProblem(spec);
  if (keyProblem !== undefined) throw new PenstockError(contractErrors.hashKey, keyProblem);
}

/** Reads all columns but those of segments, also after one has failed: what is right of a rejected row is kept. */
function readColumns(
  columns: readonly CompiledColumn[],
  segments: readonly Segment[],
  into: (string | null)[],
): Failure | undefined {
  let nextSegment = 0;
  let first: Failure | undefined;
  for (let i = 0; i < columns.length; i += 1) {
    const segment = segments[nextSegment];
    if (segment?.from === i) {
      nextSegment += 1;
      for (; i < segment.to; i += 1) into.push(null);
      i -= 1;
      continue;
    }
    const converted = columns[i]?.() ?? null;
    if (isFailure(converted)) {
      first ??= converted;
      into.push(null);
    } else into.push(converted);
  }
  return first;
}
