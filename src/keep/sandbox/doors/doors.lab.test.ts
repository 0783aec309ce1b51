import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithLab, kubectlAs } from '../../../../test/lab/use-lab.ts';
import { Secret } from '../../../kit/index.ts';
import { trustBundle } from '../binds.ts';
import { inSandbox, makeScratchRun, runsUid } from '../scratch-run.fixture.ts';
import { type ChartMirror, startChartMirror } from './charts/mirror.ts';
import { type KubernetesProxy, startKubernetesProxy } from './kubernetes/proxy.ts';
import { startPassThrough } from './pass-through.ts';
import { startPostgresDoor } from './postgres/postgres-door.ts';

await describeWithLab('the doors of a sandbox', (lab) => {
  const run = makeScratchRun();
  afterAll(() => {
    expect(readdirSync(run.folder)).toEqual(['clone']);
    run[Symbol.dispose]();
  });

  describe('to a real API server, with the administrator’s login behind it', () => {
    const namespace = `castellan-door-${randomBytes(4).toString('hex')}`;
    const canary = `c${randomBytes(16).toString('hex')}`;
    const kubectl = async (...args: readonly string[]): Promise<string> => {
      const { ok, stdout, stderr } = await kubectlAs('admin', lab, args);
      if (!ok) throw new Error(stderr);
      return stdout;
    };
    let proxy: KubernetesProxy;
    beforeAll(async () => {
      await kubectl('create', 'namespace', namespace);
      const here = `--namespace=${namespace}`;
      await kubectl('create', 'configmap', 'settings', here, '--from-literal=a=1');
      for (const name of ['known', 'other', 'sh.helm.release.v1.app.v1', 'sh.helm.release.v1.foe.v1']) {
        await kubectl('create', 'secret', 'generic', name, here, `--from-literal=a=${canary}`);
        const release = name.split('.')[4];
        if (release !== undefined) await kubectl('label', 'secret', name, here, 'owner=helm', `name=${release}`);
      }
      proxy = await startKubernetesProxy({
        socketPath: join(run.folder, 'api.sock'),
        kubeconfig: lab.kubeconfig.admin,
        context: undefined,
        allowedSecrets: [
          { namespace, name: 'known' },
          { namespace, helmRelease: 'app' },
        ],
      });
    });
    afterAll(async () => {
      await proxy[Symbol.asyncDispose]();
      await kubectl('delete', 'namespace', namespace, '--wait=false');
    });

    const send = (method: string, path: string, body?: string, type = 'application/merge-patch+json') =>
      new Promise<{ code: number; body: string }>((resolve, reject) => {
        const headers = { ...(body === undefined ? {} : { 'content-type': type }), 'impersonate-user': 'system:admin' };
        const sent = request({ socketPath: proxy.socket, method, path, headers }, async (response) =>
          resolve({ code: response.statusCode ?? 0, body: await text(response) }),
        );
        sent.on('error', reject);
        sent.end(body);
      });
    /** What the API server says was asked of it, by its own record. */
    const audited = () =>
      readFileSync(lab.audit, 'utf8')
        .split('\n')
        .filter((line) => line.includes('castellan-plan') && line.includes(namespace))
        .map((line): { verb: string; requestURI: string } => JSON.parse(line));
    const place = `/api/v1/namespaces/${namespace}`;

    it('passes reads, trials and questions about its own rights', async () => {
      expect(await send('GET', `${place}/configmaps/settings`)).toMatchObject({ code: 200 });
      const patch = JSON.stringify({ data: { a: '2' } });
      const tried = await send('PATCH', `${place}/configmaps/settings?dryRun=All`, patch);
      expect(tried).toMatchObject({ code: 200, body: expect.stringContaining('"a":"2"') });
      expect(
        await kubectl('get', 'configmap', 'settings', `--namespace=${namespace}`, '--output=jsonpath={.data.a}'),
      ).toBe('1');
      const applied = JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'new' },
        data: { a: '1' },
      });
      const url = `${place}/configmaps/new?dryRun=All&fieldManager=plan`;
      expect(await send('PATCH', url, applied, 'application/apply-patch+yaml')).toMatchObject({ code: 201 });
      const question = JSON.stringify({
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
      });
      const review = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      expect(await send('POST', review, question, 'application/json')).toMatchObject({ code: 201 });
    });

    it('shows the Secrets of the stack and no other', async () => {
      expect((await send('GET', `${place}/secrets/known`)).code).toBe(200);
      const list = await send('GET', `${place}/secrets?labelSelector=name%3Dapp%2Cowner%3Dhelm`);
      expect(JSON.parse(list.body).items).toHaveLength(1);
    });

    it('lets nothing through that changes something or shows more, by the server’s own record', async () => {
      const before = audited().length;
      const attacks: readonly (readonly [string, string, string?, string?])[] = [
        ['PATCH', `${place}/configmaps/settings`, '{"data":{"a":"2"}}'],
        ['PATCH', `${place}/configmaps/settings?dryRun=All&dryRun=`, '{"data":{"a":"2"}}'],
        ['PATCH', `${place}/configmaps/settings?dryRun=`, '{"data":{"a":"2"}}'],
        ['PATCH', `${place}/secrets/other?dryRun=All`, '{}'],
        ['DELETE', `${place}/configmaps/settings`],
        ['DELETE', `${place}/configmaps/settings?dryRun=All`],
        ['PUT', `${place}/configmaps/settings?dryRun=All`, '{}', 'application/json'],
        ['POST', `${place}/configmaps?dryRun=All`, '{}', 'application/json'],
        ['POST', `${place}/serviceaccounts/default/token`, '{}', 'application/json'],
        ['GET', `${place}/secrets`],
        ['GET', `${place}/secrets/other`],
        ['GET', `${place}/secrets/sh.helm.release.v1.foe.v1`],
        ['GET', `${place}/secrets?labelSelector=owner%3Dhelm`],
        ['GET', `${place}/secrets?fieldSelector=metadata.name%3Dother`],
        ['GET', `${place}/secrets/known?watch=true`],
        ['GET', `/api/v1/watch/namespaces/${namespace}/secrets`],
        ['GET', `${place}/configmaps/..%2fsecrets/other`],
        ['GET', `${place}//secrets/other`],
        ['GET', `${place}/pods/x/exec?command=id`],
        ['GET', `${place}/services/x/proxy/`],
      ];
      for (const [method, path, body, type] of attacks) {
        const reply = await send(method, path, body, type);
        expect(reply, `${method} ${path}`).toMatchObject({
          code: 403,
          body: expect.stringContaining('Castellan does not'),
        });
        expect(reply.body).not.toContain(Buffer.from(canary).toString('base64'));
      }
      // A read that is allowed, so that its line shows the record is as far.
      await send('GET', `${place}/configmaps/settings`);
      await expect.poll(() => audited().length).toBe(before + 1);
      expect(audited().some(({ verb }) => ['update', 'delete', 'create'].includes(verb))).toBe(false);
      expect(proxy.requests().refused.length).toBeGreaterThan(15);
    });
  });

  describe('to a real database', () => {
    const state = lab.postgres?.state ?? '';
    /** libpq's way to name a socket: its folder and a port. */
    const clientAt = (port: number, rest: Partial<pg.ClientConfig> = {}): pg.Client =>
      new pg.Client({ host: run.folder, port, user: 'plan', database: 'whatever', password: () => 'nothing', ...rest });

    it('logs in by itself, so that nobody inside needs the password', async () => {
      const socketPath = join(run.folder, '.s.PGSQL.5432');
      await using _ = await startPostgresDoor({ socketPath, connection: new Secret(state) });
      const client = clientAt(5432, { application_name: 'plan', client_encoding: 'UTF8' });
      await client.connect();
      const { rows } = await client.query('select current_user as who, current_setting($1) as name', [
        'application_name',
      ]);
      expect(rows).toEqual([{ who: new URL(state).username, name: 'plan' }]);
      await expect(client.query('create table castellan_door (a int)')).rejects.toMatchObject({ code: '25006' });
      await client.end();
    });

    it('for an apply lets its role write, and hold a lock as long as its session lasts', async () => {
      const socketPath = join(run.folder, '.s.PGSQL.5436');
      const connection = new Secret(lab.postgres?.applier ?? '');
      await using _ = await startPostgresDoor({ socketPath, connection, writes: true });
      const [one, other] = [clientAt(5436), clientAt(5436)];
      await one.connect();
      await other.connect();
      const schema = `door_${randomBytes(4).toString('hex')}`;
      try {
        await one.query(`create schema ${schema}; create table ${schema}.states (name text)`);
        await one.query(`insert into ${schema}.states values ('default')`);
        expect((await other.query(`select name from ${schema}.states`)).rows).toEqual([{ name: 'default' }]);
        const lock = async (client: pg.Client) =>
          (await client.query<{ held: boolean }>('select pg_try_advisory_lock(774411) as held')).rows[0]?.held;
        expect([await lock(one), await lock(other)]).toEqual([true, false]);
        await one.end();
        await expect.poll(() => lock(other)).toBe(true);
      } finally {
        await other.query(`drop schema if exists ${schema} cascade`);
        await other.end();
      }
    });

    it('says no more than that a login failed', async () => {
      const socketPath = join(run.folder, '.s.PGSQL.5433');
      const url = new URL(state);
      url.password = `p${randomBytes(8).toString('hex')}`;
      await using _ = await startPostgresDoor({ socketPath, connection: new Secret(url.href) });
      const failure: unknown = await clientAt(5433)
        .connect()
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: '28P01' });
      expect(failure instanceof Error ? failure.message : '').not.toContain(url.username);
    });

    it('passes no options of a session on', async () => {
      const socketPath = join(run.folder, '.s.PGSQL.5434');
      await using _ = await startPostgresDoor({ socketPath, connection: new Secret(state) });
      const client = clientAt(5434, { options: '-c default_transaction_read_only=off' });
      await expect(client.connect()).rejects.toMatchObject({ code: '0A000' });
    });

    it('passes bytes to it as they are, where that is wanted', async () => {
      const { hostname: host, port, username, password, pathname } = new URL(state);
      const socketPath = join(run.folder, '.s.PGSQL.5435');
      await using _ = await startPassThrough({ socketPath, to: { host, port: Number(port) } });
      const client = clientAt(5435, { user: username, password: () => password, database: pathname.slice(1) });
      await client.connect();
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      await client.end();
    });
  });

  describe('to a mirror of charts', () => {
    const directory = mkdtempSync('/dev/shm/castellan-charts-');
    const archive = randomBytes(5_000);
    let mirror: ChartMirror;
    beforeAll(async () => {
      const sha256 = createHash('sha256').update(archive).digest('hex');
      for (const place of ['charts.example.net/stable', 'registry.example.net/charts']) {
        mkdirSync(join(directory, place), { recursive: true });
        writeFileSync(join(directory, place, 'mail-1.2.3.tgz'), archive);
      }
      mirror = await startChartMirror({
        socketPath: join(run.folder, 'charts.sock'),
        uid: runsUid,
        openssl: '/usr/bin/openssl',
        directory,
        charts: ['https://charts.example.net/stable', 'oci://registry.example.net/charts'].map((repository) => ({
          repository,
          name: 'mail',
          version: '1.2.3',
          sha256,
        })),
      });
      writeFileSync(join(run.folder, 'ca.pem'), mirror.authority);
    });
    afterAll(async () => {
      await mirror[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true });
      rmSync(join(run.folder, 'ca.pem'));
    });

    const fetch = async (url: string): Promise<string> => {
      const script = `curl --silent --fail --show-error --location --path-as-is "$1" 2>&1 | od -An -v -tx1 | tr -d ' \\n'`;
      const done = await inSandbox('', {
        argv: ['/bin/sh', '-c', script, 'sh', url],
        sockets: mirror.sockets,
        binds: [{ from: join(run.folder, 'ca.pem'), to: trustBundle, writable: false }],
      });
      return Buffer.from(done.stdout, 'hex').toString('latin1');
    };

    it('gives a chart over TLS under the repository’s own name, trusted by nothing but its own authority', async () => {
      expect(mirror.sockets).toEqual([
        { from: mirror.socket, port: 443, hosts: ['charts.example.net', 'registry.example.net'] },
      ]);
      expect(await fetch('https://charts.example.net/stable/index.yaml')).toContain('mail-1.2.3.tgz');
      expect(await fetch('https://charts.example.net/stable/mail-1.2.3.tgz')).toBe(archive.toString('latin1'));
      const manifest = JSON.parse(await fetch('https://registry.example.net/v2/charts/mail/manifests/1.2.3'));
      const [layer] = manifest.layers;
      const blob = await fetch(`https://registry.example.net/v2/charts/mail/blobs/${layer.digest}`);
      expect(blob).toBe(archive.toString('latin1'));
      expect(await fetch('http://charts.example.net:443/stable/index.yaml')).toContain('mail-1.2.3.tgz');
    });

    it('gives nothing else, and tells the run', async () => {
      for (const path of ['stable/other-1.0.0.tgz', 'stable/../../etc/passwd', 'stable/%2e%2e/%2e%2e/x']) {
        expect(await fetch(`https://charts.example.net/${path}`)).toContain('404');
      }
      expect(mirror.refused().length).toBe(3);
      expect(readdirSync(run.folder).sort()).toEqual(['ca.pem', 'charts.sock', 'clone']);
    });
  });
});
