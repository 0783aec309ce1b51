import { describe, expect, it } from 'vitest';
import { ordinaryText } from './fixtures/corpus.ts';
import { characters, createRandom } from './fixtures/random.ts';
import { createRedactor } from './index.ts';

const redactor = createRedactor();
const masks = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

describe('ordinary text', () => {
  it('loses at most two ranges in a megabyte of logs, events, manifests, plans and stack traces', () => {
    const text = ordinaryText(createRandom(20_260_312), 3_000_000);
    const { counts } = redactor.text(text);
    expect(masks(counts), JSON.stringify(counts)).toBeLessThanOrEqual(6);
  });

  it('loses as little when it arrives as the strings of a value', () => {
    const lines = ordinaryText(createRandom(99), 500_000).split('\n');
    const { counts } = redactor.value({ lines });
    expect(masks(counts), JSON.stringify(counts)).toBeLessThanOrEqual(1);
  });

  const { hex, lowerDigits } = characters;
  const random = createRandom(4);
  it.each([
    ['a commit', random.from(hex, 40)],
    ['a digest', `sha256:${random.from(hex, 64)}`],
    ['an image', `ghcr.io/example/app:1.2.3@sha256:${random.from(hex, 64)}`],
    [
      'a UID',
      `uid: ${random.from(hex, 8)}-${random.from(hex, 4)}-4${random.from(hex, 3)}-a${random.from(hex, 3)}-${random.from(hex, 12)}`,
    ],
    ['a resourceVersion', 'resourceVersion: "3187456123"'],
    ['the name of a pod', `grafana-${random.from(lowerDigits, 10)}-${random.from(lowerDigits, 5)}`],
    ['a time', '2026-03-12T10:11:12.123456789Z'],
    ['a trace', `traceparent: 00-${random.from(hex, 32)}-${random.from(hex, 16)}-01`],
    ['the name of a Secret', 'secretName: grafana-admin-credentials'],
    ['a reference to a key', '{"secretKeyRef":{"name":"grafana","key":"admin-password"}}'],
    ['a checksum annotation', `checksum/secret: ${random.from(hex, 64)}`],
    ['a certificate', `-----BEGIN CERTIFICATE-----\nMII${random.from(hex, 61)}\n-----END CERTIFICATE-----`],
    ['a public key', `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${random.from(characters.base62, 43)} someone@example.net`],
    ['a call on a receiver', 's.handleReconcileRequestWithBackoffAndJitter(ctx)'],
    ['a URL with a port and an at sign', 'https://registry.example.net:4873/@scope/pkg'],
    ['a URL with a user only', 'ssh://git@git.example.net/lab/infra.git'],
    ['a count of tokens', '{"max_tokens":4096,"total_tokens":17}'],
    ['a schema', '{"properties":{"password":{"type":"string","description":"the password"}},"required":["password"]}'],
    ['a permission of a workflow', 'permissions:\n  id-token: write\n  contents: read'],
    [
      'a public key under a name that tells',
      `ssh_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${random.from(characters.base62, 43)}`,
    ],
    ['the file of a key', 'client-key: pki/admin.key'],
    ['an attribute of another resource', 'api_token = cloudflare_api_token.dns.value'],
    ['a format string', 'failed to generate private key: %s'],
    ['a heading of a change log', '* auth/jwt: Fixes a race'],
    ['a placeholder of the documentation', 'send "Bearer <token>"\n- name: x-user-id'],
    ['a policy', 'path "secret/data/app" { capabilities = ["read"] }'],
  ])('shows %s', (_, text) => {
    expect(redactor.text(text)).toEqual({ text, counts: {} });
  });
});
