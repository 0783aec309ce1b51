import { alphabet } from '../scan.ts';
import {
  alphanumeric,
  base64Padded,
  base64Url,
  dotted,
  found,
  hex,
  lower,
  mixed,
  nothingBefore,
  type PatternRule,
  token,
  upper,
  word,
} from './rule.ts';

const azureBody = alphabet('A-Za-z0-9_.~-');

const azureSecret: PatternRule = {
  name: 'azure',
  anchors: ['Q~'],
  // An application secret: three characters, a digit, `Q~`, then thirty-odd.
  read(scan, at, anchorEnd) {
    const start = scan.runBack(at, azureBody, 4);
    const end = scan.run(anchorEnd, azureBody);
    if (at - start < 4 || !/[0-9]/.test(scan.slice(at - 1, at)) || end - anchorEnd < 30) return nothingBefore(end);
    return found(start, end, 'azure');
  },
};

/** Cloud, edge and infrastructure providers. */
export const cloudRules: readonly PatternRule[] = [
  token('aws', {
    prefixes: ['AKIA', 'ASIA', 'ABIA', 'ACCA', 'AGPA', 'AIDA', 'AROA', 'AIPA', 'ANPA', 'ANVA', 'A3T'],
    body: upper,
    min: 16,
    max: 17,
    wordStart: true,
  }),
  token('aws', { prefixes: ['ABSK'], body: base64Padded, min: 80, wordStart: true }),
  token('google', { prefixes: ['AIza'], body: base64Url, min: 30, wordStart: true }),
  token('google', { prefixes: ['GOCSPX-'], body: base64Url, min: 20 }),
  token('google', { prefixes: ['ya29.'], body: dotted, min: 20, wordStart: true }),
  token('google', { prefixes: ['1//0'], body: base64Url, min: 30, wordStart: true, accept: mixed }),
  azureSecret,
  token('digitalocean', { prefixes: ['dop_v1_', 'doo_v1_', 'dor_v1_'], body: hex, min: 24 }),
  token('cloudflare', { prefixes: ['cfk_', 'cfut_', 'cfat_'], body: alphanumeric, min: 30, wordStart: true }),
  token('cloudflare', { prefixes: ['v1.0-'], body: base64Url, min: 100, wordStart: true }),
  // A tunnel token is base64 of {"a": account, "t": tunnel, "s": secret}.
  token('cloudflare', { prefixes: ['eyJhIjoi'], body: alphabet('A-Za-z0-9+/_=-'), min: 60 }),
  token('tailscale', { prefixes: ['tskey-'], body: base64Url, min: 16 }),
  // What joins a node: the hash of the cluster's authority, a user, a password.
  token('k3s', {
    prefixes: ['K10'],
    body: alphabet('A-Za-z0-9:._-'),
    min: 64,
    wordStart: true,
    accept: (body) => /^[0-9a-f]{32,64}::/.test(body),
  }),
  token('fly', {
    prefixes: ['fo1_', 'fm1r_', 'fm1a_', 'fm2_'],
    body: alphabet('A-Za-z0-9+/=,_-'),
    min: 32,
    wordStart: true,
  }),
  token('scaleway', { prefixes: ['SCW'], body: upper, min: 17, max: 17, wordStart: true, accept: mixed }),
  token('alibaba', { prefixes: ['LTAI'], body: alphanumeric, min: 16, max: 24, wordStart: true, accept: mixed }),
  token('databricks', { prefixes: ['dapi', 'dkea', 'dose'], body: alphabet('A-Fa-f0-9-'), min: 32, wordStart: true }),
  token('supabase', { prefixes: ['sbp_', 'sb_secret_'], body: word, min: 24, wordStart: true, accept: mixed }),
  token('planetscale', { prefixes: ['pscale_tkn_', 'pscale_pw_', 'pscale_oauth_'], body: dotted, min: 24 }),
  token('neon', { prefixes: ['napi_', 'npg_'], body: alphanumeric, min: 12, wordStart: true, accept: mixed }),
  token('doppler', {
    prefixes: ['dp.pt.', 'dp.st.', 'dp.ct.', 'dp.sa.', 'dp.scim.', 'dp.audit.'],
    body: dotted,
    min: 24,
    wordStart: true,
    accept: mixed,
  }),
  token('dynatrace', { prefixes: ['dt0c01.', 'dt0s01.', 'dt0s02.'], body: dotted, min: 24, wordStart: true }),
  token('ntfy', { prefixes: ['tk_'], body: lower, min: 29, max: 29, wordStart: true, accept: mixed }),
];
