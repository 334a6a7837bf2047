import type { RelationName } from '#shared/contracts/names.ts';
import type { AdapterConnection, RelationParts } from '../../adapter/adapter.ts';
import { storedName } from '../../compile/stored-name.ts';
import { reachable } from '../../dag/graph.ts';
import { isAppended } from '../../execute/run-node.ts';
import type { PublishedKind } from '../../model-warehouse.ts';
import type { ModelNode } from '../../project/project.ts';
import { asideNames } from '../../publish/aside-names.ts';
import type { InvokeOptions } from '../invocation.ts';
import type { WorkPlan } from '../plan-work.ts';
import { isBuiltWork, type TestWork } from '../work.ts';

/** A relation that is built under another name; all names as the server keeps them. */
export interface Aside {
  readonly kind: PublishedKind;
  readonly stable: RelationName;
  readonly candidate: RelationName;
  readonly retired: RelationName;
}

/** How each node of a build becomes public. */
export interface AuditPlan {
  /** By unique id: built aside, tested there, then given its name. */
  readonly aside: ReadonlyMap<string, Aside>;
  /** Of what is written in place, in one transaction: the tests that run in it, by the node's unique id. */
  readonly inside: ReadonlyMap<string, readonly TestWork[]>;
}

/** What a materialisation makes. Others, and a project's own, write in place. */
const MADE: Readonly<Record<string, PublishedKind>> = {
  table: 'table',
  incremental: 'table',
  seed: 'table',
  view: 'view',
  materialized_view: 'materialized view',
};

/**
 * Decides node by node. What would be built whole is built aside; rows that are added to a table that stands (incremental models,
 * snapshots), and what a materialisation of the project's own does, are audited in their transaction.
 *
 * @throws PenstockError of the server.
 */
export async function planAudit(
  options: Pick<InvokeOptions, 'project' | 'adapter' | 'flags' | 'signal'>,
  plan: WorkPlan,
  runId: string,
): Promise<AuditPlan> {
  const aside = new Map<string, Aside>();
  const inside = new Map<string, TestWork[]>();
  const connection = await options.adapter.connect('audit', options.signal);
  try {
    const built = [...plan.works.values()].filter(isBuiltWork);
    // Asked for at once: `isAppended` finds them known.
    const { target } = options.project.graph.options;
    await connection.lookUp(built.map(({ node }) => partsOf(storedName(node.relation, target))));
    for (const work of built) {
      const kind = await asideKindOf(options, work.node, connection);
      if (kind === undefined) inside.set(work.id, testsInside(plan, work.id));
      else aside.set(work.id, { kind, ...namesOf(options, work.node, runId) });
    }
  } finally {
    await connection.release();
  }
  return { aside, inside };
}

const partsOf = ({ schema, name }: RelationName): RelationParts => ({
  ...{ database: null, schema, identifier: name },
});

async function asideKindOf(
  { project, flags }: Pick<InvokeOptions, 'project' | 'flags'>,
  node: ModelNode,
  connection: AdapterConnection,
): Promise<PublishedKind | undefined> {
  const { materialized } = node.config;
  const refreshed = node.config.fullRefresh ?? flags.fullRefresh;
  if (node.kind === 'snapshot') return undefined;
  if (!refreshed && (await isAppended(node, connection, project.graph.options.target))) return undefined;
  return node.kind === 'seed' ? 'table' : MADE[materialized];
}

function namesOf(
  { project }: Pick<InvokeOptions, 'project'>,
  node: ModelNode,
  runId: string,
): Omit<Aside, 'kind'> {
  const stable = storedName(node.relation, project.graph.options.target);
  return { stable, ...asideNames(stable, runId) };
}

/** Tests of this node that need nothing but it and what is done before it. */
function testsInside({ works, graph }: WorkPlan, id: string): TestWork[] {
  const before = reachable(graph, [id]);
  return [...works.values()].filter((work): work is TestWork => {
    const reads = graph.get(work.id) ?? [];
    return (
      work.kind === 'test' && reads.includes(id) && reads.every((read) => read === id || before.has(read))
    );
  });
}
