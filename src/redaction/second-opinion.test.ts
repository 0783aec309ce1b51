import { lintSource } from '@secretlint/core';
import { creator as preset } from '@secretlint/secretlint-rule-preset-recommend';
import { describe, expect, it } from 'vitest';
import { characters, createRandom, type Random } from './fixtures/random.ts';
import { residue } from './fixtures/residue.ts';
import { pem } from './fixtures/samples.ts';
import { createRedactor } from './index.ts';

/**
 * The other scanner as a second opinion: every shape its recommended preset knows is drawn anew and shown to both. What it
 * finds must be masked here, so it need not run when answers are made.
 */
const { base62, base64Url, digits, hex, lower, upper, upperDigits } = characters;
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64');

type Shape = (random: Random) => { readonly text: string; readonly body: string };
const shape =
  (before: string, make: (random: Random) => string, after = ''): Shape =>
  (random) => {
    const body = make(random);
    return { text: before + body + after, body };
  };

const shapes: Readonly<Record<string, Shape>> = {
  'an AWS access key': shape('AKIA', (r) => r.from(upperDigits, 16)),
  'an AWS secret key': shape('AWS_SECRET_ACCESS_KEY=', (r) => r.from(`${base62}/`, 40)),
  'a GCP key file': (r) => {
    const key = pem(r, 'PRIVATE KEY');
    return {
      text: JSON.stringify({ type: 'service_account', private_key_id: r.from(hex, 40), private_key: key.text }),
      body: key.body,
    };
  },
  'a private key': (r) => pem(r, 'RSA PRIVATE KEY'),
  'an OpenSSH key': (r) => {
    const key = pem(r, 'OPENSSH PRIVATE KEY');
    return { text: key.text.replace('\nMI', '\nb3BlbnNzaC1rZXktdjE'), body: key.body.slice(8) };
  },
  'an npm token': shape('npm_', (r) => r.from(base62, 36)),
  'an npm token in .npmrc': shape('//registry.example.net/:_authToken=', (r) => `a1${r.from(base62, 30)}`),
  'a Git URL with a token': shape('https://', (r) => `a1${r.from(hex, 38)}`, ':x-oauth-basic@github.com/lab/infra'),
  'basic auth in a URL': shape('https://operator:', (r) => `a1B2${r.from(base62, 14)}`, '@git.example.net/'),
  'a Slack token': (r) => {
    const body = `${r.from(digits, 12)}-${r.from(digits, 12)}-${r.from(base62, 24)}`;
    return { text: `xoxb-${body}`, body };
  },
  'a Slack webhook': shape(
    'https://hooks.slack.com/services/',
    (r) => `T${r.from(upperDigits, 8)}/B${r.from(upperDigits, 8)}/${r.from(base62, 24)}`,
  ),
  'a SendGrid key': shape('SG.', (r) => `${r.from(base62, 22)}.${r.from(base62, 43)}`),
  'a Shopify token': shape('shpat_', (r) => r.from(hex, 32)),
  'a Stripe key': shape('sk_live_', (r) => r.from(base62, 24)),
  'a restricted Stripe key': shape('rk_test_', (r) => r.from(base62, 99)),
  'a GitHub token': shape('ghp_', (r) => r.from(base62, 36)),
  'a fine-grained GitHub token': shape('github_pat_', (r) => r.from(`${base62}_`, 82)),
  'a GitHub installation token': shape(
    'ghs_',
    (r) => `${r.from(digits, 8)}_${r.from(base64Url, 40)}.${r.from(base64Url, 120)}.${r.from(base64Url, 86)}`,
  ),
  'a GitLab token': shape('glpat-', (r) => r.from(base64Url, 20)),
  'a Grafana Cloud token': shape('glc_', (r) =>
    encoded({ o: '12345', n: 'lab', k: r.from(base62, 24), m: { r: 'x' } }),
  ),
  'a Grafana service account': shape('glsa_', (r) => `${r.from(base62, 32)}_${r.from(hex, 8)}`),
  'an OpenAI key': shape('sk-', (r) => `${r.from(base62, 20)}T3BlbkFJ${r.from(base62, 20)}`),
  'an OpenAI project key': shape('sk-proj-', (r) => `${r.from(base64Url, 74)}T3BlbkFJ${r.from(base62, 74)}`),
  'an Anthropic key': shape('sk-ant-api03-', (r) => `${r.from(base64Url, 93)}AA`),
  'a Groq key': shape('gsk_', (r) => r.from(base62, 52)),
  'a Hugging Face token': shape('hf_', (r) => r.from(lower + upper, 34)),
  'a Linear key': shape('lin_api_', (r) => r.from(base62, 40)),
  'a Notion token': shape('ntn_', (r) => r.from(digits, 11) + r.from(base62, 35)),
  'a 1Password token': shape('ops_', (r) =>
    encoded({ email: 'lab', secretKey: r.from(upperDigits, 34), salt: r.from(base62, 43), x: { y: {} } }),
  ),
  'a MongoDB URL': shape('mongodb+srv://lab:', (r) => `a1B2${r.from(base62, 16)}`, '@db.example.net/lab'),
  'a MySQL URL': shape('mysql://lab:', (r) => `a1B2${r.from(base62, 16)}`, '@db.example.net:3306/lab'),
  'a PostgreSQL URL': shape('postgresql://lab:', (r) => `a1B2${r.from(base62, 16)}`, '@db.example.net:5432/lab'),
  'a Vault token': shape('hvs.', (r) => r.from(base64Url, 95)),
  'a Vault batch token': shape('hvb.', (r) => r.from(base64Url, 140)),
  'a Vault recovery token': shape('hvr.', (r) => r.from(base64Url, 95)),
  'a Vercel token': shape('vcp_', (r) => r.from(base62, 40)),
  'a Databricks token': shape('dapi', (r) => r.from(hex, 32)),
  'a Docker token': shape('dckr_pat_', (r) => r.from(base64Url, 27)),
  'a Figma token': shape('figd_', (r) => r.from(base64Url, 43)),
  'a Cloudflare token': shape('cfut_', (r) => r.from(base62, 40) + r.from(hex, 8)),
  'a Tailscale key': shape('tskey-auth-', (r) => `${r.from(base62, 12)}-${r.from(base62, 32)}`),
};

