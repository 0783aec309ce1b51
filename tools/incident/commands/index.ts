import type { OperatorCommand } from '../../../src/kit/index.ts';
import type { IncidentPorts } from '../port.ts';
import { exportIncident } from './export.ts';
import { importFiles } from './import.ts';
import { replay } from './replay.ts';
import { sweepEverything } from './sweep.ts';
import { verify } from './verify.ts';

/** What `castellan incident` asks of the daemon beside the tools. */
export const commands: readonly OperatorCommand<IncidentPorts>[] = [
  exportIncident,
  importFiles,
  replay,
  sweepEverything,
  verify,
];
