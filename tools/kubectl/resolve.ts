import { z } from 'zod';
import { type App, counted, readApp } from '../../src/cluster/index.ts';
import type { Subject } from '../../src/incident/knowledge/port.ts';
import { table, toolsFor } from '../../src/kit/index.ts';
import { besideNote, rowsOf } from './app-rows.ts';
import { fields } from './fields.ts';
import { askKnown } from './known.ts';
import type { KubectlPorts } from './port.ts';

const { defineTool } = toolsFor<KubectlPorts>();

export const resolve = defineTool({
  name: 'app_resolve',
  title: 'Find an app',
  description:
    'Where an app or host lives: namespace, workloads, pods, services, hosts, images, who manages it, what is known of it; problems first. ' +
    'Use when only a name or a host is known.',
  effect: 'read',
  searchHint: 'k8s app host ingress service namespace lookup',
  input: z.strictObject({
    target: fields.target,
    namespace: fields.namespace,
    context: fields.context,
    budget: fields.budget,
  }),
  async run({ target, namespace, context }, { ports, signal, now }) {
    const cluster = ports.cluster.inContext(context);
    const asOf = now();
    const app = await readApp({ cluster, target, namespace, signal, now: asOf });
    const known = await askKnown(ports.known, subjectsOf(app), asOf);
    const rows = rowsOf(app, known.matches);
    return table({
      asOf,
      coverage: {
        covered: `workloads, pods, services and hosts of namespace ${app.namespace}, context ${cluster.context}`,
        missing: [
          ...app.unread.map((kind) => ({ what: kind, why: 'the credential may not read it' })),
          ...known.missing,
        ],
      },
      headline: headlineOf(app, target, rows),
      columns: ['what', 'name', 'status', 'facts', 'detail'],
      rows: rows.map(({ cells }) => cells),
      notes: besideNote(app),
      narrow: 'kubectl_describe tells more about one of them',
    });
  },
});

/** Everything that is known of its names, whether it shows now or not: the namespace of an app is often called as it is. */
function subjectsOf({ namespace, workloads }: App): readonly Subject[] {
  const names = new Set([...workloads.map(({ object }) => object.name), namespace]);
  return [...names].map((name) => ({ namespace, name, rules: [], text: '', inGeneral: true }));
}

function headlineOf(app: App, target: string, rows: ReturnType<typeof rowsOf>): string {
  const number = (status: string): number => rows.filter((row) => row.status === status).length;
  const [problems, unknowns] = [number('problem'), number('unknown')];
  const unseen = app.unread.length > 0 ? ' in what could be read' : '';
  const found = [
    counted(app.workloads.length, 'workload'),
    counted(app.pods.length, 'pod'),
    counted(app.services.length, 'service'),
    counted(app.hosts.length, 'host'),
  ];
  const state = `${counted(problems, 'problem')}${unknowns > 0 ? `, ${unknowns} unknown` : ''}${unseen}`;
  return `${app.said ?? target.trim()}: ${found.join(', ')}; ${state}`;
}
