import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { canariesOf, describeWithLab } from '../use-lab.ts';
import { ask, planned } from './ask-keep.ts';
import { prepareKeep, type ScratchKeep } from './scratch-keep.ts';
import { tracesOf } from './traces.ts';

const memory = { 'stacks/mail/main.tf': (text: string) => text.replace(/(memory +=) "256Mi"/, '$1 "320Mi"') };

await describeWithLab('plans of the sample homelab', (lab) => {
  let keep: ScratchKeep;
  beforeAll(async () => {
    keep = await prepareKeep(lab);
    await keep.start();
  });
  afterAll(() => keep[Symbol.asyncDispose]());

  it('an edit of a memory limit changes one object, told with its line', async () => {
    const run = await planned(keep, { patch: await keep.infra.patch(memory), reason: 'it is killed for want of it' });
    expect(run).toMatchObject({ state: 'planned', stack: 'stacks/mail', findings: [] });
    expect(run.summary).toMatchObject({ counts: { update: 1, create: 0, delete: 0, replace: 0 } });
    const [change] = run.summary?.changes ?? [];
    expect(change?.address).toMatch(/^module\.\w+\.kubectl_manifest\.deployment$/);
    const limit = change?.leaves.find(({ path }) => path.endsWith('limits.memory'));
    expect(limit).toMatchObject({ before: '256Mi', after: '320Mi', place: { file: 'stacks/mail/main.tf' } });
    expect(run.summary?.risk.level).toBe('medium');
    expect(run.summary?.risk.reasons.map(({ text }) => text).join('\n')).toMatch(/pod|roll/i);
    expect(run.summary?.blastRadius.stacks).toEqual([]);
    expect(tracesOf(lab, JSON.stringify(run))).toEqual([]);
  });

  it('a stack as it is has nothing to do', async () => {
    expect(await planned(keep, { stack: 'documents' })).toMatchObject({
      state: 'no-changes',
      stack: 'stacks/documents',
    });
  });

  it('a stack of tier 0 is planned from its encrypted state', async () => {
    const run = await planned(keep, { stack: 'dns' });
    expect(run).toMatchObject({ state: 'no-changes', stateOf: { serial: expect.any(Number) } });
  });

  it('what was changed by hand is told as what an apply would do to it', async () => {
    const run = await planned(keep, { stack: 'home-automation' });
    expect(run).toMatchObject({ state: 'planned', summary: { counts: { update: 1 } } });
  });

  it('an edit of a shared module waits for consent, and names every stack that uses it', async () => {
    const patch = await keep.infra.patch({
      'modules/app/main.tf': (text) => text.replace('cpu = "10m"', 'cpu = "20m"'),
    });
    const run = await planned(keep, { patch });
    expect(run.state).toBe('needs-consent');
    const said = run.findings.map(({ message }) => message).join('\n');
    for (const stack of ['dns', 'finance', 'identity', 'media', 'monitoring', 'photos']) expect(said).toContain(stack);
  });

  it('a branch is planned as what its tree differs by', async () => {
    const id = await keep.infra.commit('mail: more memory', memory, 'more-memory');
    const byName = await planned(keep, { ref: 'more-memory' });
    expect(byName).toMatchObject({ state: 'planned', summary: { counts: { update: 1 } } });
    expect(await planned(keep, { ref: id })).toMatchObject({ summary: { digest: byName.summary?.digest } });
  });

  it('an error of the engine is told with its line, and nothing it quotes', async () => {
    const patch = await keep.infra.patch({
      'stacks/mail/main.tf': (text) => text.replace('module.namespace.name', 'module.namespace.title'),
    });
    const run = await planned(keep, { patch });
    expect(run).toMatchObject({ state: 'failed', failure: { step: 'plan' } });
    expect(run.failure?.lines.join('\n')).toMatch(/Unsupported attribute/);
  });

  it('every stack is told, with its tier, its backend and what hangs on it', async () => {
    const { stacks = [] } = await ask(keep, { verb: 'status', of: 'stacks' });
    expect(stacks).toHaveLength(12);
    const databases = stacks.find(({ stack }) => stack === 'stacks/databases');
    expect(databases).toMatchObject({ tier: '0', backend: 'sops' });
    expect(databases?.dependants).toContain('stacks/mail');
    expect(stacks.find(({ stack }) => stack === 'stacks/mail')).toMatchObject({
      backend: 'pg',
      lock: { state: 'free' },
      modules: expect.arrayContaining(['modules/app']),
    });
  });

  it('where a live object comes from is told by file and line', async () => {
    const { object } = await ask(keep, {
      verb: 'status',
      of: 'object',
      kind: 'Deployment',
      ...ownerOf(keep.infra.read('stacks/mail/main.tf')),
    });
    expect(object).toMatchObject({ stack: 'stacks/mail', place: { file: 'modules/app/main.tf' } });
    expect(object?.fields.find(({ field }) => field.endsWith('replicas'))).toMatchObject({ literal: '1' });
  });

  it('nothing of all that is left in the work folder', () => {
    expect(readdirSync(keep.work)).toEqual([]);
    expect(canariesOf(lab).length).toBeGreaterThan(10);
    expect(tracesOf(lab, keep.printed.join('\n'))).toEqual([]);
  });
});

/** The mail server's Deployment, whose name was drawn for this lab. */
function ownerOf(text: string): { readonly name: string; readonly namespace: string } {
  const [, namespace = ''] = /module "namespace" \{[^}]*name += "([^"]+)"/.exec(text) ?? [];
  const [, name = ''] = /# mail server[^}]*?name += "([^"]+)"/.exec(text) ?? [];
  return { name, namespace };
}
