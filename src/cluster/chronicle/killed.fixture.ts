import { openRecordedApi } from '../../../test/recorded/api.ts';
import { createRedactor } from '../../redaction/index.ts';
import { openStore, takeStoreLock } from '../../store/open.ts';
import { connectCluster } from '../connect.ts';
import { openChronicle } from './chronicle.ts';
import { whats } from './entry.ts';

/**
 * A process that follows a cluster in which one container dies all the time, until it is killed itself. It prints how many
 * deaths were written, each time some were.
 */
const [home = ''] = process.argv.slice(2);
const config = {
  home,
  database: { kind: 'embedded', directory: `${home}/database` },
  backup: { everyHours: 0, keep: 1 },
} as const;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const lock = takeStoreLock(config, { socket: `${home}/agent.sock`, build: 'test' });
const store = await openStore({ config, build: 'test', log: silent, lock });
const api = await openRecordedApi();
const { readers } = await connectCluster(
  { kubeconfig: api.kubeconfig, deadlineMs: 5_000 },
  { redactor: createRedactor() },
);
const chronicle = openChronicle({ readers, database: { whenOpen: async () => store.database } });
while (api.watches < 12) await new Promise((resolve) => setTimeout(resolve, 20));

const metadata = { name: 'dying', namespace: 'killed', creationTimestamp: new Date().toISOString() };
const began = Date.now();
for (let restartCount = 1; ; restartCount += 1) {
  const finishedAt = new Date(began + restartCount * 1_000).toISOString();
  const lastState = { terminated: { reason: 'OOMKilled', exitCode: 137, finishedAt } };
  const status = { name: 'app', restartCount, state: { running: {} }, lastState };
  api.change('pods', restartCount === 1 ? 'ADDED' : 'MODIFIED', {
    metadata,
    spec: { containers: [{ name: 'app' }] },
    status: { phase: 'Running', containerStatuses: [status] },
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  if (restartCount % 5 !== 0) continue;
  const window = { since: new Date(0), until: new Date(Date.now() + 86_400_000), whats };
  const { entries } = await chronicle.read({ context: 'recorded', ...window, roots: [{ name: 'dying' }] });
  process.stdout.write(`${entries.reduce((sum, { count }) => sum + count, 0)}\n`);
}
