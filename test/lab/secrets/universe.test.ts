import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { ScratchCastellan, type ServedDaemon } from '../../e2e/scratch-castellan.ts';
import { proposedChange, setOf, settled } from '../keep/ask-keep.ts';
import type { Human } from '../keep/human.ts';
import { appOf } from '../keep/media.ts';
import { prepareKeep, type ScratchKeep } from '../keep/scratch-keep.ts';
import { describeWithLab, sampleOf } from '../use-lab.ts';
import { vaultOfDaemon } from '../vault/daemon-section.ts';
import { tellVault } from '../vault/vault-api.ts';
import { type Asked, callsAmongValues, callsElsewhere, callsThatFail, type WireCall } from './every-call.ts';
import { createHaystack, residuesIn } from './needles.ts';
import { canaryNeedles, plantUniverse, type Universe } from './plant-universe.ts';
import { type Answered, connectRecorded, type RecordedClient } from './recorded-client.ts';
import { rowsOf } from './rows.ts';

const valueCount = 300;
const branch = 'banner';
const stack = 'stacks/media';

/**
 * Values of Vault, planted wherever people leave them; every tool asked about them, rightly and wrongly, by a real client of a real daemon
 * with a real keep; and then all that any of them said, wrote or kept is searched for every one.
 */
