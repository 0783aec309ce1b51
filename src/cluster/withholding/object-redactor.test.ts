import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../kit/index.ts';
import { redactingBy, silent } from '../../redaction/no-redaction.fixture.ts';
import { createObjectRedactor } from './object-redactor.ts';

const { redact } = createObjectRedactor(silent);
const fresh = (): string => randomBytes(12).toString('base64url');
const shown = (object: JsonObject): string => JSON.stringify(redact(object).body);

function podWith(container: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { kind: 'Pod', metadata: { name: 'web', ...metadata }, spec: { containers: [{ name: 'web', ...container }] } };
}

describe('an object loses', () => {
  it('environment literals, whatever their name', () => {
    const secret = fresh();
    for (const name of ['DB_PASSWORD', 'X', 'GREETING', 'DATABASE_URL']) {
      expect(shown(podWith({ env: [{ name, value: secret }] }))).not.toContain(secret);
    }
    expect(shown({ spec: { extraEnv: { GREETING: secret } } })).not.toContain(secret);
    expect(shown({ spec: { environment: [`GREETING=${secret}`] } })).not.toContain(secret);
    expect(shown({ spec: { env: [[secret], [{ name: 'A', value: secret }]] } })).not.toContain(secret);
    expect(shown({ spec: { env: { A: [secret], B: { C: secret }, D: { value: secret } } } })).not.toContain(secret);
    expect(shown({ spec: { jobTemplate: { spec: { env: [{ name: 'A', value: secret }] } } } })).not.toContain(secret);
  });

  it('but not harmless ones', () => {
    const harmless: Readonly<Record<string, string>> = {
      LOG_LEVEL: 'info',
      PORT: '8080',
      TZ: 'Europe/Berlin',
      ENABLED: 'true',
      DATA_DIR: '/var/lib/data',
      REDIS_HOST: 'redis.cache.svc.cluster.local',
      API_URL: 'http://api.web.svc:8080/v1',
      EMPTY: '',
      AUTH_ENABLED: 'false',
    };
    for (const [name, value] of Object.entries(harmless)) {
      expect(redact(podWith({ env: [{ name, value }] })).body).toEqual(podWith({ env: [{ name, value }] }));
    }
  });

  it.each([
    ['PIN', '1234'],
    ['TOKEN_TTL', '3600'],
    ['API_URL', 'https://hooks.example.net/services/T0A1B2C3D/B0A1B2C3D/aB3dE5fG7hI9jK1lM3nO5pQ7'],
    ['DB_URL', 'postgres://app:pw1@db:5432/app'],
    ['SERVER', 'Correct.Horse.Battery'],
    ['DATA_DIR', 'not/a/path'],
    ['COMMENT', 'hunter2'],
  ])('the literal of %s, which only looks harmless', (name, value) => {
    expect(shown(podWith({ env: [{ name, value }] }))).not.toContain(value);
  });

  it('nothing that says where a value comes from', () => {
    const from = (valueFrom: JsonObject): JsonValue | undefined =>
      redact({ env: [{ name: 'DB_PASSWORD', valueFrom }] }).body['env'];
    expect(from({ secretKeyRef: { name: 'db', key: 'password' } })).toEqual([
      { name: 'DB_PASSWORD', from: 'secret/db#password' },
    ]);
    expect(from({ configMapKeyRef: { name: 'app', key: 'mode' } })).toEqual([
      { name: 'DB_PASSWORD', from: 'configmap/app#mode' },
    ]);
    expect(from({ fieldRef: { fieldPath: 'metadata.name' } })).toEqual([
      { name: 'DB_PASSWORD', from: 'field metadata.name' },
    ]);
    const references: JsonObject = {
      volumes: [
        { name: 'v', secret: { secretName: 'db', items: [{ key: 'password', path: 'pw' }], defaultMode: 420 } },
      ],
      imagePullSecrets: [{ name: 'registry' }],
      automountServiceAccountToken: false,
      passwordSecretRef: { name: 'db', key: 'password' },
      auth: { token: { name: 'db', key: 'token' } },
      secretName: 'tls',
    };
    expect(redact({ spec: references }).body).toEqual({ spec: references });
  });

  it('managedFields, unless nothing is left of them but who, how and when', () => {
    const secret = fresh();
    const edit = { manager: 'kubectl-edit', operation: 'Update', time: '2026-01-31T12:00:00Z', subresource: 'scale' };
    const withEdits = (...managedFields: JsonObject[]): JsonObject => podWith({}, { managedFields });
    expect(redact(withEdits(edit)).body).toEqual(withEdits(edit));
    for (const whole of [
      { ...edit, fieldsV1: { [`k:{"name":"${secret}"}`]: {} } },
      { ...edit, apiVersion: secret },
      { manager: secret, operation: secret },
    ]) {
      expect(redact(withEdits(edit, whole)).body).toEqual(podWith({}));
    }
  });

  it('the copy of itself in annotations, in templates too, and managedFields', () => {
    const secret = fresh();
    const metadata = {
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': `{"data":{"x":"${secret}"}}`,
        'objectset.rio.cattle.io/applied': secret,
        'checksum/config': secret,
        long: `${secret} `.repeat(60),
        'example.net/owner': 'platform team',
      },
      managedFields: [{ manager: secret }],
    };
    const { body } = redact({ metadata, spec: { template: { metadata } } });
    expect(JSON.stringify(body)).not.toContain(secret);
    expect(body['metadata']).toEqual({ annotations: { long: '<1020 chars>', 'example.net/owner': 'platform team' } });
  });

  it('secrets in annotations and labels, by name and by form', () => {
    const secret = fresh();
    const annotations = {
      'example.net/token': secret,
      note: `token=${secret}`,
      hook: `https://me:${secret}@example.net`,
    };
    expect(shown({ metadata: { annotations, labels: { password: secret } } })).not.toContain(secret);
  });

  it.each([
    [['--password=?']],
    [['--password', '?']],
    [['--db.token=?']],
    [['-u', 'admin:?']],
    [['sh', '-c', 'export DB_PASSWORD=? && run']],
    [['sh', '-c', 'curl -u admin:? https://example.net']],
    [['curl', '-H', 'Authorization: Bearer ?']],
    [['--dsn=postgres://app:?@db/app']],
    [['--config={"apiKey":"?"}']],
    [['--requirepass', '?']],
    [['--requirepass=?']],
    [['--masterauth', '?']],
    [['--pass', '?']],
    [['--root-pw', '?']],
    [['mysql', '-u', 'root', '-p?']],
    [['mysqldump', '-h', 'db', '-p?', 'shop']],
    [['redis-cli', '-h', 'cache', '-a', '?']],
    [['sshpass', '-p', '?', 'ssh', 'x']],
    [['docker', 'login', '-u', 'ci', '-p', '?']],
    [['ldapsearch', '-D', 'cn=x', '-w', '?']],
    [['vault', 'login', '?']],
    [['mongosh', '-u', 'root', '-p', '?']],
    [['sh', '-c', 'redis-server --requirepass ? --port 1']],
    [['sh', '-c', 'mysql -uroot -p? < /x && mysqladmin -p? ping']],
    [['sh', '-c', 'ldapsearch -x -D cn=x -w ? | wc']],
    [['sh', '-c', 'vault login ?; vault status']],
    [['sh', '-c', 'mount -t cifs //backup:?@nas/share /mnt']],
  ])('secrets in arguments: %j', (args) => {
    // One that begins with a dash reads as the next flag.
    const secret = `k${fresh()}1`;
    const filled = args.map((argument) => argument.replaceAll('?', secret));
    for (const field of ['args', 'command']) {
      const text = shown(podWith({ [field]: filled }));
      expect(text).not.toContain(secret);
    }
  });

  it('but keeps arguments that only refer', () => {
    const args = [
      '--password=$(DB_PASSWORD)',
      '--token',
      `\${TOKEN}`,
      '--password-file=/run/pw',
      '--v=2',
      '--port',
      '80',
      '-p',
      '8080:80',
      '-path=/data',
    ];
    expect(redact(podWith({ args })).body).toEqual(podWith({ args }));
    for (const command of [
      ['redis-cli', '-a', '$(REDIS_PASSWORD)', 'ping'],
      ['docker', 'login', '-p', `\${TOKEN}`],
      ['vault', 'login', '-method=kubernetes', 'role=reader'],
      ['docker', 'run', '-u', '1000:1000', '-p', '8080:80'],
      ['mysql', '-u', 'root', '-p'],
      ['--passthrough', 'all', '--pass-host-header', 'true'],
    ]) {
      expect(redact(podWith({ command })).body).toEqual(podWith({ command }));
    }
  });

  it('every value of a data map; equal ones stay equal, sizes stay', () => {
    const secret = fresh();
    const { body, withheld } = redact({
      kind: 'ConfigMap',
      data: { a: secret, b: secret, c: 'x' },
      binaryData: { d: secret },
    });
    expect(JSON.stringify(body)).not.toContain(secret);
    const { data } = body as { data: Record<string, string> };
    expect(data['a']).toBe(data['b']);
    expect(data['a']).not.toBe(data['c']);
    expect(data['a']).toMatch(/^«redacted:data:16-bytes-[0-9a-f]{6}»$/);
    expect(withheld).toEqual({ data: 4 });
  });

  it('marks that another process could check a guess against', () => {
    const object = { kind: 'ConfigMap', data: { a: 'guess' } };
    expect(createObjectRedactor(silent).redact(object).body).not.toEqual(redact(object).body);
  });

  it.each([
    'password',
    'adminPassword',
    'apiKey',
    'clientSecret',
    'private_key',
    'accessKeyId',
    'dsn',
    'connectionString',
    'webhookUrl',
    'authToken',
    'credentials',
    'bearerToken',
    'PASSWORD_2',
  ])('the value of a field named %s, and all below it', (name) => {
    const secret = fresh();
    for (const value of [secret, [secret], { a: secret }, { a: [{ b: secret }] }, { name: 'x', value: secret }]) {
      expect(shown({ spec: { [name]: value } })).not.toContain(secret);
    }
    expect(shown({ spec: { parameters: [{ name, value: secret }] } })).not.toContain(secret);
  });

  it.each(['pass', 'dbPass', 'smtp_pw', 'psk', 'jwt', 'passcode', 'requirepass', 'masterauth', 'root-pw', 'sshKey'])(
    'the text of a field named %s, in lists, tables and annotations too, and nothing else below it',
    (name) => {
      const secret = fresh();
      for (const value of [secret, [secret], [[secret]]]) {
        expect(shown({ spec: { [name]: value } })).not.toContain(secret);
      }
      expect(shown({ cells: [{ [name]: secret }] })).not.toContain(secret);
      expect(shown({ metadata: { annotations: { [`example.net/${name}`]: secret } } })).not.toContain(secret);
      expect(shown({ spec: { parameters: [{ name, value: secret }] } })).not.toContain(secret);
      const settings = { [name]: { path: 'auth/kubernetes', role: 'reader' } };
      expect(redact({ spec: settings }).body).toEqual({ spec: settings });
    },
  );

  it('no number of what passed, and no word for how somebody logs in', () => {
    const told = { summary: { pass: 10, fail: 2 }, auth: 'kubernetes', bypass: 'nobody', compass: 'north' };
    expect(redact({ spec: told }).body).toEqual({ spec: told });
  });

  it('hooks, but not where the API server asks for admission', () => {
    const secret = fresh();
    const service = { namespace: 'policy', name: 'gate', port: 443 };
    const webhooks = [{ name: 'gate.example.net', clientConfig: { service, url: `https://u:${secret}@gate` } }];
    const kind = 'ValidatingWebhookConfiguration';
    expect(redact({ kind, webhooks }).body).toMatchObject({ webhooks: [{ clientConfig: { service } }] });
    expect(shown({ kind, webhooks })).not.toContain(secret);
    expect(shown({ kind, spec: { webhook: secret } })).not.toContain(secret);
    expect(shown({ kind: 'Notifier', webhooks: [{ address: secret }] })).not.toContain(secret);
  });

  it('numbers under a secret name, but not yes or no', () => {
    expect(redact({ spec: { pin: 123456, token: true } }).body).toMatchObject({ spec: { token: true } });
    expect(shown({ spec: { pin: 123456 } })).not.toContain('123456');
  });

  it('values of kinds made to hold them', () => {
    const secret = fresh();
    const fake = { provider: { fake: { data: [{ key: '/a', value: secret }] } } };
    expect(shown({ kind: 'ClusterSecretStore', spec: fake })).not.toContain(secret);
  });

  it('PEM blocks, long base64 and assignments in any text', () => {
    const secret = fresh();
    const pem = `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`;
    for (const text of [
      pem,
      `a\npassword: ${secret}\nb`,
      `{"token": "${secret}"}`,
      `MY_API_KEY=${secret};x=y`,
      `login was refused: password=${secret}`,
      `a=b=token=${secret}`,
      `password="x ${secret}\\"${secret}"`,
      `token=x,&;<'${secret}`,
      `pwd='${secret}`,
      `Basic ${secret}1`,
    ]) {
      expect(shown({ status: { message: text } })).not.toContain(secret);
      expect(shown({ spec: { valuesContent: text } })).not.toContain(secret);
    }
    expect(shown({ spec: { caBundle: randomBytes(300).toString('base64') } }).length).toBeLessThan(80);
  });

  it('no prose that only speaks of secrets', () => {
    const message = 'failed to fetch anonymous token: unexpected status from GET request: 403 Forbidden';
    expect(redact({ status: { message } }).body).toEqual({ status: { message } });
  });

  it('whatever the redactor knows, in values, keys, names and arguments', () => {
    const secret = `known-${fresh()}`;
    const knowing = redactingBy((text) => ({
      text: text.replaceAll(secret, 'KNOWN'),
      counts: text.includes(secret) ? { known: 1 } : {},
    }));
    const object: JsonObject = {
      metadata: { labels: { [`${secret}/x`]: 'a' }, annotations: { [secret]: secret } },
      data: { [secret]: 'x' },
      spec: {
        env: [
          { name: secret, valueFrom: { secretKeyRef: { name: secret, key: 'a' } } },
          `${secret}=true`,
          { name: secret },
        ],
        args: [secret],
        list: [secret, { [secret]: secret }],
        password: { [secret]: 'x' },
      },
    };
    const clean = new Set<string>();
    const { body, withheld } = createObjectRedactor(knowing).redact(object, clean);
    expect(JSON.stringify(body)).not.toContain(secret);
    expect(withheld['known']).toBeGreaterThan(5);
    expect(JSON.stringify([...clean])).not.toContain(secret);
  });

  it('everything, when it is a Secret', () => {
    expect(() => redact({ kind: 'Secret', data: { a: 'b' } })).toThrow('dropped');
  });
});

