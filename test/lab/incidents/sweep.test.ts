import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ScratchCastellan } from '../../e2e/scratch-castellan.ts';
import { describeWithLab } from '../use-lab.ts';

const swept = z.object({
  exit_code: z.int(),
  checks: z.array(z.object({ id: z.string(), status: z.string(), detail: z.string(), items: z.array(z.string()) })),
  failed: z.array(z.object({ source: z.string(), why: z.string() })),
});
type Swept = z.output<typeof swept>;

await describeWithLab('a sweep of the lab', (lab) => {
  const castellan = new ScratchCastellan();
  const repository = join(castellan.directory, 'infra');
  let config = '';
  let result: Swept = { exit_code: -1, checks: [], failed: [] };
  let silence = '';
  afterAll(async () => {
    await fetch(`${lab.alertmanager}/api/v2/silence/${silence}`, { method: 'DELETE' });
    await castellan[Symbol.asyncDispose]();
  });
  const run = (...words: readonly string[]) => castellan.run(`--config=${config}`, ...words);
  const check = (id: string) => result.checks.find((one) => one.id === id) ?? expect.unreachable(`${id} was not made`);

  beforeAll(async () => {
    await execa('git', ['init', '-q', '-b', 'main', repository]);
    const by = ['-c', 'user.name=ada', '-c', 'user.email=ada@example.net'];
    await execa('git', ['-C', repository, ...by, 'commit', '-q', '--allow-empty', '-m', 'first']);
    // Planted: a silence of nearly everything, a name that nobody knows, a port where nobody listens, an incident with no end.
    const planted = await fetch(`${lab.alertmanager}/api/v2/silences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        matchers: [{ name: 'alertname', value: 'quokka.*', isRegex: true, isEqual: true }],
        startsAt: new Date().toISOString(),
        endsAt: new Date(Date.now() + 90 * 86_400_000).toISOString(),
        createdBy: 'ada',
        comment: 'planted by a test',
      }),
    });
    silence = z.object({ silenceID: z.string() }).parse(await planted.json()).silenceID;
    const ofLab: object = z.looseObject({}).parse(parse(readFileSync(lab.config, 'utf8')));
    config = castellan.configure({
      ...ofLab,
      incident: {
        // Whatever is down in the sample is bad then.
        criticalPath: { critical: [{ id: 'all', domain: 'compute', workloads: ['*'] }] },
        repository: { url: repository, mirror: join(castellan.directory, 'mirror') },
        probes: {
          allow: ['127.0.0.1/32:*', 'quokka.invalid'],
          watch: [`${lab.server}/livez`, `${lab.prometheus}/-/ready`, 'http://127.0.0.1:1/', 'https://quokka.invalid/'],
        },
      },
    });
    // The first command starts the daemon; on a busy machine that may take more than one.
    await vi.waitUntil(async () => (await run('incident', 'show')).code === 0, { timeout: 200_000, interval: 500 });
    const { code, stdout, stderr } = await run('sweep', '--json');
    expect(stdout, stderr).toContain('exit_code');
    result = swept.parse(JSON.parse(stdout));
    expect(code).toBe(result.exit_code);
  }, 300_000);

  it('says the worst by its exit code', () => {
    expect(result.exit_code).toBe(2);
  });

  it('sees every source that is configured, and names those that are not', () => {
    expect(result.failed.map(({ source, why }) => [source, why])).toEqual([
      ['vault', 'not configured: `vault` in castellan.yaml'],
      ['keep', 'not configured: `keep` in castellan.yaml'],
    ]);
    for (const id of ['vault-unsealed', 'keep-works', 'drift', 'changes-waiting'])
      expect(check(id).status, id).toBe('unknown');
  });

  it.each([
    ['containers', 'fail', /CrashLoopBackOff/],
    ['pods', 'fail', /unschedulable/],
    ['claims', 'fail', /no StorageClass/],
    ['quotas', 'warn', /quota/],
    ['alerts-firing', 'fail', /TargetDown nas\.example\.net/],
    ['backups-fresh', 'fail', /^photos-offsite: \d+ h ago/],
    ['targets-up', 'fail', /nas\.example\.net:9100 cannot be scraped/],
    ['silences', 'warn', /of ada lasts until/],
    ['hosts-answer', 'fail', /127\.0\.0\.1:1\//],
    ['names-resolve', 'fail', /quokka\.invalid/],
  ])('is turned red by what is planted: %s', (id, status, item) => {
    expect(check(id)).toMatchObject({ status, items: expect.arrayContaining([expect.stringMatching(item)]) });
  });

  it.each(['prometheus-ready', 'log-store-ready', 'repository-fetched', 'record-whole', 'actions-due'])(
    'passes where the real server is well: %s',
    (id) => {
      expect(check(id).status).toBe('pass');
    },
  );

  it('asks Prometheus nothing that is refused: a metric that nobody has is unknown by its name', () => {
    expect(JSON.stringify(result)).not.toMatch(/query-(?:refused|invalid|too-wide)|monitoring-/);
    for (const id of ['volumes-filling', 'node-disks', 'killed-for-memory', 'server-errors', 'pressure', 'clocks'])
      expect(check(id), id).toMatchObject({
        status: 'unknown',
        detail: expect.stringMatching(/^no (?:host|kubelet|proxy) /),
      });
  });

  it('looks at the certificate of every https address that is watched', async () => {
    expect(check('host-certificates')).toMatchObject({ items: [expect.stringContaining('quokka.invalid:443')] });
    const { stdout } = await run('sweep', '--only', 'host-certificates');
    expect(stdout).toContain('quokka.invalid:443');
    expect(stdout).not.toContain('127.0.0.1:1:');
  });

  it('does not forget a bad incident that is open', async () => {
    const opened = await run('incident', 'open', 'Everything is down', '--symptom', 'nothing answers');
    const id = /inc_[a-z2-7]{10}/.exec(opened.stdout)?.[0] ?? '';
    expect((await run('incident', 'triage', id)).stdout).toContain('SEV1');
    const { code, stdout } = await run('sweep', '--only', 'incidents-open');
    expect({ code, stdout }).toEqual({ code: 2, stdout: expect.stringContaining(id) });
  });
});