await describeWithLab('three hundred values of Vault, in everything there is to see', (lab) => {
  const castellan = new ScratchCastellan();
  const haystack = createHaystack();
  const told: string[] = [];
  let universe: Universe;
  let keep: ScratchKeep;
  let daemon: ServedDaemon;
  let agent: RecordedClient;
  let guesser: RecordedClient;
  let human: Human;
  let webhook: Server;
  let asked: Asked;
  let set = '';
  let request = '';
  let config = '';
  let bearer = '';
  let elsewhere: readonly Answered[] = [];

  beforeAll(async () => {
    universe = await plantUniverse(lab, valueCount);
    keep = await prepareKeep(lab, { vault: { intervalSeconds: 5 }, plansPerHour: 500 });
    webhook = createServer((request, response) => {
      request.on('data', (chunk) => told.push(String(chunk)));
      request.on('end', () => response.end());
    });
    await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
    const { port } = webhook.address() as AddressInfo;
    const settings = parse(readFileSync(keep.configFile, 'utf8'));
    const notify = { webhook: `http://127.0.0.1:${port}/hook`, ntfy: `http://127.0.0.1:${port}/topic` };
    writeFileSync(keep.configFile, stringify({ ...settings, notify }), { mode: 0o644 });
    await pushBanner(keep, universe);
    await keep.start();
    human = await keep.human();

    config = castellan.configure({
      ...parse(readFileSync(lab.config, 'utf8')),
      vault: vaultOfDaemon(lab),
      keep: { socket: keep.socket },
    });
    const scopes = ['--scope', 'read', 'record', 'propose'];
    bearer = (await castellan.token(...scopes)).token;
    const another = (await castellan.token(...scopes, '--agent', 'guesser')).token;
    daemon = await castellan.serve(`--config=${config}`);
    agent = await connectRecorded(daemon.url, bearer);
    guesser = await connectRecorded(daemon.url, another);

    const known = universe.secrets.find(({ shape }) => shape === 'password');
    asked = {
      app: universe.app,
      elsewhere: sampleOf(lab),
      ref: branch,
      stack,
      path: known?.path ?? '',
      key: known?.key ?? '',
      incident: await openedIncident(agent),
    };
  });
  afterAll(async () => {
    await Promise.all([agent, guesser].map((one) => one?.[Symbol.asyncDispose]()));
    await castellan[Symbol.asyncDispose]();
    await keep?.[Symbol.asyncDispose]();
    webhook?.close();
    await universe?.[Symbol.asyncDispose]();
  });

  const cli = (...words: readonly string[]) => castellan.run(`--config=${config}`, ...words);
  const ask = async (calls: readonly WireCall[]): Promise<readonly Answered[]> => {
    const answers: Answered[] = [];
    for (const { tool, input, pages } of calls) answers.push(...(await agent.pages(tool, input, pages ?? 1)));
    return answers;
  };

  it('are planted in every class and shape, and known after one refresh', async () => {
    const { stdout, stderr } = await castellan.run(`--config=${keep.configFile}`, 'redaction', 'refresh');
    expect(stderr).toBe('');
    expect(stdout).toContain('read again');
    expect(universe.secrets).toHaveLength(valueCount);
    expect([...new Set(universe.secrets.map((one) => one.class))].toSorted()).toEqual(['a', 'b', 'c']);
    await expect.poll(async () => (await cli('redaction', 'status')).code).toBe(0);
  });

  it('are asked about by every tool there is, rightly and wrongly', { timeout: 600_000 }, async () => {
    const { tools } = await agent.client.listTools();
    const names = tools.map(({ name }) => name).toSorted();
    const [among, wrong] = [callsAmongValues(asked), callsThatFail(asked)];
    expect(namesOf(among)).toEqual(names.filter((name) => name !== 'change_withdraw'));
    expect(namesOf(wrong)).toEqual(names);

    const answers = await ask(among);
    expect(
      answers
        .filter(({ tool, isError }) => isError && !refusesSecrets.has(tool) && !hasNothingToDo.has(tool))
        .map(briefly),
    ).toEqual([]);
    const banner = answers.find(({ tool }) => tool === 'change_propose')?.text ?? '';
    set = /set_[a-z2-7]{26}/.exec(banner)?.[0] ?? '';
    request = answers.map(({ text }) => /req_[a-z2-7]{26}/.exec(text)?.[0]).find((id) => id !== undefined) ?? '';
    await ask(wrong);
    for (const id of [request, set]) await agent.call('change_status', { id, wait: 0, budget: 24_000 });
    elsewhere = await ask(callsElsewhere(asked));

    const { resources } = await agent.client.listResources();
    for (const { uri } of resources) await agent.client.readResource({ uri });
    const { prompts } = await agent.client.listPrompts();
    for (const { name, arguments: taken = [] } of prompts) {
      const needed = taken.filter(({ required }) => required === true);
      const given = needed.map((one) => [one.name, one.name === 'incident' ? 'inc_aaaaaaaaaa' : 'what it was before']);
      await agent.client.getPrompt({ name, arguments: Object.fromEntries(given) });
    }
    await agent.call('no_such_tool').catch((error) => haystack.add('unknown tool', String(error)));
  });

  it('are applied, so that the state and the cluster hold some', async () => {
    await human.sign({ kind: 'approve', set });
    const landed = await settled(keep, set);
    expect(landed.map(({ state }) => state)).toEqual(['landed']);
    await ask(callsAmongValues(asked).filter(({ tool }) => /^(?:stack|drift|terragrunt|change_status)/.test(tool)));
    for (const id of [set, ...landed.map((one) => one.id)]) await agent.call('change_status', { id, budget: 24_000 });
    const before = keep.infra.read(`${stack}/main.tf`);
    const { namespace } = appOf(before, 'media server');
    await agent.pages('kubectl_get', { kind: 'deployments', namespace, path: 'spec', budget: 24_000 }, 3);
    await keep.infra.pull();
    await keep.infra.commit('no banner', { [`${stack}/main.tf`]: before }, 'plain');
    const back = setOf(await proposedChange(keep, { ref: 'plain', stacks: [stack] }));
    haystack.add('page of the way back', JSON.stringify(await human.get(`/api/sets/${back}`)));
    await human.sign({ kind: 'approve', set: back });
    expect((await settled(keep, back)).map(({ state }) => state)).toEqual(['landed']);
  });

  it('are named by their labels where an agent needs them: in the logs of a pod', async () => {
    const logs = agent.answers
      .filter(({ tool }) => tool === 'kubectl_logs')
      .map(({ text }) => text)
      .join('\n');
    const named = universe.secrets.filter(({ path, key }) =>
      new RegExp(`«secret:secret/${path}#${key}(?:\\.[\\w.]+)?@v1»`).test(logs),
    );
    expect(named.length).toBeGreaterThan(150);
  });

  it('are masked where nobody planted one hardly ever', () => {
    const text = elsewhere.map((answer) => answer.text).join('\n');
    const masks = text.match(/«secret:[^»]*»/g) ?? [];
    expect(text.length).toBeGreaterThan(100_000);
    expect(masks.length / (text.length / 1e6)).toBeLessThanOrEqual(2);
  });

  it('refuse a call that holds one, and say not which', async () => {
    const [first, second, third, fourth] = universe.secrets
      .filter(({ shape }) => shape === 'password')
      .map(({ value }) => value);
    if (first === undefined || second === undefined || third === undefined || fourth === undefined)
      throw new Error('too few');
    const holding: readonly WireCall[] = [
      { tool: 'kubectl_get', input: { kind: 'pods', name: first } },
      { tool: 'kubectl_logs', input: { target: 'pod/x', grep: Buffer.from(`house:${second}`).toString('base64') } },
      { tool: 'vault_describe', input: { secret: `secret/${third}` } },
      { tool: 'vault_describe', input: { secret: `secret/${universe.lookalike}#plain_setting` } },
      { tool: 'vault_compare', input: { left: `secret/${asked.path}#${asked.key}`, right: fourth } },
      {
        tool: 'change_propose',
        input: { reason: 'x', stacks: [stack], expect: [`probe https://example.net/?t=${first} 200`] },
      },
      { tool: 'terragrunt_plan', input: { stack, patch: `+ password = "${Buffer.from(second).toString('hex')}"` } },
      { tool: first, input: {} },
    ];
    for (const { tool, input } of holding) {
      try {
        const { text, isError } = await guesser.call(tool, input);
        expect([isError, text]).toEqual([true, expect.stringContaining('secret-in-input')]);
        expect(text).not.toContain('«secret:');
      } catch (error) {
        if (tool !== first) throw error;
        haystack.add('a tool named like a value', String(error).replaceAll(first, ''));
      }
    }
  });

  it('but no words of a log that nobody put into Vault, and nothing says that all is masked', async () => {
    const logs = agent.answers
      .filter(({ tool }) => tool === 'kubectl_logs')
      .map(({ text }) => text)
      .join('\n');
    expect(universe.unheardOf.filter((word) => !logs.includes(word))).toEqual([]);
    const health = await agent.call('vault_health', { budget: 24_000 });
    const status = await cli('redaction', 'status');
    for (const text of [health.text, status.stdout]) expect(text).toContain('never was in Vault');
    const claims = /\b(?:all|every|everything|no)\b[^.\n|]{0,40}\b(?:masked|redacted|covered|clean|safe|leaks?)\b/i;
    for (const { text } of agent.answers)
      for (const line of text.split('\n'))
        if (/known values|redaction|masked/i.test(line)) expect(line).not.toMatch(claims);
    expect(status.stdout).not.toMatch(claims);
  });

  it('are known after an interval when somebody else rotates one, and at once after a refresh', async () => {
    const { path, key } = universe.rotated;
    const rotate = async (word: string): Promise<string> => {
      const value = randomBytes(18).toString('base64url');
      await tellVault(universe.root, 'POST', `secret/data/${path}`, { data: { [key]: value } });
      universe.print(`${word} rotated to ${value}`);
      return value;
    };
    const seen = async (word: string): Promise<string> =>
      (
        await agent.call('kubectl_logs', {
          target: `deployment/${universe.app.name}`,
          namespace: universe.app.namespace,
          grep: word,
        })
      ).text;
    const first = await rotate('morning');
    await expect.poll(() => seen('morning'), { interval: 1_000 }).toContain(`#${key}@v2»`);
    expect(await seen('morning')).not.toContain(first);

    const second = await rotate('evening');
    const { stdout } = await castellan.run(`--config=${keep.configFile}`, 'redaction', 'refresh');
    const [, generation = 'none'] = /generation (\S+)/.exec(stdout) ?? [];
    await expect.poll(async () => (await cli('redaction', 'status')).stdout).toContain(generation);
    const text = await seen('evening');
    expect(text).toContain(`#${key}@v3»`);
    expect(text).not.toContain(second);
  });

  it('lie in nothing that was said, shown, told, written or kept', { timeout: 600_000 }, async () => {
    for (const [who, client] of [
      ['agent', agent],
      ['guesser', guesser],
    ] as const)
      for (const [index, body] of (await client.bytes()).entries()) haystack.add(`frame ${index} of the ${who}`, body);
    for (const { tool, input, text } of [...agent.answers, ...guesser.answers])
      haystack.add(`${tool} ${who(input)}`, text);
    for (const words of [
      ['status'],
      ['status', '--json'],
      ['doctor'],
      ['redaction', 'status', '--json'],
      ['audit', 'verify'],
    ]) {
      const { stdout, stderr } = await cli(...words);
      haystack.add(`castellan ${words.join(' ')}`, stdout + stderr);
    }
    const metrics = await fetch(new URL('/metrics', daemon.url), { headers: { authorization: `Bearer ${bearer}` } });
    expect(metrics.status).toBe(200);
    haystack.add('metrics', await metrics.text());
    const routes = [
      'hello',
      'overview',
      `sets/${set}`,
      `requests/${request}`,
      'history?limit=50',
      'audit?limit=200',
      'stacks',
      'approvers',
    ];
    for (const route of routes) haystack.add(`console ${route}`, JSON.stringify(await human.get(`/api/${route}`)));
    expect(told.length).toBeGreaterThan(0);
    haystack.add('notifications', told.join('\n'));

    await daemon.stop();
    await keep.stop();
    await keep.fingerprinter?.stop();
    haystack.add('log of the daemon', daemon.printed.join('\n'));
    haystack.add('log of the keep', keep.printed.join('\n'));
    haystack.add('log of the fingerprinter', (keep.fingerprinter?.printed ?? []).join('\n'));
    for (const directory of [join(castellan.home, 'db'), join(keep.state, 'db')]) {
      const tables = await rowsOf(directory);
      for (const [table, rows] of tables) haystack.add(`table ${table}`, rows.join('\n'));
    }
    const { texts } = haystack;
    expect(texts.some(({ where, text }) => where.includes('audit') && text.includes('secret-in-input'))).toBe(true);
    expect(residuesIn(texts, universe.needles)).toEqual([]);
    expect(residuesIn(texts, universe.structural)).toEqual([]);
    expect(residuesIn(texts, canaryNeedles(lab))).toEqual([]);
    const named = universe.named.flatMap(({ where, pattern }) =>
      texts.filter(({ text }) => pattern.test(text)).map((one) => `${one.where}: ${where}`),
    );
    expect(named).toEqual([]);
  });
});

