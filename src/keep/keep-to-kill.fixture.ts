import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRedactor } from '../redaction/index.ts';
import { loadKeepConfig } from './config/load.ts';
import { standIns } from './keep.fixture.ts';
import { startKeep } from './keep.ts';

/** A keep whose work stands still at the state that is named, with something of the run in the work directory. */
const [file = '', at = ''] = process.argv.slice(2);
const config = loadKeepConfig(file, { seatBelt: true });
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const still = new Promise<never>(() => undefined);

const { compose } = standIns((parts) => ({
  ...parts,
  runs: { ...parts.runs, judge: at === 'judging' ? () => still : parts.runs.judge },
  planner: {
    cleanUp: parts.planner.cleanUp,
    plan: ({ run }) => {
      mkdirSync(join(config.workDirectory, run), { recursive: true });
      writeFileSync(join(config.workDirectory, run, 'state.json'), 'decrypted');
      return still;
    },
  },
  git: Object.assign(parts.git, at === 'fetching' ? { applyPatch: () => still } : {}),
}));
const keep = await startKeep({
  config,
  seatBelt: true,
  build: { version: '0', stamp: '' },
  log: silent,
  redactor: createRedactor(),
  compose,
});
process.stdout.write('serving\n');
process.once('SIGTERM', () => keep.stop('told to'));
await keep.stopped;
