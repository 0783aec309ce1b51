import { describe, expect, it } from 'vitest';
import type { Contracted } from './cluster.contract.ts';
import type { ServerTable, TableOptions } from './reader.ts';

const { signal } = new AbortController();

/** What is promised of the columns the server prints. */
export function tableContract(open: () => Contracted): void {
  const tableOf = async (word: string, options: Partial<TableOptions> = {}): Promise<ServerTable> => {
    const { reader } = open();
    return reader.table(await reader.kind(word, signal), { signal, ...options });
  };
  const names = ({ columns }: ServerTable): readonly string[] => columns.map(({ name }) => name);

  describe('a table of the server', () => {
    it('has the columns kubectl prints, the wide ones marked, and a row an object', async () => {
      const table = await tableOf('pods');
      expect(names(table).slice(0, 5)).toEqual(['Name', 'Ready', 'Status', 'Restarts', 'Age']);
      expect(table.columns.find(({ name }) => name === 'IP')?.priority).toBeGreaterThan(0);
      expect(table.rows.length).toBeGreaterThan(5);
      for (const { cells, name, namespace } of table.rows) {
        expect(cells).toHaveLength(table.columns.length);
        expect(cells[0]).toBe(name);
        expect(namespace).not.toBe('');
      }
      const [some] = table.rows;
      const narrowed = await tableOf('pods', {
        namespace: some?.namespace,
        fieldSelector: `metadata.name=${some?.name}`,
      });
      expect(narrowed.rows).toHaveLength(1);
    });

    it('has the columns the author of an installed kind chose, one named Secret withheld', async () => {
      const table = await tableOf('certificates');
      expect(names(table)).toEqual(['Name', 'Ready', 'Secret', 'Expires']);
      const [first] = table.rows;
      expect(first?.cells[1]).toMatch(/^(?:True|False)$/);
      expect(first?.cells[2]).toMatch(/^«redacted:secret-field:[0-9a-f]{6}»$/);
      expect(table.withheld['secret-field']).toBe(table.rows.length);
    });

    it('shows no planted secret', async () => {
      const { canaries } = open();
      let text = '';
      for (const word of ['pods', 'deployments', 'configmaps', 'events', 'externalsecrets', 'services', 'nodes']) {
        text += JSON.stringify(await tableOf(word));
      }
      expect(text.length).toBeGreaterThan(5_000);
      expect(canaries.filter((canary) => text.includes(canary))).toEqual([]);
    });
  });
}