/** What answers no question about Secret objects. */
const refusesSecrets = new Set(['kubectl_get', 'kubectl_describe', 'kubectl_explain']);
/** There is neither a draft nor an action item. */
const hasNothingToDo = new Set(['post_mortem_publish', 'action_update']);

async function openedIncident(agent: RecordedClient): Promise<string> {
  const answer = await agent.call('incident_open', { title: 'a login fails', symptom: 'a login fails everywhere' });
  return /inc_[a-z2-7]{10}/.exec(answer.text)?.[0] ?? '';
}

const namesOf = (calls: readonly WireCall[]): readonly string[] =>
  [...new Set(calls.map(({ tool }) => tool))].toSorted();
const briefly = ({ tool, input, text }: Answered): readonly unknown[] => [tool, input, text.slice(0, 300)];
const who = (input: object): string => JSON.stringify(input).slice(0, 80);

/** A branch whose plan prints values: who pushed it was somebody else, not an agent. */
async function pushBanner(keep: ScratchKeep, { secrets }: Universe): Promise<void> {
  const [first, second] = secrets.filter(({ shape }) => shape === 'hex');
  const text = keep.infra.read(`${stack}/main.tf`);
  const banner = `BANNER = "${first?.value}"`;
  await keep.infra.commit(
    'a banner',
    {
      [`${stack}/main.tf`]: `${text.replace(/env +=\s+\{/, (found) => `${found} ${banner},`)}
output "banner" { value = "${second?.value}" }
`,
    },
    branch,
  );
}
