import { beforeAll, describe, expect, it } from 'vitest';
import { createCorpora } from '../../../memory/corpus/corpora.ts';
import { Notebook } from '../../../memory/recall/notebook.fixture.ts';
import type { Database } from '../../store/database.ts';
import { runbook } from '../knowledge/knowledge.fixture.ts';
import { openKnowledge } from '../knowledge/open.ts';
import { openDocumentNames } from './document.ts';
import type { DocumentNames } from './ports.ts';

/** Names of documents as memory keeps them, on the embedded database and on a real server. */
export function describeDocumentNames(name: string, open: () => Promise<Database>): void {
  describe(`names of documents on ${name}`, () => {
    let documents: DocumentNames;
    beforeAll(async () => {
      const database = await open();
      const lent = { whenOpen: async () => database };
      documents = openDocumentNames({ database: lent });
      expect(await documents.has('runbooks', 'restart-photos')).toBeUndefined();
      await createCorpora(new Notebook(database).dependencies)
        .open('docs')
        .put([{ name: 'network.md', title: 'Network', text: '# Network\n\n192.0.2.1' }]);
      await openKnowledge({ database: lent }).replace('docs', { issues: [], runbooks: [runbook()] });
    }, 60_000);

    it.each([
      ['docs', 'network.md', true],
      ['docs', 'network', false],
      ['docs', 'NETWORK.md', false],
      ['runbooks', 'restart-photos', true],
      ['runbooks', 'network.md', false],
      ['docs', 'restart-photos', false],
      ['nothing', 'network.md', undefined],
      ['memory', 'network.md', undefined],
    ])('%s has %s: %s', async (corpus, document, expected) => {
      expect(await documents.has(corpus, document)).toBe(expected);
    });
  });
}
