import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CastellanError } from '../../kit/index.ts';
import { pathOf, type ResourceTarget, reviewPath } from './target.ts';

const pods: ResourceTarget = { kind: 'resource', group: '', version: 'v1', resource: 'pods' };

function refusal(target: ResourceTarget): string {
  try {
    return `sent ${pathOf(target)}`;
  } catch (error) {
    if (error instanceof CastellanError) return error.code;
    throw error;
  }
}

/** Which resource the API server takes a path for. */
function resourceOf(path: string): string | undefined {
  const [first, , third] = path.replace(/^\/(?:api|apis\/[^/]+)\/[^/]+\//, '').split('/');
  return first === 'namespaces' && third !== undefined ? third : first;
}

describe('the path of a request', () => {
  it('is built for collections, objects and the three subresources', () => {
    expect(pathOf(pods)).toBe('/api/v1/pods');
    expect(pathOf({ ...pods, namespace: 'web', name: 'a-1' })).toBe('/api/v1/namespaces/web/pods/a-1');
    expect(pathOf({ ...pods, namespace: 'web', name: 'a-1', subresource: 'log' })).toMatch(/\/pods\/a-1\/log$/);
    expect(pathOf({ kind: 'resource', group: 'apps', version: 'v1', resource: 'deployments' })).toBe(
      '/apis/apps/v1/deployments',
    );
    expect(
      pathOf({
        kind: 'resource',
        group: 'rbac.authorization.k8s.io',
        version: 'v1',
        resource: 'clusterroles',
        name: 'system:node',
      }),
    ).toMatch(/\/clusterroles\/system:node$/);
  });

  it.each([
    '../secrets/db?x=',
    '../../../../api/v1/namespaces/default/secrets/db?x=',
    '%2e%2e',
    '%2e%2e%2fsecrets',
    '..',
    '.',
    'a..b',
    'db/../../secrets/db',
    'secrets/db',
    'db\\..\\secrets',
    'a?watch=true',
    'a#b',
    'a b',
    'a\r\nhost: example.net',
    'a\u0000',
    '',
    'ａ',
    'x'.repeat(300),
  ])('is refused for the name %j', (name) => {
    expect(refusal({ ...pods, namespace: 'web', name })).toBe('cluster-request-refused');
    expect(refusal({ ...pods, namespace: name })).toBe('cluster-request-refused');
    expect(refusal({ ...pods, resource: name })).toBe('cluster-request-refused');
    expect(refusal({ ...pods, version: name })).toBe('cluster-request-refused');
    if (name !== '') expect(refusal({ ...pods, group: name })).toBe('cluster-request-refused');
  });

  it.each(['', 'stable.example.net'])('is refused for secrets in the group %j', (group) => {
    expect(refusal({ ...pods, group, resource: 'secrets' })).toBe('cluster-secret-refused');
    expect(refusal({ ...pods, group, resource: 'secrets', namespace: 'web', name: 'db' })).toBe(
      'cluster-secret-refused',
    );
  });

  it.each([
    'exec',
    'attach',
    'portforward',
    'proxy',
    'token',
    'eviction',
    'binding',
    'ephemeralcontainers',
    'log/..',
    '',
  ])('is refused for the subresource %j', (subresource) => {
    expect(refusal({ ...pods, namespace: 'web', name: 'a', subresource })).toBe('cluster-request-refused');
  });

  it.each(['watch', 'proxy', 'redirect'])('is refused for %s, an old prefix before the real resource', (resource) => {
    expect(refusal({ ...pods, resource })).toBe('cluster-request-refused');
    expect(refusal({ ...pods, resource, name: 'secrets' })).toBe('cluster-request-refused');
  });

  it('is refused for a subresource of a whole collection', () => {
    expect(refusal({ ...pods, namespace: 'web', subresource: 'log' })).toBe('cluster-request-refused');
  });

  it('is one of three for a review, and one of three documents', () => {
    expect(reviewPath('access')).toMatch(/selfsubjectaccessreviews$/);
    expect(() => reviewPath('toString' as 'access')).toThrow(CastellanError);
    expect(() => pathOf({ kind: 'document', document: '__proto__' as 'version' })).toThrow(CastellanError);
    expect(() => pathOf({ kind: 'document', document: '/debug/pprof' as 'version' })).toThrow(CastellanError);
  });

  it('never leaves the shape of a read, whatever the segments are', () => {
    const segment = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('.', '/', '%', '2', 'e', 'a', '-', '?', '#', ':', '\\', ' ') }),
      fc.constantFrom('secrets', 'watch', 'namespaces', 'pods', 'log', 'exec', 'v1', '..', 'proxy'),
    );
    const maybe = fc.option(segment, { nil: undefined });
    fc.assert(
      fc.property(segment, segment, segment, maybe, maybe, maybe, (group, version, resource, namespace, name, sub) => {
        const target = { kind: 'resource', group, version, resource, namespace, name, subresource: sub } as const;
        const outcome = refusal(target);
        if (!outcome.startsWith('sent ')) return;
        const path = outcome.slice('sent '.length);
        expect(path).toMatch(
          /^\/(?:api|apis\/[a-z0-9][-a-z0-9.]*)\/v[0-9][a-z0-9]*(?:\/[A-Za-z0-9][-A-Za-z0-9._:]*){1,5}$/,
        );
        expect(path).not.toMatch(/\.\.|%/);
        expect(['secrets', 'watch', 'proxy', 'redirect']).not.toContain(resourceOf(path));
        expect(new URL(path, 'http://api.invalid').pathname).toBe(path);
        if (sub !== undefined) expect(['log', 'status', 'scale']).toContain(sub);
      }),
      { numRuns: 2_000 },
    );
  });
});
