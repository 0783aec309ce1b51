import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admit } from './admit.ts';
import type { Asked } from './asked.ts';
import type { SecretAllowance } from './secrets.ts';

const secrets: readonly SecretAllowance[] = [
  { namespace: 'mail', name: 'mail-tls' },
  { namespace: 'mail', helmRelease: 'mail' },
];
const ask = (method: string, url: string, contentType?: string) => admit({ method, url, contentType }, secrets);
const apply = 'application/apply-patch+yaml';

describe('a plan may', () => {
  it.each([
    '/version',
    '/api',
    '/apis',
    '/api/v1',
    '/apis/apps',
    '/apis/apps/v1',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/apis/apps/v1?hash=0A1',
    '/api/v1/namespaces',
    '/api/v1/namespaces/mail',
    '/api/v1/namespaces/mail/configmaps/mail',
    '/apis/apps/v1/namespaces/mail/deployments/mail',
    '/apis/apps/v1/namespaces/mail/deployments/mail/scale',
    '/apis/apps/v1/namespaces/mail/deployments?labelSelector=app%3Dmail&limit=500',
    '/apis/rbac.authorization.k8s.io/v1/clusterroles/system:node',
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.net',
    '/api/v1/namespaces/mail/secrets/mail-tls',
    '/api/v1/namespaces/mail/secrets/sh.helm.release.v1.mail.v12',
    '/api/v1/namespaces/mail/secrets?labelSelector=name%3Dmail%2Cowner%3Dhelm',
    '/api/v1/namespaces/mail/secrets?labelSelector=name%3Dmail%2Cowner%3Dhelm%2Cstatus%3Ddeployed&limit=5',
  ])('read %s', (url) => {
    expect(ask('GET', url)).toEqual({ path: url });
    expect(ask('HEAD', url)).toEqual({ path: url });
  });

  it('try a change that is not made', () => {
    const url = '/apis/apps/v1/namespaces/mail/deployments/mail?dryRun=All&fieldManager=Terraform&force=true';
    for (const type of [apply, 'application/merge-patch+json', 'application/strategic-merge-patch+json']) {
      expect(ask('PATCH', url, type)).toEqual({ path: url });
    }
    expect(ask('PATCH', '/api/v1/namespaces/mail/secrets/mail-tls?dryRun=All', apply).refused).toBeUndefined();
  });

  it.each(['selfsubjectaccessreviews', 'selfsubjectrulesreviews'])('ask about its own rights by %s', (review) => {
    expect(ask('POST', `/apis/authorization.k8s.io/v1/${review}`, 'application/json').refused).toBeUndefined();
  });
});

const deployment = '/apis/apps/v1/namespaces/mail/deployments/mail';

