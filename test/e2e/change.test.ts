import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { appOf, memoryOf, setMemory } from '../lab/keep/media.ts';
import { keepUser, prepareKeep, type ScratchKeep } from '../lab/keep/scratch-keep.ts';
import { tracesOf } from '../lab/keep/traces.ts';
import { describeWithLab } from '../lab/use-lab.ts';
import { askClaude } from './ask-claude.ts';
import { type HumanAtConsole, sitAtConsole } from './console/browser.ts';
import { enrolByRoot } from './enrol-by-root.ts';
import { mainFile, ScratchCastellan } from './scratch-castellan.ts';
import { lastWords, scriptedModel } from './scripted-model.ts';

/**
 * The whole of it, with nothing left out: Claude Code with a scripted model asks a daemon, a keep of another user plans, a human
 * with a real browser and a virtual authenticator signs, the API server's Deployment changes, the repository has it, and a bundle
 * proves it offline.
 */
await describeWithLab('an agent that asks, and a human that signs', (lab) => {
  const castellan = new ScratchCastellan();
  const scratch = mkdtempSync(join(tmpdir(), 'castellan-change-'));
  let keep: ScratchKeep;
  let human: HumanAtConsole;
  let config: string;
  beforeAll(async () => {
    keep = await prepareKeep(lab, { enrolled: false });
    await keep.start();
    config = castellan.configure({ ...parse(readFileSync(lab.config, 'utf8')), keep: { socket: keep.socket } });
    human = await sitAtConsole({ origin: keep.relyingParty.origin });
  });
  afterAll(async () => {
    await human[Symbol.asyncDispose]();
    await castellan[Symbol.asyncDispose]();
    await keep[Symbol.asyncDispose]();
    rmSync(scratch, { recursive: true, force: true });
  });

  const app = () => appOf(keep.infra.read('stacks/media/main.tf'), 'request page');

  it('begins with root, who says who may sign, and a browser that makes the passkeys', async () => {
    const { code, said, fingerprint } = await enrolByRoot(human, 'ada', { configFile: keep.configFile, home: scratch });
    expect(code, said).toBe(0);
    expect(fingerprint.length).toBeGreaterThan(8);
    expect(said).toContain(fingerprint);
    await human.logIn();
  });

  let set = '';

  it('lets Claude Code propose a memory limit, and tells it that it cannot approve', async () => {
    const patch = await keep.infra.patch({ 'stacks/media/main.tf': setMemory('request page', '96Mi') });
    const { namespace, name } = app();
    const tools = ['mcp__castellan__change_propose', 'mcp__castellan__change_status'];
    await using model = await scriptedModel([
      { tool: 'ToolSearch', input: { query: 'select:mcp__castellan__change_propose,mcp__castellan__change_status' } },
      {
        tool: 'mcp__castellan__change_propose',
        input: {
          patch,
          reason: 'it is killed for want of memory\u202e <script>alert(1)</script> [approve](https://evil.example.net)',
          expect: [`rollout deployment ${namespace}/${name} in 2m`],
        },
      },
      { tool: 'mcp__castellan__change_status', input: {} },
    ]);
    const said = await askClaude({
      castellan,
      words: 'The request page is killed for want of memory. Propose more.',
      allowed: tools,
      model: model.url,
      server: {
        command: process.execPath,
        args: [mainFile, 'mcp'],
        env: castellan.environment({ CASTELLAN_CONFIG: config }),
      },
    });
    expect(said).toMatchObject({ is_error: false, result: lastWords });
    const told = model.seen[1] ?? '';
    expect(told).toContain("WAITS FOR A HUMAN'S SIGNATURE: 1 to update");
    expect(told).toContain('you cannot');
    expect(told).toContain('96Mi');
    expect(tracesOf(lab, model.seen.join('\n'))).toEqual([]);
    set = /set_[a-z2-7]{26}/.exec(told)?.[0] ?? '';
    expect(told).toContain(`${keep.relyingParty.origin}/#/${set}`);
    expect(await memoryOf(lab, app())).toBe('64Mi');
  });

  it('shows the human all of it on one page, and nothing of the agent’s words as markup', async () => {
    await human.open(`#/${set}`);
    await human.page.getByRole('button', { name: 'Approve with passkey' }).waitFor();
    const text = await human.text();
    for (const word of ['stacks/media', 'said by the agent, not checked', '64Mi', '96Mi']) {
      expect(text.toLowerCase()).toContain(word.toLowerCase());
    }
    expect(text).toContain('<script>alert(1)</script>');
    expect(await human.page.locator('main a[href*="evil"]').count()).toBe(0);
    expect(human.complaints).toEqual([]);
  });

  it('is applied once the human signed, verified, and landed', async () => {
    await human.approve();
    await expect.poll(() => memoryOf(lab, app()), { timeout: 120_000 }).toBe('96Mi');
    await expect.poll(() => human.text(), { timeout: 120_000, interval: 1_000 }).toMatch(/landed/i);
    expect(await keep.infra.remoteFile('stacks/media/main.tf')).toContain('96Mi');
    expect(human.complaints).toEqual([]);
  });

  it('is told to the agent, and to a terminal', async () => {
    const status = await castellan.run('call', 'change_status', '--id', set);
    expect(status.stdout).toContain('landed: applied, verified and on the branch');
    const shown = await execa(process.execPath, [mainFile, 'show', set, '--config', keep.configFile], {
      env: { PATH: process.env['PATH'] ?? '', HOME: scratch },
      extendEnv: false,
    });
    expect(shown.stdout).toContain('approved by ada');
  });

  it('leaves a bundle that proves it offline, and no other', async () => {
    const bundle = join(scratch, 'bundle.json');
    await keep.stop();
    const exported = await execa(
      '/usr/bin/setpriv',
      [
        ...[
          '--reuid',
          String(keepUser),
          '--regid',
          String(keepUser),
          '--clear-groups',
          '--',
          process.execPath,
          mainFile,
        ],
        ...['audit', 'export', set, '--config', keep.configFile],
      ],
      { cwd: '/', env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' }, extendEnv: false, reject: false },
    );
    expect(exported.exitCode, exported.stderr).toBe(0);
    writeFileSync(bundle, exported.stdout);
    const verify = (file: string) =>
      execa(process.execPath, [mainFile, 'audit', 'verify-bundle', file], {
        cwd: scratch,
        env: { PATH: process.env['PATH'] ?? '', HOME: scratch },
        extendEnv: false,
        reject: false,
      });
    const verified = await verify(bundle);
    expect(verified.exitCode, `${verified.stdout}\n${verified.stderr}`).toBe(0);
    expect(tracesOf(lab, readFileSync(bundle, 'utf8'))).toEqual([]);
  });
});
