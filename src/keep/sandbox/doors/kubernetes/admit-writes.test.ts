import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admitWrites } from './admit-writes.ts';
import type { Asked } from './asked.ts';

const ask = (method: string, url: string, contentType?: string) => admitWrites({ method, url, contentType });
const json = 'application/json';
const applied = 'application/apply-patch+yaml';
const deployments = '/apis/apps/v1/namespaces/mail/deployments';
const deployment = `${deployments}/mail`;
const secret = '/api/v1/namespaces/mail/secrets/mail-tls';

describe('an apply may', () => {
  it.each([
    ['GET', '/version', undefined],
    ['GET', '/openapi/v3/apis/apps/v1?hash=0A1', undefined],
    ['GET', '/apis/apps/v1', undefined],
    ['GET', deployment, undefined],
    ['HEAD', deployment, undefined],
    ['GET', `${deployment}/scale`, undefined],
    ['GET', `${deployments}?watch=true&fieldSelector=metadata.name%3Dmail&allowWatchBookmarks=true`, undefined],
    ['GET', secret, undefined],
    ['GET', '/api/v1/namespaces/mail/secrets/never-seen-before', undefined],
    ['GET', '/api/v1/namespaces/mail/secrets?labelSelector=name%3Dmail%2Cowner%3Dhelm', undefined],
    ['POST', `${deployments}?fieldManager=Terraform`, json],
    ['POST', '/api/v1/namespaces', json],
    ['POST', '/api/v1/namespaces/mail/secrets', json],
    ['POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', json],
    ['PUT', deployment, json],
    ['PUT', `${deployment}/scale`, json],
    ['PUT', secret, 'application/vnd.kubernetes.protobuf'],
    ['PATCH', deployment, 'application/merge-patch+json'],
    ['PATCH', `${deployment}?fieldManager=Terraform&force=true`, applied],
    ['PATCH', `${deployment}?dryRun=All`, applied],
    ['PATCH', secret, applied],
    ['DELETE', deployment, undefined],
    ['DELETE', `${deployment}?propagationPolicy=Background&gracePeriodSeconds=30`, json],
    ['DELETE', secret, json],
    ['DELETE', '/api/v1/namespaces/mail', undefined],
    ['POST', '/apis/traefik.io/v1alpha1/namespaces/mail/ingressroutes', json],
  ])('%s %s', (method, url, type) => {
    expect(ask(method, url, type)).toEqual({ path: url });
  });
});

