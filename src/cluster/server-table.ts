import { z } from 'zod';
import type { JsonObject } from '../kit/index.ts';
import { clusterError } from './errors.ts';
import { listAt } from './fields.ts';
import type { Kind } from './kind.ts';
import { add, assertSelector, pageSize, targetOf } from './list.ts';
import type { ServerTable, TableOptions } from './reader.ts';
import type { Transport } from './transport/transport.ts';
import type { ObjectRedactor } from './withholding/object-redactor.ts';

const accept = 'application/json;as=Table;g=meta.k8s.io;v=v1';

const tableShape = z.object({
  kind: z.literal('Table'),
  metadata: z.object({ continue: z.string().optional() }).default({}),
  columnDefinitions: z.array(z.object({ name: z.string(), priority: z.int().default(0) })),
  rows: z
    .array(
      z.object({
        cells: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]).catch(null)),
        object: z.object({ metadata: z.object({ name: z.string(), namespace: z.string().default('') }) }),
      }),
    )
    .nullish(),
});

/**
 * Cells come from anywhere in the object, by a path the kind's author chose: each is redacted as the value of a field of
 * its column's name.
 */
export async function readTable(
  transport: Transport,
  redactor: ObjectRedactor,
  kind: Kind,
  { namespace, selector, fieldSelector, signal }: TableOptions,
): Promise<ServerTable> {
  assertSelector(selector);
  const clean = new Set<string>();
  const withheld: Record<string, number> = {};
  let columns: ServerTable['columns'] = [];
  const rows: ServerTable['rows'][number][] = [];
  let continued: string | undefined;
  do {
    const page = await transport.read(targetOf(kind, namespace), {
      signal,
      accept,
      query: {
        labelSelector: selector,
        fieldSelector,
        limit: pageSize,
        includeObject: 'Metadata',
        continue: continued,
      },
    });
    const table = parseTable(page);
    columns = table.columnDefinitions;
    for (const { cells, object } of table.rows ?? []) {
      // Each cell is an object of its own: names may be the same, and those like numbers would change their order.
      const named = columns.map(({ name }, index) => ({ [name.replaceAll(/\s/g, '')]: cells[index] ?? null }));
      const redacted = redactor.redact({ kind: kind.kind, cells: named }, clean);
      add(withheld, redacted.withheld);
      rows.push({ ...object.metadata, cells: listAt(redacted.body, 'cells').map(cellOf) });
    }
    continued = table.metadata.continue === '' ? undefined : table.metadata.continue;
  } while (continued !== undefined);
  return { columns, rows, withheld };
}

function cellOf(named: JsonObject): ServerTable['rows'][number]['cells'][number] {
  const [cell = null] = Object.values(named);
  return typeof cell === 'object' ? null : cell;
}

function parseTable(page: JsonObject): z.infer<typeof tableShape> {
  const table = tableShape.safeParse(page);
  if (table.success) return table.data;
  throw clusterError('cluster-answer-unreadable', {
    message: 'the API server did not answer with a table',
    next: 'ask for the objects themselves',
    cause: table.error,
  });
}
