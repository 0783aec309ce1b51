import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithLab, leaksIn, sampleOf } from '../lab/use-lab.ts';
import { askClaude } from './ask-claude.ts';
import { authorizingProxy } from './authorizing-proxy.ts';
import { claudeCode } from './program-cache.ts';
import { mainFile, ScratchCastellan } from './scratch-castellan.ts';
import { lastWords, scriptedModel } from './scripted-model.ts';

const tool = 'mcp__castellan__kubectl_get';

await describeWithLab('Claude Code, with a model that follows a script', (lab) => {
  const { faults } = sampleOf(lab);
  const failing = faults['crash-loop-oom'];
  const castellan = new ScratchCastellan();
  const asking = { castellan, words: 'What is wrong with my pods?', allowed: [tool] };
  let url = '';
  let token = '';
  beforeAll(async () => {
    await claudeCode();
    ({ token } = await castellan.token());
    ({ url } = await castellan.serve(`--config=${lab.config}`));
  });
  afterAll(() => castellan[Symbol.asyncDispose]());

  const look = { tool, input: { kind: 'pods', namespace: failing.namespace } };
  const servers = {
    stdio: () => ({
      command: process.execPath,
      args: [mainFile, 'mcp'],
      env: castellan.environment(),
    }),
    HTTP: () => ({ type: 'http', url, headers: { Authorization: `Bearer ${token}` } }),
  };

  it.each(['stdio', 'HTTP'] as const)(
    'is offered the tool, calls it and sees the cluster, over %s',
    async (transport) => {
      await using model = await scriptedModel([look]);
      const said = await askClaude({ ...asking, model: model.url, server: servers[transport]() });

      expect(said).toMatchObject({ is_error: false, result: lastWords });
      expect(model.offered).toContain(tool);
      expectCluster(model.seen[0]);
    },
  );

  it('finds the tool by searching, where it is not loaded up front, calls it and sees the cluster', async () => {
    const notUpFront = (json: string) => json.replaceAll('"anthropic/alwaysLoad":true', '"anthropic/alwaysLoad":null');
    await using relay = await authorizingProxy(new URL(url), token, notUpFront);
    await using model = await scriptedModel([{ tool: 'ToolSearch', input: { query: 'kubectl get pods' } }, look]);
    const said = await askClaude({ ...asking, model: model.url, server: { type: 'http', url: relay.url } });

    expect(said).toMatchObject({ is_error: false, result: lastWords });
    expect(model.offered).toContain('ToolSearch');
    expect(model.offered).not.toContain(tool);
    expect(model.seen[0]).toContain(tool);
    expectCluster(model.seen[1]);
  });

  function expectCluster(seen: string | undefined): void {
    expect(seen).toContain(failing.name);
    expect(seen).toContain('CrashLoopBackOff');
    expect(leaksIn(lab, seen ?? '')).toEqual([]);
  }
});
