import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSoftApprover } from '../../../src/keep/approvers/authenticator.fixture.ts';
import * as api from '../../../src/keep/console/api.ts';
import { keepSocket } from '../../../tools/iac/keep-socket.ts';
import { describeWithLab } from '../use-lab.ts';
import { ask, onlyOf, proposedChange, restored, standing } from './ask-keep.ts';
import { askConsole, type Human, rootsList } from './human.ts';
import { appOf, generationOf, setMemory } from './media.ts';
import { prepareKeep, type ScratchKeep } from './scratch-keep.ts';

/** Who agents are here: neither root nor the keep. */
const agentUser = 61_002;
const mainFile = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

/** Whatever an agent's user types or does, with a terminal or without: nothing is approved, and nothing of the keep's is changed. */
await describeWithLab("an agent's user, whatever it tries", (lab) => {
  let keep: ScratchKeep;
  let human: Human;
  let pid: number;
  let set: string;
  let change: string;
  let home: string;
  let before: number;
  const app = () => appOf(keep.infra.read('stacks/media/main.tf'), 'request page');
  const patch = (size: string) => keep.infra.patch({ 'stacks/media/main.tf': setMemory('request page', size) });
  beforeAll(async () => {
    keep = await prepareKeep(lab);
    pid = await keep.start();
    human = await keep.human();
    await restored(keep, human, ['stacks/media']);
    ({ set, id: change } = onlyOf(await proposedChange(keep, { patch: await patch('96Mi') })));
    before = await generationOf(lab, app());
    home = mkdtempSync(join(tmpdir(), 'castellan-agent-'));
    chownSync(home, agentUser, agentUser);
  });
  afterAll(async () => {
    await keep[Symbol.asyncDispose]();
    rmSync(home, { recursive: true, force: true });
  });

  const asAgentUser = ['--reuid', String(agentUser), '--regid', String(agentUser), '--clear-groups', '--'];
  const surroundings = () => ({
    cwd: home,
    env: { PATH: '/usr/bin:/bin', HOME: home, TERM: 'xterm' },
    extendEnv: false,
    reject: false,
    timeout: 30_000,
    all: true,
  });

  /** As that user, on a terminal of its own (`script` makes one), typing yes to whatever is asked. */
  const type = async (...words: readonly string[]) => {
    const command = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    const done = await execa('/usr/bin/setpriv', [...asAgentUser, '/usr/bin/script', '-qec', command, '/dev/null'], {
      ...surroundings(),
      input: 'yes\nada\ny\n',
    });
    return { failed: done.exitCode !== 0, said: String(done.all) };
  };
  const castellan = (...words: readonly string[]) =>
    type(process.execPath, mainFile, '--config', keep.configFile, ...words);
  const asAgent = async (...argv: readonly string[]) => {
    const done = await execa('/usr/bin/setpriv', [...asAgentUser, ...argv], surroundings());
    return { failed: done.exitCode !== 0, said: String(done.all) };
  };

  const stillWaits = async () => {
    expect(onlyOf(await standing(keep, set))).toMatchObject({ state: 'awaiting-approval', approvedBy: [] });
    expect(await generationOf(lab, app())).toBe(before);
  };
  const logged = (since: number, what: RegExp) => keep.printed.slice(since).filter((line) => what.test(line));

  describe('types every verb of a human', () => {
    it.each([
      ['approve', ['approve', '<set>'], /unknown command/],
      ['consent', ['consent', '<set>'], /unknown command/],
      ['adopt', ['adopt', 'a'.repeat(40)], /unknown command/],
      ['thaw', ['thaw'], /unknown command/],
      ['unlock', ['unlock', 'stacks/media'], /unknown command/],
      ['apply', ['apply', '<set>'], /unknown command/],
      ['reveal', ['reveal', 'x'], /unknown command/],
      ['enrol', ['enrol', 'mallory'], /root-needed/],
      ['enrol with the seat belt', ['enrol', 'mallory', '--seat-belt'], /secret-file-unusable/],
      ['keep', ['keep'], /secret-file-unusable/],
      ['keep with the seat belt', ['keep', '--seat-belt'], /secret-file-unusable/],
      ['changes, at the humans’ socket', ['changes'], /secret-file-unusable|keep-unreachable/],
      ['show, at the humans’ socket', ['show', '<set>'], /secret-file-unusable|keep-unreachable/],
      ['install', ['install'], /install-needs-root/],
    ])('%s, on a terminal: it fails', async (_, words, why) => {
      const { failed, said } = await castellan(...words.map((word) => (word === '<set>' ? set : word)));
      expect(said).toMatch(why);
      expect(said).not.toContain('stacks/media/main.tf');
      expect(failed).toBe(true);
      await stillWaits();
    });
  });

  describe('reaches for what is the keep’s', () => {
    it.each([
      ['keep.yaml', () => keep.configFile],
      ['the list of approvers', () => join(keep.configuration, 'approvers.json')],
      ['an enrolment', () => join(keep.configuration, 'enrolments', `${'a'.repeat(64)}.json`)],
      ['the spent nonces', () => join(keep.state, 'spent')],
      ['the database', () => join(keep.state, 'db', 'PG_VERSION')],
      ['a sealed plan', () => join(keep.state, 'sealed', `${change}.age`)],
      ['its own sealed plan', () => join(keep.state, 'sealed', 'x.age')],
      ['a working directory', () => join(keep.work, 'apply_x')],
      ['a key', () => join(keep.state, 'keys', 'plan.age')],
      ['a credential that writes', () => join(keep.configuration, 'credentials', 'state-writer')],
      ['the agents’ socket, as a file', () => keep.socket],
      ['the humans’ socket, as a file', () => keep.humanSocket],
      ['the provider', () => keep.programs.provider],
      ['the engine', () => keep.programs.engine],
      ['its memory', () => `/proc/${pid}/mem`],
    ])('to write %s: it fails', async (_, path) => {
      expect((await asAgent('/bin/sh', '-c', `echo forged >> '${path()}'`)).failed).toBe(true);
    });

    it.each([
      ['a key', () => join(keep.state, 'keys', 'plan.age')],
      ['a sealed plan', () => join(keep.state, 'sealed', `${change}.age`)],
      ['a credential that writes', () => join(keep.configuration, 'credentials', 'applier.kubeconfig')],
      ['its memory', () => `/proc/${pid}/mem`],
      ['its environment', () => `/proc/${pid}/environ`],
      ['its open files', () => `/proc/${pid}/fd/0`],
    ])('to read %s: it fails', async (_, path) => {
      expect(existsSync(path())).toBe(true);
      expect((await asAgent('/usr/bin/head', '-c', '1', path())).failed).toBe(true);
    });

    it('to connect to its sockets: it fails, for whom nobody let in', async () => {
      const connect = (path: string) =>
        `require('net').connect(${JSON.stringify(path)}).on('connect', () => process.exit(0)).on('error', ({ code }) => { console.log(code); process.exit(1); })`;
      for (const path of [keep.socket, keep.humanSocket]) {
        expect(await asAgent(process.execPath, '-e', connect(path))).toEqual({ failed: true, said: 'EACCES' });
      }
    });

    it('to trace it: it fails', async () => {
      const call = process.arch === 'arm64' ? 117 : 101;
      const attach = (what: string) => `exit(syscall(${call}, 16, ${what}, 0, 0) == 0 ? 0 : 1)`;
      expect((await asAgent('/usr/bin/perl', '-e', attach(String(pid)))).failed).toBe(true);
      // One of its own it may: so it is the keep that is out of reach.
      const own = 'if (($p = fork) == 0) { sleep 5; exit } ';
      const done = await asAgent(
        '/usr/bin/perl',
        '-e',
        `${own}$r = syscall(${call}, 16, $p, 0, 0); kill 9, $p; exit($r == 0 ? 0 : 1)`,
      );
      expect(done.failed).toBe(false);
    });

    it('to signal it, to replace its socket, to exchange a program it runs: it fails', async () => {
      for (const argv of [
        ['/bin/kill', '-9', String(pid)],
        ['/bin/rm', '-f', keep.socket],
        ['/bin/mv', keep.socket, `${keep.socket}.old`],
        ['/bin/cp', '/bin/true', keep.programs.engine],
        ['/bin/mv', keep.configuration, `${keep.configuration}.old`],
        ['/bin/ln', '-sfn', home, join(keep.configuration, 'credentials')],
      ] as const) {
        expect([argv, (await asAgent(...argv)).failed]).toEqual([argv, true]);
      }
      expect(existsSync(keep.socket)).toBe(true);
      await stillWaits();
    });
  });

  describe('asks the console', () => {
    const routes = readRoutes();
    const open = ['/api/hello', '/api/login/options', '/api/logout'];
    const asked = (path: string) => path.replace(':id', path.startsWith('/api/changes/') ? change : set);

    it('without a session, on every route: it is told nothing, and the log has it', async () => {
      expect(routes.length).toBeGreaterThan(15);
      for (const { method, path } of routes) {
        for (const token of [undefined, 'x'.repeat(43)]) {
          const since = keep.printed.length;
          const { status, body } = await askConsole(keep.relyingParty, method, asked(path), {
            ...(method === 'POST' ? { body: {} } : {}),
            ...(token === undefined ? {} : { token }),
          });
          expect(JSON.stringify(body)).not.toContain('media');
          if (open.includes(path)) continue;
          expect([path, status]).toEqual([path, expect.toSatisfy((code: number) => code >= 400 && code < 500)]);
          await expect.poll(() => logged(since, /web\.refused/).join()).toContain(path.split('/:')[0]);
        }
      }
      await stillWaits();
    });

    it('as another page, or under another name: it is refused, and the log has it', async () => {
      const since = keep.printed.length;
      const { port } = new URL(keep.relyingParty.origin);
      for (const origin of [`http://evil.example.net:${port}`, `http://localhost:${port}`]) {
        const { status } = await askConsole({ origin }, 'POST', '/api/login/options', { body: {} });
        expect(status).toBe(403);
      }
      await expect.poll(() => logged(since, /web\.refused/)).toHaveLength(2);
    });

    it('with a session that it stole, on every route: no signature, no approval', async () => {
      const { document } = api.draft.parse(await human.post('/api/documents', { kind: 'approve', set }));
      const assertion = {
        id: 'AAAA',
        response: { clientDataJSON: 'AAAA', authenticatorData: 'AAAA', signature: 'AAAA' },
      };
      const bodies: readonly object[] = [
        {},
        { document, assertion },
        { kind: 'approve', set },
        { state: 'approved', set, approvedBy: ['ada'] },
        { challenge: 'AAAA', assertion },
        { name: 'mallory' },
      ];
      for (const { method, path } of routes.filter(({ path: each }) => each !== '/api/logout')) {
        for (const body of method === 'GET' ? [{}] : bodies) {
          await (method === 'GET' ? human.get(asked(path)) : human.post(asked(path), body)).catch((error: unknown) =>
            expect(String(error)).toMatch(/^Error: [a-z-]+: /),
          );
        }
      }
      await stillWaits();
    });

    it('with passkeys of its own making: nobody knows them', async () => {
      const mallory = createSoftApprover(keep.relyingParty, 'ada');
      mkdirSync(join(home, 'etc'), { recursive: true });
      writeFileSync(join(home, 'etc', 'approvers.json'), rootsList([mallory]));
      const since = keep.printed.length;
      const { body } = await askConsole(keep.relyingParty, 'POST', '/api/login/options', { body: {} });
      const { options } = api.loginOptions.parse(body);
      const { credential, ...response } = mallory.login.assert(options.challenge);
      const answer = await askConsole(keep.relyingParty, 'POST', '/api/login', {
        body: { challenge: options.challenge, assertion: { id: credential, response } },
      });
      expect(answer.status).toBe(401);
      await expect.poll(() => logged(since, /login-refused/)).toHaveLength(1);
      await stillWaits();
    });
  });

  it('touches the list of approvers, were it ever able to: the list is worth nothing then, and the keep says so', async () => {
    const list = join(keep.configuration, 'approvers.json');
    const humans = keepSocket(keep.humanSocket);
    const reread = () => humans.ask({ verb: 'enrolment', codeSha256: 'a'.repeat(64) }, AbortSignal.timeout(20_000));
    const problems = async () => {
      await reread();
      return (await ask(keep, { verb: 'status', of: 'keep' })).keep;
    };
    const { document, options } = api.draft.parse(await human.post('/api/documents', { kind: 'approve', set }));
    const { credential: id, ...response } = keep.approvers[0]?.approval.assert(options.challenge) ?? { credential: '' };
    for (const [tamper, mend, why] of [
      [
        () => chownSync(list, agentUser, 0),
        () => chownSync(list, 0, 0),
        /approvers\.json does not count: .*another user/,
      ],
      [
        () => chmodSync(list, 0o666),
        () => chmodSync(list, 0o644),
        /approvers\.json does not count: .*changed by others/,
      ],
    ] as const) {
      tamper();
      try {
        expect(await problems()).toMatchObject({
          approvers: 0,
          problems: expect.arrayContaining([expect.stringMatching(why)]),
        });
        await expect(human.post('/api/documents/sign', { document, assertion: { id, response } })).rejects.toThrow(
          /console-login-needed/,
        );
        await stillWaits();
      } finally {
        mend();
      }
      expect(await problems()).toMatchObject({ approvers: 2, problems: [] });
      human = await keep.human();
    }
  });

  it('freezes, as everybody may, and cannot thaw', async () => {
    const frozenSince = async () => (await ask(keep, { verb: 'status', of: 'keep' })).keep.frozenSince;
    expect((await castellan('freeze', '--directory', keep.freeze)).failed).toBe(false);
    const since = await frozenSince();
    expect(since).toBeDefined();
    await asAgent('/bin/sh', '-c', `rm -f '${keep.freeze}'/*`);
    expect(await frozenSince()).toBe(since);
    await stillWaits();
  });
});

/** As the interface between page and keep lists them. */
function readRoutes(): readonly { readonly method: 'GET' | 'POST'; readonly path: string }[] {
  const source = readFileSync(fileURLToPath(new URL('../../../src/keep/console/api.ts', import.meta.url)), 'utf8');
  return [...source.matchAll(/^ \* {2}(GET|POST) +(\/api\/[^\s?]+)/gm)].map(([, method, path = '']) => ({
    method: method === 'GET' ? 'GET' : 'POST',
    path,
  }));
}
