import type { OperatorCommand } from '../../../src/kit/index.ts';
import type { MemoryPorts } from '../port.ts';
import { bench } from './bench.ts';
import { exportEntries } from './export.ts';
import { importEntries } from './import.ts';
import { reembed } from './reembed.ts';
import { erase, restore } from './removal.ts';
import { standing } from './standing.ts';
import { stats } from './stats.ts';

/** What `memory-tool` asks of the daemon beside the tools. */
export const commands: readonly OperatorCommand<MemoryPorts>[] = [
  bench,
  erase,
  exportEntries,
  importEntries,
  reembed,
  restore,
  standing,
  stats,
];
