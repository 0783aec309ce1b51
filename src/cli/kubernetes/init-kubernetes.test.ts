import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openRecordedApi, type RecordedApi } from '../../../test/recorded/api.ts';
import { catalogue } from '../../../tools/catalogue.ts';
import { connectCluster } from '../../cluster/index.ts';
import { loadConfig } from '../../config/index.ts';
import { createRedactor } from '../../redaction/index.ts';
import { buildProgram } from '../program.ts';
import { runCommand } from '../run-command.ts';
import { FakeKubectl } from './fake-kubectl.fixture.ts';

let folder: string;
let api: RecordedApi;
let kubectl: FakeKubectl;
let said: string[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-access-'));
  api = await openRecordedApi();
  kubectl = new FakeKubectl(join(folder, 'bin'));
  kubectl.answer('{.clusters[0].cluster}', JSON.stringify({ server: api.server }));
  give(api.token);
  said = [];
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function give(token: string, days = 365): void {
  const expirationTimestamp = new Date(Date.now() + days * 86_400_000).toISOString();
  kubectl.answer('create token', JSON.stringify({ status: { token, expirationTimestamp } }));
}

interface Setting {
  /** What the person types; without it nobody sits there. */
  readonly typed?: string;
  readonly path?: string;
}

async function run(
  words: string,
  { typed, path = [join(folder, 'bin'), '/usr/bin', '/bin'].join(delimiter) }: Setting = {},
) {
  said = [];
  const say = (line: string): void => {
    said.push(line);
  };
  const ask = async (question: string): Promise<string> => {
    said.push(question);
    return typed ?? '';
  };
  const terminal = { out: say, err: say, colour: false, interactive: false, ...(typed === undefined ? {} : { ask }) };
  const environment = { HOME: folder, PATH: path };
  const context = { terminal, environment, cwd: folder, groups: catalogue };
  const all = ['init', 'kubernetes', ...words.split(' ').filter((word) => word !== '')];
  const code = await runCommand(buildProgram(context), ['--home', home(), ...all], terminal);
  return { code, text: said.join('\n') };
}

const home = (): string => join(folder, 'home');
const kubeconfig = (): string => join(home(), 'kubeconfig');
const configFile = (): string => join(folder, '.config', 'castellan', 'castellan.yaml');
const kubernetesOf = () =>
  loadConfig({
    flags: { config: configFile() },
    environment: { HOME: folder },
    cwd: folder,
    slices: catalogue,
  }).groups.get('kubernetes');
const written = (): readonly string[] => (existsSync(home()) ? readdirSync(home()).sort() : []);

describe('castellan init kubernetes', () => {
  it('gives Castellan a login that only looks, and a castellan.yaml that names it', async () => {
    const { code, text } = await run('', { typed: 'home' });
    expect(text).not.toContain('fault');
    expect(code).toBe(0);
    expect(kubectl.applied).toBe(readFileSync('deploy/kubernetes/reader-role.yaml', 'utf8'));
    expect(kubectl.calls.at(-2)).toMatch(/^--context=home apply --server-side --force-conflicts .* --filename=-$/);
    expect(kubectl.calls.at(-1)).toBe(
      '--context=home create token castellan --namespace=castellan --duration=8760h --output=json',
    );
    expect(written()).toEqual(['kubeconfig', 'kubeconfig.home.token']);
    for (const name of written()) expect(statSync(join(home(), name)).mode & 0o777).toBe(0o600);
    expect(readFileSync(kubeconfig(), 'utf8')).not.toContain(api.token);
    expect(kubernetesOf()).toMatchObject({ kubeconfig: kubeconfig(), context: 'home' });
    await using connection = await connectCluster(
      { kubeconfig: kubeconfig(), deadlineMs: 5_000 },
      { redactor: createRedactor() },
    );
    expect(connection.reader.context).toBe('home');
  });

  it('shows the whole role, the context and what it will write before it asks, and never the token', async () => {
    const { text } = await run('', { typed: 'home' });
    const before = text.slice(0, text.indexOf("type the context's name"));
    expect(before).toContain(`your context "home" (${api.server})`);
    expect(before).toMatch(/core: configmaps, .*pods, pods\/log.* \(get, list, watch\)/);
    expect(before).toMatch(/apps: .*\n.*batch: /);
    expect(before).toContain(`${kubeconfig()} and a file with the token`);
    expect(before).toContain(`${configFile()}: kubernetes.context: "home"`);
    expect(text).not.toContain(api.token);
    expect(text).toMatch(
      /its token ends \d{4}-\d\d-\d\d \d\d:\d\d UTC; before that: castellan init kubernetes --renew/,
    );
  });

  it.each(['', 'Home', 'spare', 'yes', 'y'])('makes nothing when %j is typed for the name', async (typed) => {
    const { code, text } = await run('', { typed });
    expect(code).toBe(1);
    expect(text).toMatch(/init-not-confirmed.*nothing was changed/);
    expect(kubectl.applied).toBeUndefined();
    expect(kubectl.calls.some((call) => call.includes('token'))).toBe(false);
    expect(written()).toEqual([]);
    expect(existsSync(configFile())).toBe(false);
  });

  it('asks kubectl nothing where nobody can agree, unless --yes is given', async () => {
    const { code, text } = await run('');
    expect({ code, calls: kubectl.calls }).toEqual({ code: 1, calls: [] });
    expect(text).toMatch(/init-not-confirmed: stdin is no terminal.*--yes/s);
    expect((await run('--yes')).code).toBe(0);
    expect(said.join('\n')).not.toContain('type the context');
  });

  it('prints what it would apply and asks nobody', async () => {
    const { code, text } = await run('--print');
    expect({ code, calls: kubectl.calls }).toEqual({ code: 0, calls: [] });
    expect(`${text}\n`).toBe(readFileSync('deploy/kubernetes/reader-role.yaml', 'utf8'));
  });

  it('takes the context and the kubeconfig it is told, and no context there is not', async () => {
    expect((await run('--yes --context spare --kubeconfig /k')).code).toBe(0);
    expect(kubectl.calls[0]).toBe('--kubeconfig=/k config get-contexts --output=name');
    expect(kubectl.calls.at(-1)).toMatch(/^--kubeconfig=\/k --context=spare create token/);
    expect((await run('--yes --context nowhere')).text).toMatch(/no context "nowhere"\n.*one of: spare, home/);
    kubectl.answer('{.current-context}', '');
    expect((await run('--yes')).text).toContain('no current context');
  });

  it('replaces a login only with --renew, and keeps the old one until the new one was tried', async () => {
    await run('--yes');
    const before = readFileSync(kubeconfig(), 'utf8');
    expect((await run('--yes')).text).toMatch(/init-login-exists.*\n.*--renew/);
    const calls = kubectl.calls.length;
    give('not-a-token-the-server-knows');
    const { code, text } = await run('--yes --renew');
    expect({ code, text }).toEqual({ code: 1, text: expect.stringContaining('init-credential-refused') });
    expect(text).toContain('another token for the account');
    expect(kubectl.calls.length).toBeGreaterThan(calls);
    expect(readFileSync(join(home(), 'kubeconfig.home.token'), 'utf8').trim()).toBe(api.token);
    give(api.token, 1);
    const renewed = await run('--yes --renew');
    expect(renewed.text).toMatch(/the API server granted 1\.0 of 365 days/);
    expect(readFileSync(kubeconfig(), 'utf8')).toBe(before);
    expect(written()).toEqual(['kubeconfig', 'kubeconfig.home.token']);
  }, 30_000);

  it('adds a second context beside the first', async () => {
    await run('--yes');
    await run('--yes --context spare');
    expect(written()).toEqual(['kubeconfig', 'kubeconfig.home.token', 'kubeconfig.spare.token']);
    expect(parse(readFileSync(kubeconfig(), 'utf8'))).toMatchObject({
      'current-context': 'home',
      contexts: [{ name: 'home' }, { name: 'spare' }],
    });
    expect(kubernetesOf()).toMatchObject({ context: 'home', contexts: ['spare'] });
  });

  it('leaves a kubeconfig alone that it did not write', async () => {
    mkdirSync(home(), { mode: 0o700 });
    writeFileSync(
      kubeconfig(),
      JSON.stringify({ apiVersion: 'v1', kind: 'Config', users: [{ name: 'me', user: { token: 'x' } }] }),
    );
    const before = readFileSync(kubeconfig(), 'utf8');
    expect((await run('--yes --renew')).text).toContain('init-login-foreign');
    expect(kubectl.applied).toBeUndefined();
    expect(readFileSync(kubeconfig(), 'utf8')).toBe(before);
  });

  it('throws the credential away when its account may do more, and says what', async () => {
    api.rights = () => ({
      resourceRules: [{ verbs: ['delete'], apiGroups: [''], resources: ['pods'] }],
      nonResourceRules: [],
      incomplete: false,
    });
    const { code, text } = await run('--yes');
    expect(code).toBe(1);
    expect(text).toMatch(/init-not-read-only.*\(delete pods\).*\n.*rolebindings/);
    expect(written()).toEqual([]);
    expect(existsSync(configFile())).toBe(false);
  });

  it('shows what becomes of a role that was changed', async () => {
    const rules = [{ apiGroups: [''], resources: ['pods', 'secrets'], verbs: ['get'] }];
    kubectl.answer(
      'get clusterrole',
      JSON.stringify({ kind: 'ClusterRole', metadata: { name: 'castellan-reader' }, rules }),
    );
    const { text } = await run('', { typed: '' });
    expect(text).toMatch(/castellan-reader is there already and becomes this one:/);
    expect(text).toMatch(/ {4}\+ pods\/log: get, list, watch\n/);
    expect(text).toMatch(/ {4}- secrets: get\n/);
    expect(text).toMatch(/ {4}\+ and \d+ more\n/);
  });

  it('writes its section into a castellan.yaml, comments and all, and tells it before', async () => {
    mkdirSync(join(folder, '.config', 'castellan'), { recursive: true });
    const mine = '# mine\nkubernetes:\n  kubeconfig: /k # the old one\n  contexts: [a]\nlog: { level: warn } # loud\n';
    writeFileSync(configFile(), mine, { mode: 0o640 });
    const { text } = await run('', { typed: 'home' });
    expect(text).toMatch(
      /kubernetes\.contexts is taken out\n.*kubernetes\.kubeconfig: .*kubeconfig"\n.*kubernetes\.context: "home"/,
    );
    const now = readFileSync(configFile(), 'utf8');
    expect(now).toMatch(/^# mine\nkubernetes:\n/);
    expect(now).toContain('log: { level: warn } # loud');
    expect(kubernetesOf()).toMatchObject({ kubeconfig: kubeconfig(), context: 'home' });
    expect(statSync(configFile()).mode & 0o777).toBe(0o640);
  });

  it('takes the place of the account of a pod', async () => {
    mkdirSync(join(folder, '.config', 'castellan'), { recursive: true });
    writeFileSync(configFile(), 'kubernetes:\n  inCluster: true\n');
    await run('--yes');
    expect(kubernetesOf()).toMatchObject({ kubeconfig: kubeconfig(), context: 'home' });
    expect(kubernetesOf()).not.toHaveProperty('inCluster');
  });

  it('keeps the tokens of contexts apart, and in the data directory, whatever they are called', async () => {
    const names = ['a/b', 'a_b', '../../x', 'arn:aws:eks:eu:1:cluster/home', `-${'y'.repeat(300)}`];
    kubectl.answer('config get-contexts', `${names.join('\n')}\n`);
    for (const name of names) expect((await run(`--yes --context=${name}`)).code).toBe(0);
    expect(written()).toHaveLength(names.length + 1);
    for (const name of written()) expect(name).toMatch(/^kubeconfig(\.[\w.@-]{1,100}\.token)?$/);
    expect(readdirSync(folder).sort()).toEqual(['.config', 'bin', 'home']);
  }, 30_000);

  it('makes nothing when castellan.yaml is broken', async () => {
    mkdirSync(join(folder, '.config', 'castellan'), { recursive: true });
    writeFileSync(configFile(), 'kubernetes: [\n');
    expect((await run('--yes')).code).toBe(2);
    expect(kubectl.applied).toBeUndefined();
  });

  it('does not take a context that checks no certificate', async () => {
    const cluster = { server: 'https://192.0.2.10:6443', 'insecure-skip-tls-verify': true };
    kubectl.answer('{.clusters[0].cluster}', JSON.stringify(cluster));
    expect((await run('--yes')).text).toMatch(/init-connection-insecure.*insecure-skip-tls-verify/);
    expect(kubectl.applied).toBeUndefined();
  });

  it('says that kubectl is missing', async () => {
    const { code, text } = await run('--yes', { path: '/nonexistent' });
    expect({ code, text }).toEqual({ code: 1, text: expect.stringContaining('kubectl-missing') });
  });

  it.each([
    ['apply', 'Error from server (Forbidden): namespaces "castellan" is forbidden', 'kubectl-forbidden', /--context/],
    ['get clusterrole', 'The connection to the server 192.0.2.10 was refused', 'kubectl-unreachable', /get namespaces/],
    ['get clusterrole', 'Unable to connect to the server: dial tcp: i/o timeout', 'kubectl-unreachable', /runs/],
    ['create token', 'error: unknown command "token"', 'kubectl-failed', /above/],
  ])('passes on why kubectl %s failed, and says what to do', async (words, stderr, code, next) => {
    kubectl.fail(words, `${stderr}\u001b[2J\nAuthorization: Bearer ${api.token}\n`);
    const { text } = await run('--yes');
    expect(text).toContain(`kubectl: ${stderr}\n`);
    expect(text).toContain(`error ${code}: `);
    expect(text.split('\n').at(-1)).toMatch(next);
    expect(text).not.toContain(api.token);
    expect(written()).toEqual([]);
    kubectl.mend(words);
    expect((await run('--yes')).code).toBe(0);
  });

  it.each(['error', '{}', '{"status":{"token":""}}'])(
    'is not fooled by the answer %j for a token, nor repeats it',
    async (answer) => {
      kubectl.answer('create token', `${answer} ${api.token}`);
      const { code, text } = await run('--yes');
      expect({ code, text }).toEqual({ code: 1, text: expect.stringContaining('kubectl-failed') });
      expect(text).not.toContain(api.token);
    },
  );

  it.each(['--days 0', '--days 3651', '--days x', '--kubeconfg /k', '--force', '--out x', 'extra'])(
    'refuses %j',
    async (words) => {
      expect((await run(`--yes ${words}`)).code).toBe(2);
      expect(kubectl.calls).toEqual([]);
    },
  );
});
