import { type ClusterObject, type KindHealth, kindId, readEndpoints } from '../../src/cluster/index.ts';
import { CastellanError, type Cell, type Coverage } from '../../src/kit/index.ts';
import { cellOf } from './cell.ts';
import type { ListRequest } from './list-many.ts';

/** Columns beside name, namespace, status and age. */
export interface Further {
  readonly columns: readonly string[];
  cells(object: ClusterObject): readonly Cell[];
  readonly missing: NonNullable<Coverage['missing']>;
}

/** What is known of a kind here; of kinds nobody here knows, what the server prints of them. */
export async function furtherColumns(request: ListRequest, health: KindHealth): Promise<Further> {
  if (health.printed !== true) return { columns: health.columns, cells: health.cells, missing: [] };
  const printed = await printedColumns(request);
  return kindId(request.kind) === 'services' ? withEndpoints(request, printed) : printed;
}

/** Said by other columns already. */
const repeated = /^(?:name|namespace|age|created at)$/i;

async function printedColumns({ cluster, kind, namespace, selector, signal }: ListRequest): Promise<Further> {
  let table: Awaited<ReturnType<typeof cluster.table>>;
  try {
    table = await cluster.table(kind, { namespace, selector, signal });
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    return { columns: [], cells: () => [], missing: [{ what: 'the columns the server prints', why: error.code }] };
  }
  const kept = [...table.columns.entries()].filter(([, { name, priority }]) => priority === 0 && !repeated.test(name));
  const rows = new Map(table.rows.map((row) => [`${row.namespace}/${row.name}`, row.cells]));
  return {
    columns: kept.map(([index, { name }]) => labelOf(name, index + 1)),
    cells: ({ namespace: place, name }) => {
      const cells = rows.get(`${place}/${name}`) ?? [];
      return kept.map(([index]) => printedCell(cells[index] ?? null));
    },
    missing: [],
  };
}

/** The author of a kind calls its columns what he likes: what is longer than a heading may be a sentence. */
function labelOf(name: string, index: number): string {
  if (!/^[A-Za-z0-9(%][\w()%./-]{0,19}(?: [\w()%./-]{1,12}){0,2}$/.test(name)) return `column ${index}`;
  const label = name.toLowerCase().replace(/[^a-z0-9()-]+/g, '-');
  return label === 'status' || label === 'detail' ? `its ${label}` : label;
}

function printedCell(cell: string | number | boolean | null): Cell {
  return cell === '<none>' || cell === '<unknown>' ? '' : cellOf([cell]);
}

/** A Service prints nothing of who answers for it. */
async function withEndpoints({ cluster, namespace, signal, now }: ListRequest, printed: Further): Promise<Further> {
  const endpoints = await readEndpoints({ cluster, namespace, signal, now });
  if (endpoints === undefined) {
    return {
      ...printed,
      missing: [...printed.missing, { what: 'endpoints', why: 'the credential may not read them' }],
    };
  }
  return {
    columns: [...printed.columns, 'endpoints ready'],
    cells: (object) => {
      const count = endpoints.get(`${object.namespace}/${object.name}`);
      return [...printed.cells(object), count === undefined ? '' : `${count.ready}/${count.known}`];
    },
    missing: printed.missing,
  };
}
