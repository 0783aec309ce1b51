import { openHistoryRows } from './history-rows.ts';

/** Adds rows until it is killed, and says which are on the disk. */
const [folder = ''] = process.argv.slice(2);
const rows = openHistoryRows(folder, { info: () => undefined, warn: () => undefined, error: () => undefined });
const macs = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`key-${index}`, 'A'.repeat(22)]));
for (let at = 1; at < 5_000; at += 1) {
  rows.add([{ mount: 'secret', path: `apps/${at}`, version: 1, at: '2026-01-01T00:00:00.000Z', macs }]);
  process.stdout.write(`${at}\n`);
  await new Promise((resolve) => setImmediate(resolve));
}
