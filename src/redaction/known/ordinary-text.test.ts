import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ordinaryText } from '../fixtures/corpus.ts';
import { createRandom } from '../fixtures/random.ts';
import { asKnown, knowing } from './known.fixture.ts';

/** What a homelab keeps in Vault beside its secrets, because it stands in the same form. */
const random = createRandom(2_026_11);
const words = [
  'postgres',
  'grafana',
  'admin',
  'backup',
  'media',
  'monitoring',
  'ingress',
  'app',
  'redis',
  'mail',
  'server',
  'default',
];
const hosts = ['example.net', 'databases.svc.cluster.local', 'lab.example.net'];
const word = (): string => random.pick(words);
const looks: readonly (() => string)[] = [
  word,
  () => `${word()}-${word()}`,
  () => `${word()}_${word()}_${random.below(20)}`,
  () => `${word()}.${random.pick(hosts)}`,
  () => `https://${word()}.${random.pick(hosts)}/${word()}`,
  () => `${word()}@${random.pick(hosts)}`,
  () => String(random.pick([5432, 3306, 6379, 8080, 8443, 9090, 443, 25, 587, 10_000])),
  () => random.pick(['true', 'false', 'disable', 'require', 'info', 'debug', 'UTC', 'Europe/Vienna', 'production']),
  () => `ghcr.io/example/${word()}:1.${random.below(20)}.${random.below(10)}`,
  () => `/var/lib/${word()}/data`,
  () => `10.0.${random.below(256)}.${random.below(256)}`,
  () => JSON.stringify({ host: `${word()}.${random.pick(hosts)}`, port: 5432, user: word(), ssl: true }),
];

describe('ordinary text', () => {
  it('loses at most two ranges in a megabyte to 300 random and 100 ordinary-looking values', () => {
    const secrets = Array.from({ length: 300 }, (_, at) => [
      `secret_${at}`,
      at % 3 === 0
        ? randomBytes(5).toString('base64url')
        : randomBytes(8 + (at % 24)).toString(at % 2 === 0 ? 'hex' : 'base64'),
    ]);
    const ordinary = Array.from({ length: 100 }, (_, at) => [`value_${at}`, (looks[at % looks.length] ?? word)()]);
    const entries = asKnown(Object.fromEntries([...secrets, ...ordinary]));
    expect(entries.length).toBeGreaterThanOrEqual(295);
    const { redactor } = knowing(entries);
    const { counts } = redactor.text(ordinaryText(createRandom(20_261_126), 3_000_000));
    expect(counts['known-value'] ?? 0, JSON.stringify(counts)).toBeLessThanOrEqual(6);
  });
});
