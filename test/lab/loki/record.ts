import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { pushed } from './contract-data.ts';
import { asked } from './contract-questions.ts';
import { ask } from './recording.ts';

/**
 * Records the answers of a real Loki: `node test/lab/loki/record.ts http://127.0.0.1:3100`. It must be empty and willing to
 * take lines of any age (`reject_old_samples: false`), without adding what level it thinks each is of (`discover_log_levels: false`).
 */
const base = z.url().parse(process.argv[2]);

const push = await fetch(`${base}/loki/api/v1/push`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(pushed),
});
if (push.status !== 204) throw new Error(`the lines were refused: ${push.status} ${await push.text()}`);
// It looks for lines this old among those it has put away only.
const flush = await fetch(`${base}/flush`, { method: 'POST' });
if (!flush.ok) throw new Error(`the lines were not put away: ${flush.status} ${await flush.text()}`);
await sleep(5_000);

const information = await fetch(`${base}/loki/api/v1/status/buildinfo`);
const { version } = z.object({ version: z.string() }).parse(await information.json());
for (const [file, questions] of Object.entries(asked)) {
  const answers = [];
  for (const question of questions) answers.push(await ask(base, question));
  const text = JSON.stringify({ from: `Loki ${version}`, answers }, null, 1);
  writeFileSync(join(import.meta.dirname, 'recorded', `${file}.json`), `${text}\n`);
}