describe('an apply may not', () => {
  it.each(['OPTIONS', 'CONNECT', 'TRACE', 'patch', 'Delete', ''])('send %j', (method) => {
    expect(ask(method, deployment, json).refused).toBeDefined();
  });

  const pod = '/api/v1/namespaces/mail/pods/mail-0';
  const ways = [
    `${pod}/exec`,
    `${pod}/exec?command=id`,
    `${pod}/attach`,
    `${pod}/portforward`,
    `${pod}/proxy`,
    `${pod}/proxy/metrics`,
    `${pod}/ephemeralcontainers`,
    `${pod}/eviction`,
    `${pod}/binding`,
    `${pod}/log`,
    '/api/v1/namespaces/mail/services/mail/proxy',
    '/api/v1/namespaces/mail/services/mail/proxy/x',
    '/api/v1/nodes/one/proxy',
    '/api/v1/proxy/nodes/one',
    '/api/v1/redirect/namespaces/mail/services/mail',
    '/api/v1/watch/secrets',
    '/api/v1/namespaces/mail/serviceaccounts/default/token',
    '/apis/subresources.example.net/v1/namespaces/mail/machines/one/console',
    '/metrics',
    '/debug/pprof/heap',
    '/logs/audit.log',
    '/',
    '',
  ];
  const methods = [
    ['GET', undefined],
    ['POST', json],
    ['PUT', json],
    ['PATCH', applied],
    ['DELETE', undefined],
  ] as const;
  it.each(ways.flatMap((url) => methods.map(([method, type]) => [method, url, type] as const)))(
    '%s %s',
    (method, url, type) => {
      expect(ask(method, url, type).refused).toBeDefined();
    },
  );

  it.each([
    ['GET', '/api/v1/secrets'],
    ['GET', '/api/v1/namespaces/mail/secrets'],
    ['GET', '/api/v1/namespaces/mail/secrets?limit=500'],
    ['GET', '/api/v1/namespaces/mail/secrets?labelSelector=owner%3Dhelm'],
    ['GET', '/api/v1/namespaces/mail/secrets?fieldSelector=metadata.name%3Dmail-tls'],
    ['GET', '/api/v1/namespaces/mail/secrets?labelSelector=name%3Dmail%2Cowner%3Dhelm&watch=true'],
    ['GET', `${secret}?watch=true`],
    ['GET', `${secret}/status`],
    ['GET', '/apis/example.net/v1/namespaces/mail/secrets/mail-tls'],
    ['PUT', '/apis/example.net/v1/namespaces/mail/secrets/mail-tls'],
    ['POST', '/api/v1/secrets'],
    ['PATCH', `${secret}/status`],
    ['DELETE', '/api/v1/namespaces/mail/secrets'],
  ])('reach Secrets at large by %s %s', (method, url) => {
    const type = method === 'PATCH' ? applied : method === 'GET' ? undefined : json;
    expect(ask(method, url, type).refused).toBeDefined();
  });

  it.each([
    ['DELETE', deployments],
    ['DELETE', `${deployments}?labelSelector=app%3Dmail`],
    ['DELETE', `${deployment}/status`],
    ['PUT', deployments],
    ['PATCH', deployments],
    ['DELETE', '/apis/apps/v1'],
    ['PATCH', '/openapi/v3'],
  ])('write more than one object by %s %s', (method, url) => {
    expect(ask(method, url, method === 'PATCH' ? applied : json).refused).toBeDefined();
  });

  it.each([
    '/apis/authentication.k8s.io/v1/tokenreviews',
    '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    '/apis/authorization.k8s.io/v1/namespaces/mail/localsubjectaccessreviews',
    '/apis/certificates.k8s.io/v1/certificatesigningrequests',
    '/api/v1/namespaces/mail/bindings',
    '/apis/apps/v1/namespaces/mail/deployments/mail',
  ])('create at %s', (url) => {
    expect(ask('POST', url, json).refused).toBeDefined();
  });

  it.each([
    ['PATCH', `${deployment}?dryRun=None`, applied],
    ['PATCH', `${deployment}?dryRun=`, applied],
    ['PATCH', `${deployment}?dryRun=All&dryRun=None`, applied],
    ['PATCH', `${deployment}?force=true;dryRun=All`, applied],
    ['PATCH', `${deployment}?dryRu%6e=All`, applied],
    ['PATCH', `${deployment}?other=x`, applied],
    ['PATCH', deployment, undefined],
    ['PATCH', deployment, json],
    ['PUT', deployment, undefined],
    ['PUT', deployment, applied],
    ['POST', deployments, 'text/plain'],
    ['POST', deployments, undefined],
    ['POST', `${deployments}?dryRun=Some`, json],
    ['DELETE', deployment, 'text/html'],
    ['PUT', '/apis/apps/v1/namespaces/../deployments/mail', json],
    ['PUT', '/apis/apps/v1/namespaces/mail%2Fdeployments/mail', json],
    ['PUT', '//apis/apps/v1/namespaces/mail/deployments/mail', json],
    ['PUT', 'http://192.0.2.9/apis/apps/v1/namespaces/mail/deployments/mail', json],
    ['GET', '/api/v1/pods?follow=true', undefined],
  ])('write what two could read differently: %s %s as %s', (method, url, type) => {
    expect(ask(method, url, type).refused).toBeDefined();
  });
});

describe('whatever is asked by an apply', () => {
  const word = fc.constantFrom(
    ...[
      'api',
      'apis',
      'v1',
      'apps',
      'namespaces',
      'mail',
      'secrets',
      'pods',
      'watch',
      'proxy',
      'exec',
      'token',
      '..',
      '',
    ],
    ...[
      '%2f',
      'serviceaccounts',
      'authentication.k8s.io',
      'mail-tls',
      'status',
      'deployments',
      'attach',
      'portforward',
    ],
  );
  const option = fc.constantFrom('dryRun=All', 'dryRun=None', 'watch=true', 'limit=1', 'labelSelector=a%3Db', 'x', ';');
  const asked: fc.Arbitrary<Asked> = fc.record({
    method: fc.constantFrom('GET', 'HEAD', 'PATCH', 'POST', 'PUT', 'DELETE', 'OPTIONS'),
    url: fc
      .tuple(fc.array(word, { maxLength: 8 }), fc.array(option, { maxLength: 3 }))
      .map(([path, query]) => `/${path.join('/')}${query.length > 0 ? `?${query.join('&')}` : ''}`),
    contentType: fc.constantFrom(undefined, applied, json),
  });

  it('what goes on is a plain path, leads into no container and to no token, and lists no Secrets', () => {
    fc.assert(
      fc.property(asked, (given) => {
        const { path } = admitWrites(given);
        if (path === undefined) return;
        const { pathname, search } = new URL(path, 'http://x');
        expect(pathname + search).toBe(path);
        expect(pathname).toBe(given.url.split('?')[0]);
        const [, root, ...rest] = pathname.split('/');
        const parts = rest.slice(root === 'api' ? 1 : 2);
        const [resource, name, part] = parts[0] === 'namespaces' && parts.length > 2 ? parts.slice(2) : parts;
        expect([undefined, 'status', 'scale']).toContain(part);
        expect(['watch', 'proxy']).not.toContain(resource);
        if (resource === 'secrets' && given.method !== 'POST') expect(name).toBeDefined();
        if (given.method === 'DELETE') expect([name === undefined, part]).toEqual([false, undefined]);
      }),
      { numRuns: 5_000 },
    );
  });
});
