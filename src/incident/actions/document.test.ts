import { afterAll, expect, it } from 'vitest';
import { openScratchDatabase } from '../../store/scratch-database.fixture.ts';
import { describeDocumentNames } from './document.contract.ts';
import { action, now, verifyPorts } from './verify.fixture.ts';
import { verifyAction } from './verify.ts';

const scratch = await openScratchDatabase();
afterAll(() => scratch[Symbol.asyncDispose]());

describeDocumentNames('the embedded database', async () => scratch.database);

it.each([
  [true, 'pass'],
  [false, 'fail'],
  [undefined, 'unknown'],
])('a document that is there (%s): %s', async (isThere, expected) => {
  const predicate = { kind: 'document', corpus: 'runbooks', name: 'restart-photos' } as const;
  const ports = verifyPorts({ documents: { has: async () => isThere } });
  const seen = await verifyAction(action(predicate), ports, { signal: new AbortController().signal, now });
  expect(seen.result).toBe(expected);
});
