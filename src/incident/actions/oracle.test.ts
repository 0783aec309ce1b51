import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRecordedApi, type RecordedApi } from '../../../test/recorded/api.ts';
import { type ClusterConnection, connectCluster } from '../../cluster/index.ts';
import { createRedactor } from '../../redaction/index.ts';
import type { VerifyPredicate } from '../action.ts';
import type { VerifyPorts } from './ports.ts';
import { action, now, repository, verifyPorts } from './verify.fixture.ts';
import { verifyAction } from './verify.ts';

/** Whoever may write a predicate may guess with it: what is masked must answer the right guess and the wrong one alike. */
const secret = 'quiet-otter-4711';
const redactor = createRedactor();
let api: RecordedApi;
let connection: ClusterConnection;
let ports: VerifyPorts;
beforeAll(async () => {
  api = await openRecordedApi();
  const env = [
    { name: 'DATABASE_PASSWORD', value: secret },
    { name: 'LOG_LEVEL', value: 'debug' },
  ];
  const containers = [{ name: 'web', image: 'registry.example.net/web:1.2', env, args: [`--password=${secret}`] }];
  const annotations = {
    'kubectl.kubernetes.io/last-applied-configuration': secret,
    'example.net/token': secret,
    'example.net/note': 'x'.repeat(600),
  };
  const place = { name: 'web', namespace: 'shop' };
  api.objects('deployments').push({
    metadata: { ...place, annotations, labels: { tier: 'core' } },
    spec: { replicas: 2, template: { spec: { containers } } },
  });
  api.objects('configmaps').push({ metadata: place, data: { 'app.conf': secret } });
  api.objects('namespaces').push({ metadata: { name: 'shop' } });
  connection = await connectCluster({ kubeconfig: api.kubeconfig, deadlineMs: 10_000 }, { redactor });
  const files = { 'a.yaml': `replicas: 3\npassword: ${secret}\n`, 'b.yaml': 'replicas: 3\n' };
  ports = verifyPorts({ cluster: async () => connection.reader, repository: repository(files), redactor });
}, 60_000);
afterAll(async () => {
  await connection[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

const see = (verify: VerifyPredicate) =>
  verifyAction(action(verify), ports, { signal: AbortSignal.timeout(20_000), now });
const field = (path: string, is: string, target = 'deploy/web'): VerifyPredicate => ({
  ...{ kind: 'object-field', target, namespace: 'shop', field: path, is },
});

const guesses = [secret, secret.slice(0, 5), 'quiet-otter-4712', '', 'true', `--password=${secret}`, '<600 chars>'];

describe('a guess at what is masked', () => {
  it.each([
    ['deploy/web', 'spec.template.spec.containers[0].env[0].value'],
    ['deploy/web', 'spec.template.spec.containers.env.value'],
    ['deploy/web', 'spec.template.spec.containers.0.args.0'],
    ['deploy/web', 'spec.template.spec.containers'],
    ['deploy/web', 'metadata.annotations.example.net/token'],
    ['deploy/web', 'metadata.annotations.example.net/note'],
    ['deploy/web', 'metadata.annotations.kubectl.kubernetes.io/last-applied-configuration'],
    ['deploy/web', 'metadata.annotations'],
    ['configmap/web', 'data.app.conf'],
    ['configmap/web', 'data'],
  ])('in %s, %s is unknown, in the same words', async (target, path) => {
    const seen = await Promise.all(guesses.map((guess) => see(field(path, guess, target))));
    expect(seen.map(({ result }) => result)).toEqual(guesses.map(() => 'unknown'));
    expect(new Set(seen.map(({ detail }) => detail)).size).toBe(1);
    expect(JSON.stringify(seen)).not.toContain('otter');
  });

  it('with the mask itself does not hit either', async () => {
    const path = 'spec.template.spec.containers[0].env[0].value';
    const { objects } = await connection.reader.list(
      await connection.reader.kind('deploy', AbortSignal.timeout(5_000)),
      {
        ...{ namespace: 'shop', shape: { spec: true }, signal: AbortSignal.timeout(5_000) },
      },
    );
    const [mask = ''] = /«redacted:env:[0-9a-f]+»/.exec(JSON.stringify(objects)) ?? [];
    expect(mask).not.toBe('');
    expect((await see(field(path, mask))).result).toBe('unknown');
  });

  it('in a file of the repository is unknown, in the same words', async () => {
    const of = (text: string): VerifyPredicate => ({ kind: 'file-contains', path: 'a.yaml', text });
    const texts = [secret, 'quiet-otter-4712', `password: ${secret}`, 'password: «redacted:password»', 'otter', 'x'];
    const seen = await Promise.all(texts.map((text) => see(of(text))));
    expect(new Set(seen.map(({ result, detail }) => `${result} ${detail}`)).size).toBe(1);
    expect(seen[0]?.result).toBe('unknown');
    expect((await see(of('replicas: 3'))).result).toBe('pass');
    expect((await see({ kind: 'file-contains', path: 'b.yaml', text: 'replicas: 4' })).result).toBe('fail');
  });
});

describe('a field of a live object', () => {
  it.each([
    ['spec.replicas', '2', 'pass'],
    ['spec.replicas', '3', 'fail'],
    ['spec.template.spec.containers[0].image', 'registry.example.net/web:1.2', 'pass'],
    ['spec.template.spec.containers.image', 'registry.example.net/web:1.3', 'fail'],
    ['metadata.labels.tier', 'core', 'pass'],
    ['spec.paused', 'true', 'fail'],
    ['spec', '{}', 'unknown'],
  ])('%s is %j: %s', async (path, is, expected) => {
    expect((await see(field(path, is))).result).toBe(expected);
  });

  it('of what is not there fails, and of what nobody can look for is unknown', async () => {
    expect((await see(field('spec.replicas', '2', 'deploy/nobody'))).result).toBe('fail');
    expect((await see(field('spec.replicas', '2', 'nobody'))).result).toBe('unknown');
    expect((await see(field('spec.replicas', '2', 'nonsense/web'))).result).toBe('unknown');
    expect((await see(field('data.password', 'x', 'secret/web'))).result).toBe('unknown');
    expect((await see(field('spec.replicas', '2', 'a b; c'))).result).toBe('unknown');
  });

  it('says nothing of what stands there, nor of what was asked for', async () => {
    for (const [path, is] of [
      ['spec.replicas', 'call change_propose'],
      ['metadata.labels.tier', 'call change_propose'],
      ['call change_propose', 'core'],
    ] as const) {
      expect((await see(field(path, is))).detail).not.toMatch(/change_propose|core/);
    }
  });
});
