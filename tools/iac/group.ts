import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { keepPort } from '../../src/change/wire/keep-port.ts';
import { clusterPort } from '../../src/cluster/index.ts';
import { defineGroup, ifConfigured, provide } from '../../src/kit/index.ts';
import { redactorPort } from '../../src/redaction/port.ts';
import { databasePort } from '../../src/store/port.ts';
import { commands } from './commands/index.ts';
import { keepSocket } from './keep-socket.ts';
import { owner } from './owner.ts';
import { plan } from './plan.ts';
import type { IacPorts } from './port.ts';
import { openPreparedPatches } from './prepared-patches.ts';
import { probeKeep } from './probe.ts';
import { propose } from './propose.ts';
import { report } from './report.ts';
import { show } from './show.ts';
import { status } from './status.ts';
import { withdraw } from './withdraw.ts';

const config = z.strictObject({
  socket: z
    .string()
    .refine((path) => isAbsolute(path) && Buffer.byteLength(path) <= 100, 'an absolute path of at most 100 bytes')
    .describe("the keep's socket for agents: /run/castellan-keep/agents/keep.sock"),
});

export const iac = defineGroup({
  name: 'iac',
  summary:
    'Terraform, OpenTofu and Terragrunt stacks: who owns what, plans of an edit, drift, changes; a human signs before anything is applied',
  prefixes: ['stack', 'terragrunt', 'drift', 'change', 'field'],
  configKey: 'keep',
  config,
  howToConfigure: 'keep: { socket: /run/castellan-keep/agents/keep.sock } (after `sudo castellan install`)',
  routing: [
    'change anything (fix, scale, restart, image, config) → change_propose with a patch, never kubectl, helm, terraform or git push; then change_status',
    'file and line of a live field, who writes it, the diff that sets it → field_owner before grep, kubectl edit, patch, scale, set',
    'who else works on it, what waits for a human, why was mine refused → change_status',
    'what would this edit do → terragrunt_plan (patch or ref) before raw terragrunt plan, terraform plan, tofu plan',
    'which stacks there are, who holds a lock, last apply, who works on it → stack_show',
    'which stacks differ from reality, which could not be planned → drift_report before a plan of everything',
  ],
  requires: { cluster: ifConfigured(clusterPort), database: databasePort, redactor: redactorPort },
  provides: [keepPort.name],
  tools: [plan, propose, owner, report, show, status, withdraw],
  commands,
  async connect({ socket }, { cluster, database, redactor }) {
    const keep = keepSocket(socket);
    const ports: IacPorts = { keep, cluster, patches: openPreparedPatches({ database, redactor }), redactor };
    return {
      ports,
      provides: [provide(keepPort, keep)],
      probe: (signal) => probeKeep(keep, signal),
      // A connection lasts as long as its request.
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
});
