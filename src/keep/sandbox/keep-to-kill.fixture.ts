import { inSandbox } from './scratch-run.fixture.ts';

/** A keep that is killed while a plan runs, or starts: `node keep-to-kill.fixture.ts <seconds> <runs>`. */
const [seconds = '60', runs = '1'] = process.argv.slice(2);
await Promise.all(
  Array.from({ length: Number(runs) }, () =>
    inSandbox('', { argv: ['/bin/sh', '-c', 'setsid sleep "$1" & sleep "$1"', 'sh', seconds] }),
  ),
);
