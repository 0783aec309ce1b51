import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pushed } from './contract-data.ts';
import { asked } from './contract-questions.ts';
import { ask, recordings } from './recording.ts';
import { createLokiServer } from './server.ts';
import { LogStore } from './store.ts';

/** The stand-in answers as the Loki did whose answers are recorded: status, type and every word of the body. */
const server = createLokiServer(new LogStore());
let base = '';

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  base = `http://127.0.0.1:${address.port}`;
  const answer = await fetch(`${base}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(pushed),
  });
  expect(answer.status).toBe(204);
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

describe.each(Object.keys(asked))('%s', (file) => {
  const text = readFileSync(join(import.meta.dirname, 'recorded', `${file}.json`), 'utf8');
  const { from, answers } = recordings.parse(JSON.parse(text));

  it('were recorded from a real one, and all of them', () => {
    expect(from).toMatch(/^Loki \d+\.\d+\.\d+$/);
    expect(answers.map(({ status, type, body, ...question }) => question)).toEqual(asked[file]);
  });

  it.each(answers)('$name', async (recorded) => {
    expect(await ask(base, recorded)).toEqual(recorded);
  });
});
