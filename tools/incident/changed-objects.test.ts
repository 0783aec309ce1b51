import { describe, expect, it } from 'vitest';
import type { ChangeView } from '../../src/change/wire/change.ts';
import { changedNamespaces, changedObjects } from './changed-objects.ts';

type Changed = NonNullable<ChangeView['summary']>['changes'][number];
const changed = (object: string | undefined, action: Changed['action'] = 'update'): Changed => ({
  address: 'module.app.kubernetes_deployment_v1.this["x"]',
  action,
  ...(object === undefined ? {} : { object }),
  notes: [],
  leaves: [],
  more: 0,
});
const viewOf = (...changes: readonly Changed[]): Pick<ChangeView, 'summary'> => ({
  summary: {
    counts: { create: 0, update: 1, delete: 0, replace: 0, forget: 0, import: 0, move: 0, read: 0 },
    changes: [...changes],
    drift: [],
    outputs: [],
    checks: [],
    deferred: [],
    executes: [],
    digest: 'a'.repeat(64),
    complete: true,
    risk: { level: 'low', reasons: [] },
    blastRadius: { stacks: [], resources: [], hosts: [], volumes: [], unknown: [] },
    conventions: [],
  },
});

describe('what a change changed', () => {
  it.each([
    ['Deployment shop/web', 'Deployment shop/web'],
    ['PersistentVolumeClaim shop/web-data', 'PersistentVolumeClaim shop/web-data'],
    ['Namespace shop', 'Namespace shop'],
    ['Deployment web', 'Deployment default/web'],
    ['Daemonset dns/resolver', 'DaemonSet dns/resolver'],
    ['ConfigMapV1Data shop/web', 'ConfigMap shop/web'],
    ['ClusterRole system:reader', 'ClusterRole system:reader'],
  ])('is named as the cluster names it: %s', (said, named) => {
    expect(changedObjects(viewOf(changed(said)))).toEqual([named]);
  });

  it.each([
    ['nothing that the keep could not name', changed(undefined)],
    ['a name that is hidden', changed('Deployment «computed»/web')],
    ['a name that is masked', changed('Deployment shop/«sensitive»')],
    ['a release of a chart', changed('HelmRelease shop/web')],
    ['what was only read', changed('Deployment shop/web', 'read')],
    ['what the engine forgot', changed('Deployment shop/web', 'forget')],
    ['an address', changed('module.app.kubernetes_deployment_v1.this')],
  ])('is not %s', (_, one) => {
    expect(changedObjects(viewOf(one))).toEqual([]);
  });

  it('is nothing where there was no plan, and each is named once', () => {
    expect(changedObjects({})).toEqual([]);
    expect(changedObjects(viewOf(changed('Job a/b'), changed('Job a/b', 'replace')))).toEqual(['Job a/b']);
  });

  it('lies in namespaces', () => {
    const view = viewOf(changed('Deployment shop/web'), changed('Service shop/web'), changed('Namespace mail'));
    expect(changedNamespaces(view)).toEqual(['shop', 'mail']);
    expect(changedNamespaces(viewOf(changed('ClusterRole reader')))).toEqual([]);
  });
});
