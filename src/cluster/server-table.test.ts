import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kit/index.ts';
import { silent } from '../redaction/no-redaction.fixture.ts';
import type { Kind } from './kind.ts';
import type { ServerTable } from './reader.ts';
import { readTable } from './server-table.ts';
import { listen, transportTo } from './transport/loopback.fixture.ts';
import { createObjectRedactor } from './withholding/object-redactor.ts';

const redactor = createObjectRedactor(silent);
const signal = new AbortController().signal;
const shelves: Kind = {
  kind: 'Shelf',
  group: 'example.net',
  version: 'v1',
  resource: 'shelves',
  singular: 'shelf',
  shortNames: [],
  namespaced: true,
  verbs: ['get', 'list'],
};

const row = (name: string, ...cells: readonly unknown[]) => ({
  cells: [name, ...cells],
  object: { metadata: { name, namespace: 'books' } },
});

/** What is made of these pages, asked for one after the other. */
async function tableOf(
  ...pages: readonly unknown[]
): Promise<{ readonly table: ServerTable; readonly asked: readonly string[] }> {
  let next = 0;
  await using server = await listen((_request, response) => response.end(JSON.stringify(pages[next++] ?? {})));
  await using transport = transportTo(server.url, 'token');
  const table = await readTable(transport, redactor, shelves, { namespace: 'books', signal });
  return { table, asked: server.seen.map(({ url, headers }) => `${url} ${headers.accept}`) };
}

const page = (columns: readonly string[], rows: readonly unknown[], metadata: JsonObject = {}) => ({
  kind: 'Table',
  metadata,
  columnDefinitions: columns.map((name) => ({ name, type: 'string', priority: 0 })),
  rows,
});

describe('a server’s table', () => {
  it('is read page by page, as a table, with no more of the objects than their metadata', async () => {
    const columns = ['Name', 'Books'];
    const { table, asked } = await tableOf(
      page(columns, [row('a', 1)], { continue: 'next' }),
      page(columns, [row('b', 2)]),
    );
    expect(table.rows).toEqual([
      { name: 'a', namespace: 'books', cells: ['a', 1] },
      { name: 'b', namespace: 'books', cells: ['b', 2] },
    ]);
    const path = '/apis/example.net/v1/namespaces/books/shelves?limit=500';
    const accept = 'application/json;as=Table;g=meta.k8s.io;v=v1';
    expect(asked).toEqual([
      `${path}&includeObject=Metadata ${accept}`,
      `${path}&continue=next&includeObject=Metadata ${accept}`,
    ]);
  });

  it('withholds the cells of columns that are named like secrets, and secrets in any other', async () => {
    const columns = ['Name', 'Token', 'Note', 'Key', 'password hash'];
    const cells = ['s3cr3t-token-value', 'password=s3cr3t-in-note', 'shown', 's3cr3t-hash'];
    const { table } = await tableOf(page(columns, [row('a', ...cells)]));
    expect(JSON.stringify(table)).not.toContain('s3cr3t');
    expect(table.rows[0]?.cells[3]).toBe('shown');
    expect(Object.values(table.withheld).reduce((sum, count) => sum + count, 0)).toBe(3);
  });

  it('keeps cells under their columns when two columns have one name or a cell is missing', async () => {
    const { table } = await tableOf(page(['Name', 'State', 'State', 'Age'], [row('a', 'one', 'two', '3d'), row('b')]));
    expect(table.rows.map(({ cells }) => cells)).toEqual([
      ['a', 'one', 'two', '3d'],
      ['b', null, null, null],
    ]);
  });

  it('keeps cells under their columns when a column’s name is a number or __proto__', async () => {
    const { table } = await tableOf(page(['Name', '2', '1', '__proto__'], [row('a', 'two', 'one', 'proto')]));
    expect(table.rows[0]?.cells).toEqual(['a', 'two', 'one', 'proto']);
  });

  it('takes a list without rows, and a cell that is no scalar for none', async () => {
    expect((await tableOf({ ...page(['Name'], []), rows: null })).table.rows).toEqual([]);
    expect((await tableOf(page(['Name', 'Deep'], [row('a', { secret: 'x' })]))).table.rows[0]?.cells).toEqual([
      'a',
      null,
    ]);
  });

  it.each([{}, { kind: 'ShelfList', items: [] }, { kind: 'Table' }, { kind: 'Table', columnDefinitions: [{}] }])(
    'is not made of %j',
    async (answer) => {
      await expect(tableOf(answer)).rejects.toMatchObject({ code: 'cluster-answer-unreadable' });
    },
  );
});
