import { Buffer } from 'node:buffer';
import { openSealedPlans } from './open.ts';

/** A keep that seals one change again and again until it is killed: every version is all of one byte. */
const [stateDirectory = '', change = ''] = process.argv.slice(2);
const plans = await openSealedPlans({ stateDirectory });
for (let version = 0; ; version = (version + 1) % 256) {
  await plans.put(change, { plan: Buffer.alloc(50_000, version), workdir: Buffer.alloc(3_000_000, version) });
  process.stdout.write('.');
}
