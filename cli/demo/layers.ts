import { bronzeTableOf, type RelationName } from '#shared/contracts/names.ts';
import { agrees, compareRows, type RowComparison } from './compare-rows.ts';
import type { DemoState } from './demo-state.ts';

const STREAMS = ['cnpj_ws', 'installments'] as const;
type Stream = (typeof STREAMS)[number];

/** What is built on a stream with one row for each of the source's, and the key that says so. */
const BUILT_ON: Readonly<Record<Stream, readonly { layer: string; relation: RelationName; key: string }[]>> =
  {
    cnpj_ws: [{ layer: 'silver', relation: { schema: 'credit_silver', name: 'cnpj_ws_clean' }, key: 'cnpj' }],
    installments: [
      { layer: 'silver', relation: { schema: 'credit_silver', name: 'installments_clean' }, key: 'id' },
      { layer: 'gold', relation: { schema: 'credit_gold', name: 'payment_analytics_detailed' }, key: 'id' },
    ],
  };

/** A table compared with the source it comes from. */
export interface LayerComparison {
  readonly stream: string;
  readonly layer: string;
  readonly table: string;
  /** `every contract column`, or the key. */
  readonly comparedOn: string;
  readonly sourceRows: number;
  readonly rows: number;
  readonly onlyInSource: number;
  readonly onlyHere: number;
  readonly agrees: boolean;
}

/** Compares source and bronze on every column of the contract. */
export function compareBronze(state: DemoState): Promise<LayerComparison[]> {
  return Promise.all(STREAMS.map((stream) => bronzeOf(state, stream)));
}

/** Compares every layer that has one row for each of the source's: bronze on all columns, the others on their keys. */
export async function compareLayers(state: DemoState): Promise<LayerComparison[]> {
  const found: LayerComparison[] = [];
  for (const stream of STREAMS) {
    found.push(await bronzeOf(state, stream));
    for (const built of BUILT_ON[stream]) {
      const compared = await compareWith(state, stream, built.relation, [built.key]);
      found.push(describe(stream, built.layer, built.relation, built.key, compared));
    }
  }
  return found;
}

async function bronzeOf(state: DemoState, stream: Stream): Promise<LayerComparison> {
  const fields = Object.keys(declared(state, stream).contract.fields);
  const relation = bronzeTableOf('credit', stream);
  const compared = await compareWith(state, stream, relation, fields);
  return describe(stream, 'bronze', relation, 'every contract column', compared);
}

function compareWith(
  state: DemoState,
  stream: Stream,
  relation: RelationName,
  columns: readonly string[],
): Promise<RowComparison> {
  const { dev } = state.platform;
  const source = { url: dev.oltpOwnerUrl, relation: declared(state, stream).table, columns };
  return compareRows(source, { url: dev.warehouseUrl, relation, columns });
}

function declared({ platform }: DemoState, stream: Stream) {
  const found = platform.pipelines.get('credit')?.streams[stream];
  if (found?.kind !== 'cursor') throw new Error(`the credit pipeline reads no stream ${stream} by cursor`);
  return found;
}

function describe(
  stream: string,
  layer: string,
  { schema, name }: RelationName,
  comparedOn: string,
  found: RowComparison,
): LayerComparison {
  return {
    stream,
    layer,
    table: `${schema}.${name}`,
    comparedOn,
    sourceRows: found.leftRows,
    rows: found.rightRows,
    onlyInSource: found.onlyLeft,
    onlyHere: found.onlyRight,
    agrees: agrees(found),
  };
}
