import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { z } from 'zod';
import type { JsonObject } from '../../kit/index.ts';
import { askDaemon } from '../ask-daemon.ts';
import type { CliContext } from '../terminal.ts';
import { incidentFileError, readNamed } from './errors.ts';

const judged = z.object({
  severity: z.string(),
  rules: z.array(z.object({ rule: z.string(), severity: z.string(), why: z.string() })),
  suspects: z.array(z.object({ object: z.string(), score: z.number() })),
  unread: z.array(z.object({ what: z.string(), why: z.string() })),
});
const replayed = z.object({ judgement: judged, before: judged.nullable(), differences: z.array(z.string()) });

/** What `export` wrote: the newest snapshot of it, and what it was judged to be. */
const exported = z.object({
  dossier: z.object({
    evidence: z.array(z.object({ id: z.string(), source: z.string(), status: z.string() })),
    triage: z.looseObject({ snapshot: z.string() }).catchall(z.json()).nullish(),
  }),
  payloads: z.record(z.string(), z.string()),
});

/** Judges a kept snapshot again by the rubric of today: a changed rubric shows what it changes. Nothing is stored. */
export function replayCommand(context: CliContext): Command {
  const command = new Command('replay')
    .description('judge again what triage saw, by the rubric of today; exit 1 when the judgement differs')
    .argument('<incident>', 'inc_…, or a file: a snapshot, or what `incident export` wrote')
    .addOption(new Option('--json', 'print the whole result as JSON'));
  return command.action(async (given: string, { json }: { json?: true }) => {
    const { terminal, cwd } = context;
    const input = inputOf(given, cwd);
    await using daemon = await askDaemon(command, context);
    const answer = await daemon.request('incident.replay', input);
    const { judgement: now, before, differences } = replayed.parse(answer);
    if (json === true) terminal.out(JSON.stringify(answer));
    else {
      terminal.out(`${now.severity}${before === null ? '' : ` (then: ${before.severity})`}`);
      for (const { rule, severity, why } of now.rules) terminal.out(`rule     ${severity} ${rule}: ${why}`);
      for (const { object, score } of now.suspects.slice(0, 5)) terminal.out(`suspect  ${score.toFixed(2)} ${object}`);
      for (const { what, why } of now.unread) terminal.out(`NOT SEEN ${what}: ${why}`);
      for (const line of differences) terminal.out(`differs  ${line}`);
    }
    if (differences.length > 0) process.exitCode = 1;
  });
}

function inputOf(given: string, cwd: string): JsonObject {
  const file = resolve(cwd, given);
  if (/^inc_[a-z2-7]+$/.test(given) && statSync(file, { throwIfNoEntry: false }) === undefined)
    return { incident: given };
  const text = readNamed(given, () => readFileSync(file, 'utf8'));
  const whole = exported.safeParse(jsonIn(text));
  if (!whole.success) return { snapshot: text };
  const { dossier, payloads } = whole.data;
  const newest = dossier.evidence.findLast(({ source, status }) => source === 'triage' && status === 'ok');
  const snapshot = payloads[newest?.id ?? ''];
  if (snapshot === undefined)
    throw invalid(given, 'holds no snapshot: the incident was not triaged when it was exported');
  const before = dossier.triage;
  return before?.snapshot === newest?.id && before !== undefined && before !== null
    ? { snapshot, before }
    : { snapshot };

  function jsonIn(json: string): unknown {
    try {
      return JSON.parse(json);
    } catch (error) {
      throw invalid(given, 'is no JSON', error);
    }
  }
}

function invalid(named: string, why: string, cause?: unknown): Error {
  return incidentFileError('incident-file-invalid', {
    message: `${named} ${why}`,
    next: 'give an incident, or a file that `castellan incident export` wrote after `castellan incident triage`',
    cause,
  });
}
