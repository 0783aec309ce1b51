import { expect, it } from 'vitest';
import { action, now, verifyPorts } from './verify.fixture.ts';
import { verifyAction } from './verify.ts';

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
