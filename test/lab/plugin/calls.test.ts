import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findPostgres } from '../../../src/store/throwaway-postgres.fixture.ts';
import { catalogue } from '../../../tools/catalogue.ts';
import { callOf, spansOf } from '../../laws/agent-text.ts';
import { repository } from '../../laws/sources.ts';
import { type KeepDaemon, startKeepDaemon } from '../incidents/keep-daemon.ts';
import { prepareKeep, type ScratchKeep } from '../keep/scratch-keep.ts';
import { describeWithLab, sampleOf } from '../use-lab.ts';

/**
 * Every call that an agent, a skill or a command of the plugin names, made once with what the lab has in place of its examples. It may
 * be told that something is not there; never that it was put wrongly.
 */
await describeWithLab('the calls of the plugin’s texts', (lab) => {
  const { namespace, name } = sampleOf(lab).faults['never-ready'];
  const parts = new AsyncDisposableStack();
  let keep: ScratchKeep;
  let daemon: KeepDaemon;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    const server = await findPostgres({ CASTELLAN_TEST_POSTGRES_URL: lab.postgres?.admin });
    if (server === undefined) throw new Error(`lab ${lab.name} has no Postgres`);
    const store = await parts.use(server).freshDatabase();
    keep = parts.use(await prepareKeep(lab));
    await keep.start();
    daemon = parts.use(await startKeepDaemon(lab, keep, store));
    const opened = await daemon.call('incident_open', { title: 'web is down', symptom: 'it does not answer' });
    ids['inc'] = /inc_[a-z2-7]{10}/.exec(opened)?.[0] ?? 'none';
    const target = `deployment/${name}`;
    const gather = { incident: ids['inc'], source: 'kubernetes', target, namespace };
    ids['ev'] = /ev_[a-z2-7]+/.exec(await daemon.call('incident_gather', gather))?.[0] ?? 'none';
  }, 400_000);
  afterAll(() => parts.disposeAsync());

  /** The lab's daemon has no Vault of its own here. */
  const served = new Set(
    catalogue.filter(({ name: group }) => group !== 'vault').flatMap((group) => group.tools.map((tool) => tool.name)),
  );
  const tools = new Map(catalogue.flatMap((group) => group.tools.map((tool) => [tool.name, tool] as const)));

  /** An example, or what only the agent knows then, as the lab has it. */
  function given(value: string): string {
    return value
      .replace(/ev_…,ev_…/g, 'ev_…')
      .replace(/(inc|ev)_…/g, (_, kind: string) => ids[kind] ?? '')
      .replace(/(chg|run|patch)_…/g, (_, kind: string) => `${kind}_${'a'.repeat(26)}`)
      .replace(/act_…/g, 'act_aaaaaaaa')
      .replace(/deploy\/(web|traefik|…)|<kind\/name>/g, `deployment/${name}`)
      .replace(/<mount\/path#key>/g, 'secret/apps/web#password')
      .replace(/<mount\/path>/g, 'secret/apps/web')
      .replace(/^shop$|<ns>/g, namespace)
      .replace(/<(?:stack|folder|one alike|of the app)>/g, 'stacks/media')
      .replace(/<when it began>/g, '1h')
      .replace(/<when>/g, new Date().toISOString())
      .replace(/<path>/g, 'spec.replicas')
      .replace(/<[^>]*>|…/g, 'web');
  }

  /** Words of a skill stand without quotes: a value goes on until the next argument. */
  function inputOf(tool: string, said: string): Record<string, unknown> {
    const input: Record<string, unknown> = {};
    for (const [, argument = '', value = ''] of said.matchAll(
      / ([a-zA-Z_]+)=("[^"]*"|\[[^\]]*\]|.*?)(?= [a-zA-Z_]+=|$)/g,
    )) {
      const text = given(value.replace(/^"(.*)"$/, '$1'));
      const field = tools.get(tool)?.input.shape[argument];
      input[argument] = field === undefined || field.safeParse(text).success ? text : JSON.parse(text);
    }
    // Nothing here is about how long it takes.
    return 'wait' in (tools.get(tool)?.input.shape ?? {}) ? { ...input, wait: 1 } : input;
  }

  const calls = globSync('{agents/*.md,skills/*/SKILL.md,commands/*.md}', { cwd: fileURLToPath(repository) })
    .flatMap((path) => spansOf(readFileSync(new URL(path, repository), 'utf8').replace(/^---\n[\s\S]*?\n---\n/, '')))
    .flatMap(({ text, of }) => {
      const tool = callOf(text)?.tool;
      // Alone it is a name, and with one argument that stands for the rest of an earlier call no call either.
      return tool === undefined || of !== undefined || !text.includes('=') || text.endsWith(' checks="…"')
        ? []
        : [text];
    });

  it.each([...new Set(calls)].toSorted())(
    '%s',
    async (text) => {
      const tool = callOf(text)?.tool ?? '';
      const input = inputOf(tool, text.slice(tool.length));
      expect(tools.get(tool)?.input.safeParse(input)).toMatchObject({ success: true });
      const answer = await daemon.call(tool, input);
      if (!served.has(tool)) return expect(answer).toContain(`Tool ${tool} not found`);
      expect(answer).not.toMatch(/^error (?:input-invalid|internal|[a-z-]*conflict)\b|^\w*Error\b/);
    },
    120_000,
  );
});