/** As a text file and as a JSON file: one rule looks at no other. */
async function otherScanner(text: string): Promise<readonly string[]> {
  const results = await Promise.all(
    ['.txt', '.json'].map((ext) =>
      lintSource({
        source: { content: text, filePath: `sample${ext}`, contentType: 'text', ext },
        options: { config: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: preset }] } },
      }),
    ),
  );
  return results.flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId));
}

describe('beside another scanner', () => {
  const redactor = createRedactor();
  const confirmed = new Set<string>();

  it.each(Object.keys(shapes))('masks %s', async (name) => {
    const make = shapes[name];
    for (let seed = 1; seed <= 8; seed += 1) {
      const { text, body } = make?.(createRandom(seed * 7919)) ?? { text: '', body: '' };
      for (const rule of await otherScanner(text)) confirmed.add(rule);
      const masked = redactor.text(text).text;
      expect(residue(masked, body), masked).toBeUndefined();
    }
  });

  it('is compared with every rule of it, by shapes it confirms', () => {
    const silent = new Set(['@secretlint/secretlint-rule-filter-comments']);
    const rules = new Set(preset.rules?.map(({ meta }) => meta.id));
    const unconfirmed = [...rules].filter((id) => !silent.has(id) && ![...confirmed].some((rule) => rule.includes(id)));
    expect(rules.size).toBeGreaterThan(20);
    expect(unconfirmed).toEqual([]);
  });
});
