import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { silent } from '../../redaction/no-redaction.fixture.ts';
import { createObjectRedactor } from './object-redactor.ts';

const { redact } = createObjectRedactor(silent);
const entry = (secretKey: string) => ({ data: [{ secretKey, remoteRef: { key: 'apps/mail' } }] });

it('an ExternalSecret tells how the keys it makes are called', () => {
  expect(JSON.stringify(redact({ kind: 'ExternalSecret', spec: entry('password') }).body)).toContain(
    '"secretKey":"password"',
  );
});

it('no other kind does, nor a secretKey that stands beside no reference, nor one that is no name of a key', () => {
  const secret = randomBytes(12).toString('hex');
  const shown = [
    { kind: 'Bucket', spec: entry(secret) },
    { kind: 'ExternalSecret', spec: { data: [{ secretKey: secret }] } },
    { kind: 'ExternalSecret', spec: { data: [{ secretKey: secret, remoteRef: 'text' }] } },
    { kind: 'ExternalSecret', spec: entry(`${secret}/`) },
  ];
  for (const object of shown) expect(JSON.stringify(redact(object).body)).not.toContain(secret);
});
