import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { prepareKeep, type ScratchKeep } from '../lab/keep/scratch-keep.ts';
import { filesHolding } from '../lab/keep/traces.ts';
import { describeWithLab } from '../lab/use-lab.ts';
import { lentRole } from '../lab/vault/castellan-token.ts';
import { vaultOfDaemon } from '../lab/vault/daemon-section.ts';
import { tellVault, type VaultTarget } from '../lab/vault/vault-api.ts';
import { askClaude } from './ask-claude.ts';
import { type HumanAtConsole, sitAtConsole } from './console/browser.ts';
import { enrolByRoot } from './enrol-by-root.ts';
import { openPrintingPod, type PrintingPod } from './printing-pod.ts';
import { mainFile, ScratchCastellan } from './scratch-castellan.ts';
import { lastWords, scriptedModel } from './scripted-model.ts';

/**
 * Secrets with nothing left out: Claude Code with a scripted model asks a daemon that sees metadata alone, a human with a real browser
 * and a virtual authenticator signs, a keep of another user does what was signed, a fingerprinter of a third makes it known, and no
 * value is anywhere but in Vault and before that human's eyes.
 */
await describeWithLab('an agent that asks for secrets, and a human that has them', (lab) => {
  const { vault } = lab;
  if (vault === undefined) throw new Error(`lab ${lab.name} is not whole: npm run lab -- build`);
  const root: VaultTarget = { addr: vault.addr, token: readFileSync(vault.rootTokenFile, 'utf8') };
  const castellan = new ScratchCastellan();
  const scratch = mkdtempSync(join(tmpdir(), 'castellan-secrets-'));
  const path = `secrets/${randomBytes(4).toString('hex')}`;
  const drawn = (): string => randomBytes(18).toString('base64url');
  const planted = { password: drawn(), token: drawn() };
  const typed = drawn();
  /** Whatever was a secret at any moment, by what it is. */
  const known = new Map<string, string>([...Object.entries(planted), ['typed', typed]]);
  /** What was said to an agent, in whatever way. */
  const told: string[] = [];
  let keep: ScratchKeep;
  let human: HumanAtConsole;
  let pod: PrintingPod;
  let config: string;
  const opened = new AsyncDisposableStack();
  beforeAll(async () => {
    opened.defer(() => rmSync(scratch, { recursive: true, force: true }));
    await tellVault(root, 'POST', `secret/data/${path}`, { data: planted });
    opened.defer(async () => void (await tellVault(root, 'DELETE', `secret/metadata/${path}`)));
    [keep, pod] = await Promise.all([prepareKeep(lab, { enrolled: false, vault: true }), openPrintingPod(lab)]);
    opened.use(keep);
    opened.use(pod);
    opened.use(castellan);
    await keep.start();
    config = castellan.configure({
      ...parse(readFileSync(lab.config, 'utf8')),
      vault: vaultOfDaemon(lab),
      keep: { socket: keep.socket },
    });
    human = opened.use(await sitAtConsole({ origin: keep.relyingParty.origin }));
    const { code, said } = await enrolByRoot(human, 'ada', { configFile: keep.configFile, home: scratch });
    expect(code, said).toBe(0);
    await human.logIn();
  });
  afterAll(() => opened.disposeAsync());

  const inVault = async (version?: number): Promise<Readonly<Record<string, string>>> => {
    const answer = await tellVault(
      root,
      'GET',
      `secret/data/${path}${version === undefined ? '' : `?version=${version}`}`,
    );
    return Object(Object(Object(answer)['data'])['data']);
  };
  const versionInVault = async (): Promise<number> => {
    const answer = await tellVault(root, 'GET', `secret/metadata/${path}`);
    return Number(Object(Object(answer)['data'])['current_version']);
  };
  const call = async (tool: string, ...words: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await castellan.run('call', tool, ...words);
    told.push(stdout, stderr);
    return stdout + stderr;
  };
  const asked = async (...words: readonly string[]): Promise<string> => idIn(await call('secret_request', ...words));
  const idIn = (text: string): string => {
    const [id] = /req_[a-z2-7]{26}/.exec(text) ?? [];
    if (id === undefined) throw new Error(`there is no id in: ${text}`);
    return id;
  };
  const status = (id: string): Promise<string> => call('change_status', '--id', id);
  const button = (name: string) => human.page.getByRole('button', { name });
  const open = async (id: string): Promise<void> => {
    // A page of its own: nothing of the one before.
    await human.page.goto('about:blank');
    await human.open(`#/requests/${id}`);
    await human.page.getByRole('region', { name: 'Decision' }).waitFor();
  };
  const isOnPage = async (value: string): Promise<boolean> =>
    String(
      await human.page.evaluate(`JSON.stringify([
        document.documentElement.outerHTML, [...document.querySelectorAll('input, textarea')].map(({ value }) => value),
        Object.entries(localStorage), Object.entries(sessionStorage), location.href, document.title, history.state, document.cookie,
      ])`),
    ).includes(value);
  /** The passkey signs, and what is sent with the document is a signature of nothing. */
  const signFalsely = async (name: string): Promise<void> => {
    await human.page.evaluate(`{
      const real = globalThis.fetch;
      globalThis.fetch = (path, init) => {
        if (!/^\\/api\\/requests\\/[^/]+\\/(reveal|write|generate|lease)$/.test(String(path))) return real(path, init);
        globalThis.fetch = real;
        const body = JSON.parse(init.body);
        const { response } = body.assertion;
        const bytes = Uint8Array.fromBase64(response.signature, { alphabet: 'base64url' });
        bytes[bytes.length - 6] ^= 1;
        response.signature = bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
        return real(path, { ...init, body: JSON.stringify(body) });
      };
    }`);
    await button(name).click();
    await human.page.getByRole('alert').getByText('signature').waitFor();
  };

  let toReveal = '';
  let toGenerate = '';

  it('tells Claude Code all that is known of a secret, and takes its requests, without a value', async () => {
    const tools = ['vault_search', 'vault_describe', 'secret_request'].map((name) => `mcp__castellan__${name}`);
    const [search = '', describe = '', request = ''] = tools;
    const secret = `secret/${path}#password`;
    await using model = await scriptedModel([
      { tool: 'ToolSearch', input: { query: `select:${tools.join(',')}` } },
      { tool: search, input: { words: `${path} password` } },
      { tool: describe, input: { secret } },
      {
        tool: request,
        input: { kind: 'generate', secret, length: 40, alphabet: 'hex', reason: 'it is two years old' },
      },
      {
        tool: request,
        input: { kind: 'reveal', secret: `secret/${path}#token`, reason: 'ada <b>pairs</b> her phone' },
      },
    ]);
    const said = await askClaude({
      castellan,
      words: 'How old is the password? Have it made anew.',
      allowed: tools,
      model: model.url,
      server: {
        command: process.execPath,
        args: [mainFile, 'mcp'],
        env: castellan.environment({ CASTELLAN_CONFIG: config }),
      },
    });
    expect(said).toMatchObject({ is_error: false, result: lastWords });
    told.push(...model.seen);
    [toGenerate, toReveal] = [idIn(model.seen[3] ?? ''), idIn(model.seen[4] ?? '')];
    expect(model.seen[1]).toContain(`secret/${path}`);
    expect(model.seen[2]).toContain('version 1');
    expect(model.seen[2]).toMatch(/password +unchanged for/);
    for (const answer of model.seen.slice(3)) {
      expect(answer).toContain('WAITS FOR A HUMAN');
      expect(answer).toContain('you cannot');
      expect(answer).toContain(`${keep.relyingParty.origin}/#/`);
    }
  });

  it('shows the value to whoever signed, once, and to nobody whose signature is none', async () => {
    await open(toReveal);
    const text = await human.text();
    for (const words of [`secret/${path}`, 'said by the agent, not checked', 'ada <b>pairs</b> her phone'])
      expect(text).toContain(words);
    await signFalsely('Show it with passkey');
    expect(await isOnPage(planted.token)).toBe(false);
    expect(await status(toReveal)).toContain('WAITS FOR A HUMAN');

    await open(toReveal);
    await button('Show it with passkey').click();
    const field = human.page.locator('#once');
    await field.waitFor();
    expect(await field.inputValue()).toBe((await inVault())['token']);
    expect(await human.page.content()).not.toContain(planted.token);
    await button('Hide it now').click();
    await field.waitFor({ state: 'detached' });
    expect(await isOnPage(planted.token)).toBe(false);
    await open(toReveal);
    expect(await isOnPage(planted.token)).toBe(false);
    expect(await button('Show it with passkey').count()).toBe(0);
    expect(await status(toReveal)).toContain('done by ada');
  });

  it('writes what the human types, over the version they saw', async () => {
    const id = await asked(
      '--kind',
      'write',
      '--secret',
      `secret/${path}#token`,
      '--reason',
      'the phone has a new one',
    );
    await open(id);
    await human.page.getByLabel('The new value').fill(typed);
    await signFalsely('Write it with passkey');
    expect(await versionInVault()).toBe(1);

    await open(id);
    await human.page.getByLabel('The new value').fill(typed);
    await button('Write it with passkey').click();
    await human.page.getByText('Written as version 2, signed by ada.').waitFor();
    expect(await inVault()).toEqual({ ...planted, token: typed });
    expect(await isOnPage(typed)).toBe(false);
    expect(await status(id)).toContain('made version 2');
  });

  it('does not draw over a secret that moved since it was asked for', async () => {
    await open(toGenerate);
    await human.page.getByText('was version 1 when this was asked for').waitFor();
    expect(await button('Draw it with passkey').count()).toBe(0);
  });

  it('draws a value that nobody sees, and that is masked wherever it turns up from then on', async () => {
    const wish = ['--length', '40', '--alphabet', 'hex', '--reason', 'it is two years old'];
    const id = await asked('--kind', 'generate', '--secret', `secret/${path}#password`, ...wish);
    await open(id);
    await button('Draw it with passkey').click();
    await human.page.getByText('Drawn and written as version 3, signed by ada.').waitFor();
    const { password = '', token } = await inVault();
    known.set('drawn', password);
    expect(password).toMatch(/^[0-9a-f]{40}$/);
    expect(token).toBe(typed);
    expect(await isOnPage(password)).toBe(false);

    // In words that nothing but the value itself gives away.
    pod.print(`sent ${password} upstream`);
    pod.print(`sent ${Buffer.from(password).toString('base64')} upstream`);
    pod.print(`${typed} came back`);
    const logs = ['--target', pod.target, '--namespace', pod.namespace];
    const text = await call('kubectl_logs', ...logs);
    expect(text).toContain('upstream');
    // By the newest version that holds it.
    expect(text).toContain(`«secret:secret/${path}#password@v3»`);
    expect(text).toContain(`«secret:secret/${path}#token@v3»`);
    expect(await status(id)).toContain('made version 3');
  });

  it('lends a kubeconfig that is good for its namespace and for no other', async () => {
    const id = await asked(
      ...['--kind', 'lease', '--role', lentRole, '--namespace', pod.namespace],
      ...['--minutes', '10', '--reason', 'ada looks for herself'],
    );
    await open(id);
    await button('Lend it with passkey').click();
    const field = human.page.locator('#once');
    await field.waitFor();
    const kubeconfig = await field.inputValue();
    const bearer = String(Object(Object(parse(kubeconfig)).users[0]).user.token);
    known.set('lent', bearer);
    const file = join(scratch, 'lent.yaml');
    writeFileSync(file, kubeconfig, { mode: 0o600 });
    const kubectl = (...words: readonly string[]) =>
      execa(lab.kubectl, ['--kubeconfig', file, ...words], {
        env: { HOME: '/nonexistent', KUBECACHEDIR: '/dev/null' },
        extendEnv: false,
        reject: false,
        stdin: 'ignore',
      });
    // The binding of an account is seen by the API server a moment after it was made.
    await expect.poll(async () => (await kubectl('get', 'pods', '--output=name')).stdout).toContain('pod/printing-');
    for (const other of ['get pods --namespace=kube-system', 'get secrets', 'get nodes']) {
      expect((await kubectl(...other.split(' '))).stderr, other).toContain('Forbidden');
    }
    await button('Hide it now').click();
    await field.waitFor({ state: 'detached' });
    expect(await isOnPage(bearer)).toBe(false);
    expect(await status(id)).toContain('the lease ends');
  });

  it('tells the agent in the human’s words why it gets nothing', async () => {
    const id = await asked('--kind', 'reveal', '--secret', `secret/${path}#password`, '--reason', 'to look at it');
    await open(id);
    await button('Reject…').click();
    await human.page.getByLabel('Why, in words for the agent').fill('Nobody needs to see that one.');
    await button('Reject').last().click();
    await human.page.getByText('A human wrote: Nobody needs to see that one.').waitFor();
    const text = await status(id);
    expect(text).toContain('REJECTED by ada');
    expect(text).toContain('Nobody needs to see that one.');
  });

  it('left no value in an answer, a session, a log, a row or a file of anybody', async () => {
    expect(human.complaints.filter((said) => !/status of 403/.test(said))).toEqual([]);
    const printed = [...keep.printed, ...(keep.fingerprinter?.printed ?? [])].join('\n');
    await keep.stop();
    await keep.fingerprinter?.stop();
    rmSync(join(scratch, 'lent.yaml'), { force: true });
    expect([...known.keys()]).toEqual(['password', 'token', 'typed', 'drawn', 'lent']);
    for (const [what, value] of known) {
      const forms = [
        value,
        Buffer.from(value).toString('base64').replace(/=+$/, ''),
        Buffer.from(value).toString('hex'),
      ];
      expect(
        forms.filter((form) => told.join('\n').includes(form) || printed.includes(form)),
        what,
      ).toEqual([]);
      for (const folder of [castellan.directory, keep.state, keep.work, keep.fingerprinter?.state ?? '', scratch])
        expect(filesHolding(folder, forms), what).toEqual([]);
    }
  });
});
