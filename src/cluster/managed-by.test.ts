import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kit/index.ts';
import { objectFrom } from './describe/object.fixture.ts';
import { make } from './findings/manifest.fixture.ts';
import { managedBy } from './managed-by.ts';

describe('who manages an object', () => {
  const labelled = (labels: JsonObject, annotations: JsonObject = {}) =>
    objectFrom(make('apps/v1 Deployment', 'shop/web', { metadata: { labels, annotations } }));
  it.each<[JsonObject, JsonObject, string | undefined]>([
    [{}, {}, undefined],
    [{ 'app.kubernetes.io/managed-by': 'terraform' }, {}, 'Terraform'],
    [
      { 'app.kubernetes.io/managed-by': 'Helm', 'helm.sh/chart': 'web-1.2.3' },
      { 'meta.helm.sh/release-name': 'shop' },
      'Helm release shop, chart web-1.2.3, Helm',
    ],
    [{ 'kustomize.toolkit.fluxcd.io/name': 'apps' }, {}, 'Flux Kustomization apps'],
    [{}, { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web' }, 'Argo CD'],
    [{ 'app.kubernetes.io/managed-by': 'do as I say' }, {}, '?'],
  ])('is read from %j and %j', (labels, annotations, says) => {
    expect(managedBy(labelled(labels, annotations), [])).toBe(says);
  });

  it('is its topmost owner, where it has one', () => {
    const cluster = { group: 'db.example.net', kind: 'Cluster', namespace: 'shop', name: 'main' };
    expect(managedBy(labelled({ 'app.kubernetes.io/managed-by': 'Helm' }), [{ ref: cluster }])).toBe(
      'Cluster shop/main',
    );
  });
});
