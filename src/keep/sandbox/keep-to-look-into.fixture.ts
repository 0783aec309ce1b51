import { writeFileSync } from 'node:fs';
import { inSandbox } from './scratch-run.fixture.ts';

/** A keep that was started with descriptors and an environment: prints what a run of its sees of them. */
const { stdout } = await inSandbox(
  `id; env; perl -e 'for (3 .. 300) { next unless open my $f, "<&=", $_; my @null = stat "/dev/null"; my @it = stat $f; print "open: $_\\n" unless $it[6] == $null[6] && -c $f }'`,
);
writeFileSync(1, stdout);
