import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { LabEnv } from './lab-env.ts';
import { type Canary, canary } from './sample/canaries.ts';
import { type Summary, summary } from './sample/summary.ts';
import { ensureLab, stopLab } from './suite-lab.ts';

/** The suite's lab. A lab that this call had to start is stopped after the file's last test. */
export async function useLab(): Promise<LabEnv | undefined> {
  const found = await ensureLab();
  if (found?.started) afterAll(() => stopLab(found.lab));
  return found?.lab;
}

/** `describe` with the suite's lab in hand: `await describeWithLab('logs', (lab) => { it(…) })`. */
export async function describeWithLab(title: string, body: (lab: LabEnv) => void): Promise<void> {
  const lab = await useLab();
  describe.skipIf(lab === undefined)(title, () => {
    if (lab === undefined) it('needs the lab: npm run lab -- build', () => expect.unreachable());
    else body(lab);
  });
}

/** Runs kubectl against the lab. Never throws: a refusal is an answer. */
export async function kubectlAs(who: keyof LabEnv['kubeconfig'], lab: LabEnv, args: readonly string[]) {
  const done = await execa(lab.kubectl, ['--kubeconfig', lab.kubeconfig[who], ...args], {
    env: { HOME: '/nonexistent', KUBECACHEDIR: '/dev/null' },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
  return { ok: done.exitCode === 0, stdout: done.stdout, stderr: done.stderr };
}

export function sampleOf(lab: LabEnv): Summary {
  return summary.parse(JSON.parse(readFileSync(lab.sample, 'utf8')));
}

export function canariesOf(lab: LabEnv): readonly Canary[] {
  return z.array(canary).parse(JSON.parse(readFileSync(lab.canaries, 'utf8')));
}

/** The planted secrets that show in a text, as they are or as the API encodes them (base64). Empty is what one hopes for. */
export function leaksIn(lab: LabEnv, text: string): readonly Canary[] {
  return canariesOf(lab).filter(
    ({ value }) => text.includes(value) || text.includes(Buffer.from(value).toString('base64').replace(/=+$/, '')),
  );
}

const auditLine = z.object({
  verb: z.string(),
  requestURI: z.string(),
  user: z.object({ username: z.string() }),
  responseStatus: z.object({ code: z.int() }).optional(),
  requestReceivedTimestamp: z.coerce.date(),
});

export interface Audited {
  readonly verb: string;
  readonly uri: string;
  readonly code: number | undefined;
}

/** What the account Castellan uses asked of the API server since a moment, by the server's own record. */
export function castellanRequests(lab: LabEnv, since: Date): readonly Audited[] {
  return readFileSync(lab.audit, 'utf8')
    .trimEnd()
    .split('\n')
    .filter((line) => line.includes('system:serviceaccount:castellan:castellan'))
    .map((line) => auditLine.parse(JSON.parse(line)))
    .filter(({ user }) => user.username === 'system:serviceaccount:castellan:castellan')
    .filter(({ requestReceivedTimestamp }) => requestReceivedTimestamp >= since)
    .map(({ verb, requestURI, responseStatus }) => ({ verb, uri: requestURI, code: responseStatus?.code }));
}
