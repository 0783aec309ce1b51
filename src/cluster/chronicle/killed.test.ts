import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openRecordedApi } from '../../../test/recorded/api.ts';
import { createRedactor } from '../../redaction/index.ts';
import { openStore, takeStoreLock } from '../../store/open.ts';
import { connectCluster } from '../connect.ts';
import { openChronicle } from './chronicle.ts';
import { whats } from './entry.ts';
import { readStates } from './table.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

it('a daemon killed while it writes leaves what it wrote, whole, and a gap', async () => {
  const home = mkdtempSync(join(tmpdir(), 'castellan-killed-'));
  const writer = spawn(process.execPath, [fileURLToPath(new URL('./killed.fixture.ts', import.meta.url)), home], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(writer, 'exit');
  const enough = 20 + Math.floor(Math.random() * 100);
  let acknowledged = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    acknowledged = Number(line);
    if (acknowledged >= enough) writer.kill('SIGKILL');
  }
  expect(await gone).toEqual([null, 'SIGKILL']);

  const config = {
    home,
    database: { kind: 'embedded', directory: join(home, 'database') },
    backup: { everyHours: 0, keep: 1 },
  } as const;
  {
    const lock = takeStoreLock(config, { socket: join(home, 'agent.sock'), build: 'test' });
    await using store = await openStore({ config, build: 'test', log: silent, lock });
    const states = await readStates(store.database, 'recorded');
    const dying = states.find(({ name }) => name === 'dying')?.state;
    const [written] = await store.database.query<{ deaths: number }>(
      `select sum(count)::int8 as deaths from castellan.chronicle where root_name = 'dying'`,
    );
    // What is remembered of the pod and what was told of it are of one moment.
    expect(written?.deaths).toBeGreaterThanOrEqual(acknowledged);
    expect(dying).toMatchObject({ containers: { app: { ends: written?.deaths } } });

    await using api = await openRecordedApi();
    await using cluster = await connectCluster(
      { kubeconfig: api.kubeconfig, deadlineMs: 5_000 },
      { redactor: createRedactor() },
    );
    await using chronicle = openChronicle({
      readers: cluster.readers,
      database: { whenOpen: async () => store.database },
    });
    await expect.poll(() => api.watches).toBe(12);
    const window = { since: new Date(0), until: new Date(Date.now() + 60_000), whats };
    const { gaps, entries } = await chronicle.read({ context: 'recorded', ...window });
    expect(gaps).toMatchObject([{ why: 'Castellan did not run' }]);
    const [gap] = gaps;
    const lost = entries.find(({ what, root }) => what === 'deleted' && root.name === 'dying');
    expect(lost?.notBefore?.getTime()).toBeGreaterThanOrEqual(gap?.from.getTime() ?? Number.NaN);
    expect(lost?.at.getTime()).toBeGreaterThan(lost?.notBefore?.getTime() ?? Number.NaN);
  }
  rmSync(home, { recursive: true });
}, 120_000);