describe('for any object', () => {
  it('what lies deeper than anybody writes is not looked through, and not shown', () => {
    const secret = fresh();
    for (const field of ['spec', 'env', 'password', 'pass', 'args', 'valueFrom']) {
      for (const wrap of [(inner: JsonValue) => [inner], (inner: JsonValue) => ({ a: inner })]) {
        let deep: JsonValue = secret;
        for (let depth = 0; depth < 9_000; depth += 1) deep = wrap(deep);
        const { body, withheld } = redact({ spec: { [field]: deep } });
        expect(JSON.stringify(body)).not.toContain(secret);
        expect(withheld['too-deep']).toBe(1);
      }
    }
  });

  it('a literal below env never comes out', () => {
    const container = fc.record({
      name: fc.string(),
      env: fc.array(fc.record({ name: fc.string(), value: fc.string({ minLength: 12 }).map((text) => `~${text}~`) })),
    });
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        container,
        fc.record({ template: tie('node') }),
        fc.record({ items: fc.array(tie('node'), { maxLength: 3 }) }),
      ),
    })).node;
    fc.assert(
      fc.property(tree, (object) => {
        const { body } = redact({ spec: object as JsonObject });
        for (const value of literalsOf(object as JsonValue)) expect(literalsOf(body)).not.toContain(value);
      }),
    );
  });

  it('it ends, on text made to go on for ever', () => {
    for (const unit of ['a=', '-', 'a:', ' ', '"', '://', '-----BEGIN A-----', 'bearer ', 'A', '{', 'password=', '@']) {
      expect(shown({ status: { message: unit.repeat(200_000 / unit.length) } })).toMatch(/^\{"status"/);
    }
  });
});

function literalsOf(value: JsonValue): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => literalsOf(item));
  return Object.entries(value as JsonObject).flatMap(([field, item]) =>
    field === 'value' && typeof item === 'string' ? [item] : literalsOf(item),
  );
}