describe('a plan may not', () => {
  it.each(['PUT', 'DELETE', 'POST', 'OPTIONS', 'CONNECT', 'TRACE', 'get', 'Patch', ''])('send %j', (method) => {
    expect(ask(method, `${deployment}?dryRun=All`, apply).refused).toBeDefined();
  });

  it.each([
    ['without dryRun', deployment],
    ['with another dryRun', `${deployment}?dryRun=None`],
    ['with an empty dryRun', `${deployment}?dryRun=`],
    ['with dryRun twice', `${deployment}?dryRun=All&dryRun=None`],
    ['with dryRun twice, both All', `${deployment}?dryRun=All&dryRun=All`],
    ['with dryRun in other letters', `${deployment}?dryrun=All`],
    ['with an escaped dryRun', `${deployment}?dryRu%6e=All`],
    ['with dryRun after a semicolon', `${deployment}?force=true;dryRun=All`],
    ['with dryRun in a second query', `${deployment}?force=true?dryRun=All`],
    ['with dryRun in a fragment', `${deployment}#?dryRun=All`],
    ['of all objects of a kind', '/apis/apps/v1/namespaces/mail/deployments?dryRun=All'],
    ['of a part of an object', `${deployment}/scale?dryRun=All`],
    ['of the status', `${deployment}/status?dryRun=All`],
    ['with an option nobody knows', `${deployment}?dryRun=All&propagationPolicy=Orphan`],
    ['of a Secret of others', '/api/v1/namespaces/mail/secrets/other?dryRun=All'],
    ['of the API itself', '/apis/apps/v1?dryRun=All'],
  ])('send a PATCH %s', (_, url) => {
    expect(ask('PATCH', url, apply).refused).toBeDefined();
  });

  it.each([
    undefined,
    '',
    'application/json',
    'text/plain',
    `${apply}; charset=x`,
    'application/x-www-form-urlencoded',
  ])('send a PATCH of type %j', (type) => {
    expect(ask('PATCH', `${deployment}?dryRun=All`, type).refused).toBeDefined();
  });

  it.each([
    '/api/v1/secrets',
    '/api/v1/secrets?labelSelector=name%3Dmail%2Cowner%3Dhelm',
    '/api/v1/namespaces/mail/secrets',
    '/api/v1/namespaces/mail/secrets/other',
    '/api/v1/namespaces/other/secrets/mail-tls',
    '/api/v1/namespaces/mail/secrets/mail-tls/status',
    '/api/v1/namespaces/mail/secrets/sh.helm.release.v1.mail.v',
    '/api/v1/namespaces/mail/secrets/sh.helm.release.v1.mail.v1x',
    '/api/v1/namespaces/mail/secrets/sh.helm.release.v1.mailer.v1',
    '/api/v1/namespaces/mail/secrets?labelSelector=owner%3Dhelm',
    '/api/v1/namespaces/mail/secrets?labelSelector=name%3Dmail',
    '/api/v1/namespaces/mail/secrets?labelSelector=name%3Dother%2Cowner%3Dhelm',
    '/api/v1/namespaces/mail/secrets?labelSelector=name%20in%20(mail%2Cother)%2Cowner%3Dhelm',
    '/api/v1/namespaces/mail/secrets?labelSelector=name!%3Dmail%2Cowner%3Dhelm',
    '/api/v1/namespaces/mail/secrets?labelSelector=name%3Dmail%2Cname%3Dother%2Cowner%3Dhelm',
    '/api/v1/namespaces/mail/secrets?labelSelector=name%3Dmail%2Cowner%3Dhelm%2C',
    '/api/v1/namespaces/mail/secrets?labelSelector=name%3Dmail%2Cowner%3Dhelm&continue=abc',
    '/api/v1/namespaces/mail/secrets?fieldSelector=metadata.name%3Dmail-tls',
    '/apis/example.net/v1/namespaces/mail/secrets/mail-tls',
    '/api/v1/watch/secrets',
    '/api/v1/watch/namespaces/mail/secrets/mail-tls',
    '/api/v1/namespaces/mail/secrets/mail-tls?watch=true',
    '/api/v1/namespaces/mail/Secrets/other',
    '/api/v1/namespaces/mail/secrets%2Fother',
    '/api/v1/namespaces/mail/%73ecrets/other',
    '/api/v1/namespaces/mail//secrets/other',
    '/api/v1/namespaces/mail/./secrets/other',
    '/api/v1/namespaces/mail/configmaps/../secrets/other',
    '//api/v1/namespaces/mail/secrets/mail-tls',
    '/api/v1/namespaces/mail/secrets/mail-tls/',
    '/api/v1/namespaces/mail/secrets\\mail-tls',
    'http://127.0.0.1/api/v1/namespaces/mail/secrets/mail-tls',
  ])('see Secrets by %s', (url) => {
    expect(ask('GET', url).refused).toBeDefined();
  });

  it.each([
    '/api/v1/namespaces/mail/pods/mail-0/exec?command=id',
    '/api/v1/namespaces/mail/pods/mail-0/attach',
    '/api/v1/namespaces/mail/pods/mail-0/portforward?ports=80',
    '/api/v1/namespaces/mail/pods/mail-0/proxy',
    '/api/v1/namespaces/mail/pods/mail-0/proxy/metrics',
    '/api/v1/namespaces/mail/pods/mail-0/log',
    '/api/v1/namespaces/mail/services/mail/proxy/x',
    '/api/v1/nodes/one/proxy/pods',
    '/api/v1/proxy/nodes/one',
    '/api/v1/namespaces/mail/serviceaccounts/default/token',
    '/api/v1/pods?watch=1',
    '/api/v1/pods?follow=true',
    '/metrics',
    '/logs/audit.log',
    '/debug/pprof/heap',
    '/healthz',
    '/',
    '',
    '*',
    '/openapi/v3/../../api',
    '/api/v1/namespaces/mail/configmaps/..',
    '/api/v1/namespaces/../configmaps/x',
    '/api/v1/namespaces/./configmaps',
    '/apis/apps/1/deployments',
    '/api/v1/pods?limit=1&limit=2',
    '/api/v1/pods?limit=%zz',
    '/api/v1/pods?x',
  ])('go to %s', (url) => {
    expect(ask('GET', url).refused).toBeDefined();
  });

  it.each([
    '/api/v1/namespaces/mail/pods',
    '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews/',
    '/apis/authentication.k8s.io/v1/tokenreviews',
    '/api/v1/namespaces/mail/serviceaccounts/default/token',
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews?x=y',
  ])('post to %s', (url) => {
    expect(ask('POST', url, 'application/json').refused).toBeDefined();
  });
});

describe('whatever is asked', () => {
  const word = fc.constantFrom(
    ...['api', 'apis', 'v1', 'apps', 'namespaces', 'mail', 'secrets', 'pods', 'watch', 'proxy', 'exec', '..', '.', ''],
    ...['%2f', '%2e%2e', 'Secrets', 'mail-tls', 'other', 'status', 'deployments'],
  );
  const option = fc.constantFrom('dryRun=All', 'dryRun=None', 'watch=true', 'limit=1', 'labelSelector=a%3Db', 'x', ';');
  const asked: fc.Arbitrary<Asked> = fc.record({
    method: fc.constantFrom('GET', 'HEAD', 'PATCH', 'POST', 'PUT', 'DELETE'),
    url: fc
      .tuple(fc.array(word, { maxLength: 8 }), fc.array(option, { maxLength: 3 }))
      .map(([path, query]) => `/${path.join('/')}${query.length > 0 ? `?${query.join('&')}` : ''}`),
    contentType: fc.constantFrom(undefined, apply, 'application/json'),
  });

  it('what goes on is a plain path that every reader reads alike, changes nothing, and shows no Secret of others', () => {
    fc.assert(
      fc.property(asked, (given) => {
        const { path } = admit(given, secrets);
        if (path === undefined) return;
        const url = new URL(path, 'http://x');
        expect(url.pathname + url.search).toBe(path);
        expect(url.pathname).toBe(given.url.split('?')[0]);
        expect(['GET', 'HEAD', 'PATCH', 'POST']).toContain(given.method);
        if (given.method === 'PATCH') expect(url.searchParams.getAll('dryRun')).toEqual(['All']);
        if (given.method === 'POST') expect(url.pathname).toMatch(/\/selfsubject(access|rules)reviews$/);
        expect(url.searchParams.has('watch')).toBe(false);
        if (/^\/(api|apis\/[^/]+)\/v1\/(namespaces\/[^/]+\/)?secrets(\/|$)/.test(url.pathname)) {
          expect(url.pathname).toBe('/api/v1/namespaces/mail/secrets/mail-tls');
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
