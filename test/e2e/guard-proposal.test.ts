import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { onlyOf, proposedChange, restored, setOf, settled } from '../lab/keep/ask-keep.ts';
import type { Human } from '../lab/keep/human.ts';
import { appOf } from '../lab/keep/media.ts';
import { prepareKeep, type ScratchKeep } from '../lab/keep/scratch-keep.ts';
import { tracesOf } from '../lab/keep/traces.ts';
import { describeWithLab, kubectlAs } from '../lab/use-lab.ts';
import { askClaude, pluginTool } from './ask-claude.ts';
import { pluginFolder } from './plugin-agents.ts';
import { claudeCode } from './program-cache.ts';
import { mainFile, ScratchCastellan } from './scratch-castellan.ts';
import { scriptedModel } from './scripted-model.ts';

const file = 'stacks/media/main.tf';

/** An agent types what it may not; what becomes of it is a change that a human signed, applied, in the repository. */
await describeWithLab('a denied kubectl scale', (lab) => {
  const castellan = new ScratchCastellan();
  const programs = join(castellan.directory, 'programs');
  const ran = join(castellan.directory, 'ran');
  let keep: ScratchKeep;
  let human: Human;
  let config: string;
  beforeAll(async () => {
    await claudeCode();
    keep = await prepareKeep(lab);
    await keep.start();
    human = await keep.human();
    await restored(keep, human, ['stacks/media']);
    config = castellan.configure({ ...parse(readFileSync(lab.config, 'utf8')), keep: { socket: keep.socket } });
    mkdirSync(programs);
    writeFileSync(join(programs, 'kubectl'), `#!/bin/sh\necho "$*" >> '${ran}'\n`);
    chmodSync(join(programs, 'kubectl'), 0o755);
  });
  afterAll(async () => {
    await castellan[Symbol.asyncDispose]();
    await keep[Symbol.asyncDispose]();
  });

  const app = () => appOf(keep.infra.read(file), 'request page');
  /** As the API server has it now. */
  const replicas = async (): Promise<string> => {
    const { namespace, name } = app();
    const asked = ['get', 'deployment', name, `--namespace=${namespace}`, '--output=jsonpath={.spec.replicas}'];
    const { ok, stdout, stderr } = await kubectlAs('admin', lab, asked);
    if (!ok) throw new Error(stderr);
    return stdout;
  };
  const declared = (text: string): string => /# request page[^}]*?replicas += (\d+)/.exec(text)?.[1] ?? 'not declared';

  let set = '';

  it('is answered with a patch of the source, which the same session proposes', async () => {
    const { namespace, name } = app();
    expect([await replicas(), declared(keep.infra.read(file))]).toEqual(['1', '1']);
    // What a human asks first. A keep that has just started reads its whole repository for it; the guard does not wait that long.
    const asked = ['--target', `deploy/${name}`, '--namespace', namespace, '--field', 'spec.replicas'];
    const owner = await castellan.run(`--config=${config}`, 'call', 'field_owner', ...asked);
    expect(owner.stdout, owner.stderr).toMatch(new RegExp(`${file}:\\d+`));
    await using model = await scriptedModel(function* () {
      const command = `kubectl -n ${namespace} scale deploy/${name} --replicas=2`;
      const denied = yield { tool: 'Bash', input: { command, description: 'make room' } };
      const patch = /\bpatch_[a-z2-7]+\b/.exec(denied)?.[0];
      if (patch === undefined) throw new Error(`no patch was prepared: ${denied}`);
      yield { tool: 'ToolSearch', input: { query: `select:${pluginTool('change_propose')}` } };
      const reason = 'one is too few of an evening';
      const proposed = yield { tool: pluginTool('change_propose'), input: { patch, reason } };
      return `${denied}\n${proposed}`;
    });
    const { PATH = '', HOME: _, ...environment } = castellan.environment({ CASTELLAN_CONFIG: config });
    const said = await askClaude({
      castellan,
      words: 'The request page is slow. Give it another replica.',
      allowed: [],
      model: model.url,
      bypass: true,
      plugin: pluginFolder,
      server: {
        command: process.execPath,
        args: [mainFile, 'mcp'],
        env: { PATH, HOME: castellan.directory, ...environment },
      },
      environment: { ...environment, PATH: `${programs}${delimiter}${PATH}` },
    });
    expect(said.is_error, said.result).toBe(false);
    expect(said.result).toContain("WAITS FOR A HUMAN'S SIGNATURE: 1 to update");
    expect(existsSync(ran)).toBe(false);
    expect(await replicas()).toBe('1');
    expect(tracesOf(lab, model.requests.join('\n'))).toEqual([]);
    set = /set_[a-z2-7]{26}/.exec(said.result)?.[0] ?? '';
  });

  it('is applied once a human signed it, and stands in the stack on the branch', async () => {
    await human.sign({ kind: 'approve', set });
    expect(onlyOf(await settled(keep, set))).toMatchObject({
      state: 'landed',
      stack: 'stacks/media',
      approvedBy: ['ada'],
    });
    expect(await replicas()).toBe('2');
    const before = keep.infra.read(file);
    const after = await keep.infra.remoteFile(file);
    expect(declared(after)).toBe('2');
    // One line of the file, and nothing else of the repository.
    const changed = after.split('\n').filter((line, index) => line !== before.split('\n')[index]);
    expect(changed.map((line) => line.trim())).toEqual([expect.stringMatching(/^replicas += 2$/)]);
  });

  it('goes back the same way, as the lab was', async () => {
    const before = keep.infra.read(file);
    await keep.infra.pull();
    const back = setOf(await proposedChange(keep, { patch: await keep.infra.patch({ [file]: before }) }));
    await human.sign({ kind: 'approve', set: back });
    expect(onlyOf(await settled(keep, back))).toMatchObject({ state: 'landed' });
    expect(await replicas()).toBe('1');
  });
});
