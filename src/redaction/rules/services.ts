import { alphabet } from '../scan.ts';
import {
  alphanumeric,
  base64Url,
  digits,
  dotted,
  found,
  hex,
  mixed,
  nothingBefore,
  type PatternRule,
  token,
  word,
} from './rule.ts';

const capabilityPath = alphabet('A-Za-z0-9_/.=%+-');
const secretKeyBody = alphabet('A-Z0-9-');

/** `<bot id>:AA…`: the digits before the colon belong to it. */
const telegram: PatternRule = {
  name: 'telegram',
  anchors: [':AA', '%3AAA'],
  read(scan, at, anchorEnd) {
    const start = scan.runBack(at, digits, 12);
    const end = scan.run(anchorEnd, base64Url);
    const length = end - anchorEnd;
    if (at - start < 6 || length < 30 || length > 48) return nothingBefore(end);
    return found(start, end, 'telegram');
  },
};

/** A URL whose path is the credential: the host and the leading path stay, the rest goes. */
function capability(name: string, anchors: readonly string[], min: number): PatternRule {
  return {
    name,
    anchors,
    folded: true,
    read(scan, _at, anchorEnd) {
      const end = scan.run(anchorEnd, capabilityPath);
      return end - anchorEnd < min ? nothingBefore(end) : found(anchorEnd, end, name);
    },
  };
}

/** Three or more parts, the way 1Password writes a secret key: A3-XXXXXX-XXXXXX-XXXXX-… */
const onePasswordKey: PatternRule = {
  name: 'onepassword',
  anchors: ['A3-'],
  read(scan, at, anchorEnd) {
    const end = scan.run(anchorEnd, secretKeyBody);
    const shaped = /^[A-Z0-9]{6}-[A-Z0-9]{5,6}(?:-[A-Z0-9]{5,6}){2,5}$/.test(
      scan.slice(anchorEnd, Math.min(end, anchorEnd + 64)),
    );
    return shaped && scan.startsWord(at) ? found(at, end, 'onepassword') : nothingBefore(end);
  },
};

/** Models, chat, mail, payment, monitoring, notes. */
export const serviceRules: readonly PatternRule[] = [
  // Castellan's own, as `castellan token create` prints it.
  token('castellan', { prefixes: ['cst_'], body: base64Url, min: 24, wordStart: true, accept: mixed }),
  token('anthropic', { prefixes: ['sk-ant-'], body: base64Url, min: 16 }),
  token('openai', {
    prefixes: ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-None-'],
    body: base64Url,
    min: 20,
    accept: mixed,
  }),
  token('openrouter', { prefixes: ['sk-or-'], body: base64Url, min: 20, accept: mixed }),
  token('openai', { prefixes: ['sk-'], body: alphanumeric, min: 20, wordStart: true, accept: mixed }),
  token('groq', { prefixes: ['gsk_'], body: alphanumeric, min: 24, wordStart: true }),
  token('huggingface', { prefixes: ['hf_', 'api_org_'], body: alphanumeric, min: 30, wordStart: true }),
  token('replicate', { prefixes: ['r8_'], body: alphanumeric, min: 30, wordStart: true }),
  token('perplexity', { prefixes: ['pplx-'], body: alphanumeric, min: 30, wordStart: true }),
  token('xai', { prefixes: ['xai-'], body: alphanumeric, min: 40, wordStart: true }),
  token('slack', {
    prefixes: [
      'xoxb-',
      'xoxp-',
      'xoxa-',
      'xoxo-',
      'xoxr-',
      'xoxs-',
      'xoxc-',
      'xoxd-',
      'xoxe-',
      'xoxe.',
      'xapp-',
      'xwfp-',
    ],
    body: alphabet('A-Za-z0-9.%+/_-'),
    min: 3,
    wordStart: true,
    accept: (body) => /[0-9]/.test(body),
  }),
  capability(
    'slack-webhook',
    ['hooks.slack.com/services/', 'hooks.slack.com/workflows/', 'hooks.slack.com/triggers/'],
    5,
  ),
  capability('discord-webhook', ['discord.com/api/webhooks/', 'discordapp.com/api/webhooks/'], 16),
  capability('teams-webhook', ['.webhook.office.com/'], 16),
  capability('healthchecks', ['hc-ping.com/'], 16),
  telegram,
  token('sendgrid', { prefixes: ['SG.'], body: dotted, min: 5, wordStart: true, accept: (body) => /\.\w/.test(body) }),
  token('mailgun', { prefixes: ['key-'], body: hex, min: 32, max: 32, wordStart: true }),
  token('brevo', { prefixes: ['xkeysib-', 'xsmtpsib-'], body: base64Url, min: 24 }),
  token('twilio', { prefixes: ['SK'], body: hex, min: 32, max: 32, wordStart: true }),
  token('resend', {
    prefixes: ['re_'],
    body: word,
    min: 24,
    max: 48,
    wordStart: true,
    accept: (body) => /\d/.test(body) && /[A-Z]/.test(body),
  }),
  token('stripe', {
    prefixes: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'sk_prod_', 'whsec_'],
    body: alphabet('A-Za-z0-9+/='),
    min: 16,
  }),
  token('shopify', { prefixes: ['shpat_', 'shpca_', 'shppa_', 'shpss_'], body: alphanumeric, min: 24 }),
  token('square', {
    prefixes: ['sq0atp-', 'sq0csp-', 'EAAAE'],
    body: base64Url,
    min: 20,
    wordStart: true,
    accept: mixed,
  }),
  token('linear', { prefixes: ['lin_api_', 'lin_oauth_'], body: word, min: 20 }),
  token('notion', { prefixes: ['ntn_'], body: alphanumeric, min: 24, wordStart: true }),
  token('notion', { prefixes: ['secret_'], body: alphanumeric, min: 43, max: 43, wordStart: true, accept: mixed }),
  token('airtable', {
    prefixes: ['pat'],
    body: dotted,
    min: 70,
    wordStart: true,
    accept: (body) => /^[A-Za-z0-9]{14}\.[0-9a-f]{50,}$/.test(body),
  }),
  token('grafana', {
    prefixes: ['glsa_', 'glc_'],
    body: alphabet('A-Za-z0-9+/=_'),
    min: 24,
    wordStart: true,
    accept: mixed,
  }),
  // The older key of that service is base64 of {"k": key, "n": name}.
  token('grafana', { prefixes: ['eyJrIjoi'], body: alphabet('A-Za-z0-9+/_=-'), min: 40 }),
  token('newrelic', { prefixes: ['NRAK-', 'NRJS-', 'NRII-', 'NRIQ-'], body: alphanumeric, min: 16, wordStart: true }),
  token('sentry', { prefixes: ['sntrys_', 'sntryu_'], body: alphabet('A-Za-z0-9+/=_-'), min: 24 }),
  token('onepassword', { prefixes: ['ops_ey'], body: alphabet('A-Za-z0-9+/_=-'), min: 60 }),
  onePasswordKey,
  token('age', { prefixes: ['AGE-SECRET-KEY-', 'AGE-PLUGIN-'], body: alphabet('A-Z0-9-'), min: 24 }),
  token('age', { prefixes: ['age-secret-key-'], body: alphabet('a-z0-9-'), min: 24 }),
  token('proxmox', { prefixes: ['PVEAPIToken=', 'PBSAPIToken='], body: alphabet('A-Za-z0-9@!_.:=-'), min: 20 }),
  token('flux-webhook', { prefixes: ['/hook/'], body: hex, min: 64, max: 64 }),
];
