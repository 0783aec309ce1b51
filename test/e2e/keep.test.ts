import { readFileSync } from 'node:fs';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { prepareKeep, type ScratchKeep } from '../lab/keep/scratch-keep.ts';
import { tracesOf } from '../lab/keep/traces.ts';
import { describeWithLab } from '../lab/use-lab.ts';
import { askClaude } from './ask-claude.ts';
import { mainFile, ScratchCastellan } from './scratch-castellan.ts';
import { lastWords, scriptedModel } from './scripted-model.ts';
import { openSession, type Session } from './session.ts';

await describeWithLab('an agent that asks what an edit would do', (lab) => {
  const castellan = new ScratchCastellan();
  let keep: ScratchKeep;
  let config: string;
  let session: Session;
  beforeAll(async () => {
    keep = await prepareKeep(lab);
    await keep.start();
    config = castellan.configure({ ...parse(readFileSync(lab.config, 'utf8')), keep: { socket: keep.socket } });
    session = await openSession(castellan, { environment: { CASTELLAN_CONFIG: config } });
  });
  afterAll(async () => {
    await session[Symbol.asyncDispose]();
    await castellan[Symbol.asyncDispose]();
    await keep[Symbol.asyncDispose]();
  });

  const memory = () =>
    keep.infra.patch({ 'stacks/mail/main.tf': (text) => text.replace(/(memory +=) "256Mi"/, '$1 "320Mi"') });

  it('is told the change, its line, its risk and why, in less than 4 KB', async () => {
    const told = await call(session.client, 'terragrunt_plan', { stack: 'mail', patch: await memory() });
    expect(told).toMatch(/: 1 to update; risk medium/);
    expect(told).toMatch(/module\.\w+\.kubectl_manifest\.deployment/);
    expect(told).toMatch(/stacks\/mail\/main\.tf:\d+/);
    expect(told).toMatch(/^\|\s+- .*256Mi/m);
    expect(told).toMatch(/^\|\s+\+ .*320Mi/m);
    expect(told).toMatch(/pods-restart/);
    expect(Buffer.byteLength(told)).toBeLessThan(4_096);
    expect(tracesOf(lab, told)).toEqual([]);
  });

  it('is told every stack that a shared module is used by, and that a human has to consent', async () => {
    const patch = await keep.infra.patch({
      'modules/app/main.tf': (text) => text.replace('cpu = "10m"', 'cpu = "20m"'),
    });
    const told = await call(session.client, 'terragrunt_plan', { stack: 'mail', patch });
    expect(told).toMatch(/consent/);
    for (const stack of ['dns', 'finance', 'identity', 'media', 'monitoring', 'photos']) expect(told).toContain(stack);
    expect(Buffer.byteLength(told)).toBeLessThan(4_096);
  });

  it('sees the stacks, whose a live field is, and that nothing was planned by night yet', async () => {
    const stacks = await call(session.client, 'stack_show', {});
    expect(stacks).toContain('stacks/mail');
    expect(await call(session.client, 'stack_show', { stack: 'databases' })).toContain('stacks/mail');
    expect(await call(session.client, 'drift_report', {})).toMatch(/never|not been planned|no scheduled/i);
  });

  it('is told that everything is frozen once anybody froze it', async () => {
    const frozen = await castellan.run('freeze', '--directory', keep.freeze);
    expect(frozen.code, frozen.stderr).toBe(0);
    expect(await call(session.client, 'stack_show', {})).toMatch(/frozen/i);
    // What is only looked at goes on.
    expect(await call(session.client, 'terragrunt_plan', { stack: 'dns' })).toMatch(/no changes/i);
  });

  it('plans as Claude Code, too', async () => {
    const tool = 'mcp__castellan__terragrunt_plan';
    await using model = await scriptedModel([
      { tool: 'ToolSearch', input: { query: 'terragrunt plan' } },
      { tool, input: { stack: 'mail', patch: await memory() } },
    ]);
    const said = await askClaude({
      castellan,
      words: 'What would this edit do?',
      allowed: [tool],
      model: model.url,
      server: {
        command: process.execPath,
        args: [mainFile, 'mcp'],
        env: castellan.environment({ CASTELLAN_CONFIG: config }),
      },
    });
    expect(said).toMatchObject({ is_error: false, result: lastWords });
    expect(model.seen[0]).toContain(tool);
    expect(model.seen[1]).toContain('320Mi');
  });

  it('finds a way on when the keep is gone', async () => {
    await keep.stop();
    expect(await call(session.client, 'stack_show', {})).toMatch(/keep-unreachable/);
  });
});

async function call(client: Client, name: string, input: Record<string, unknown>): Promise<string> {
  const { content } = await client.callTool({ name, arguments: input }, { timeout: 60_000 });
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
}
