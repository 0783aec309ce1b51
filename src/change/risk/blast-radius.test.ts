import { describe, expect, it } from 'vitest';
import type { StackGraph } from '../../iac/stacks/graph.ts';
import type { PlannedChange, PlanReading } from '../plan/reading.ts';
import type { WireBlastRadius } from '../wire/run.ts';
import { blastRadius } from './blast-radius.ts';
import type { LiveFacts } from './live-facts.ts';
import { changeOf, deployment, manifestChange, object, planOf } from './plan.fixture.ts';

const graph: StackGraph = {
  stacks: new Map(),
  problems: [],
  dependantsOf: (stack) => (stack === 'stacks/garden' ? ['stacks/mail', 'stacks/photos'] : []),
  stacksUsing: () => [],
  find: () => undefined,
};
const backedUp = new Date('2026-03-01T02:00:00Z');
const facts: LiveFacts = {
  hostsOf: async ({ namespace, kind, name }) => ({
    known: true,
    value: [`${kind}.${name}.${namespace}`.toLowerCase()],
  }),
  volume: async ({ name }) =>
    name.startsWith('gone')
      ? { known: false, why: 'the cluster has no such claim' }
      : {
          known: true,
          value: { size: { known: true, value: '20Gi' }, newestBackup: { known: true, value: backedUp } },
        },
  claimsOf: async ({ name }) => ({ known: true, value: [`data-${name}-0`, `data-${name}-1`] }),
};
const radiusOf = (
  changes: readonly PlannedChange[],
  { facts: asked = facts, ...more }: Partial<PlanReading> & { readonly facts?: LiveFacts | undefined } = {},
): Promise<WireBlastRadius> =>
  blastRadius({ plan: planOf(changes, more), stack: 'stacks/garden', graph, facts: asked });
const mounting = (claimName: string) =>
  deployment({}, { volumes: [{ name: 'a', persistentVolumeClaim: { claimName } }] });
const known = { size: '20Gi', newestBackup: backedUp.toISOString() };

describe('the blast radius', () => {
  it('names the stacks that depend on this one', async () => {
    expect((await radiusOf([])).stacks).toEqual(['stacks/mail', 'stacks/photos']);
  });

  it('names resources that lean on what changes, through others too, and not what changes itself', async () => {
    const { resources } = await radiusOf([changeOf('a', 'update', { address: 'module.m["k"].a.b[0]' })], {
      references: new Map([
        ['c.d', ['module.m.a.b']],
        ['e.f', ['c.d']],
        ['c.g', ['e.f', 'c.g']],
        ['module.m.a.b', ['c.d']],
        ['x.y', ['z.z']],
      ]),
    });
    expect(resources).toEqual(['c.d', 'c.g', 'e.f']);
  });

  it('names the hosts of workloads that change, and of none that are new', async () => {
    const service = object('Service');
    const { hosts } = await radiusOf([
      manifestChange('update', deployment(), deployment({ args: ['a'] })),
      manifestChange('create', null, { ...deployment(), metadata: { name: 'fresh', namespace: 'garden' } }),
      manifestChange('update', service, service),
    ]);
    expect(hosts).toEqual(['deployment.thing.garden']);
  });

  it('tells size and newest backup of a claim that goes', async () => {
    const { volumes } = await radiusOf([
      manifestChange('delete', object('PersistentVolumeClaim'), null),
      manifestChange('update', object('PersistentVolumeClaim'), object('PersistentVolumeClaim')),
    ]);
    expect(volumes).toEqual([{ claim: 'garden/thing', ...known }]);
  });

  it('tells them of claims that a workload mounts which is made anew, each once', async () => {
    const { volumes } = await radiusOf([
      manifestChange('replace', mounting('data'), mounting('data')),
      manifestChange('delete', { ...mounting('data'), kind: 'DaemonSet' }, null),
      manifestChange('update', mounting('other'), mounting('other')),
    ]);
    expect(volumes).toEqual([{ claim: 'garden/data', ...known }]);
  });

  it('tells them of the claims a StatefulSet made', async () => {
    const set = object('StatefulSet', { spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] } });
    const { volumes } = await radiusOf([manifestChange('replace', set, set)]);
    expect(volumes.map(({ claim }) => claim)).toEqual(['garden/data-thing-0', 'garden/data-thing-1']);
  });

  it('does not name a claim that the cluster does not have: its name may be made of a secret', async () => {
    const { volumes } = await radiusOf([manifestChange('replace', mounting('gone-planted'), mounting('gone-planted'))]);
    const why = 'unknown: the cluster has no such claim';
    expect(volumes).toEqual([{ claim: 'claim of kubectl_manifest.it', size: why, newestBackup: why }]);
  });

  it('says what it does not know, without a cluster to ask', async () => {
    const set = object('StatefulSet', { spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] } });
    const radius = await blastRadius({
      plan: planOf([manifestChange('replace', set, set)]),
      stack: 'stacks/garden',
      graph,
      facts: undefined,
    });
    expect(radius.unknown).toEqual([
      'hosts of kubectl_manifest.it: the keep has no cluster to ask',
      'claims of kubectl_manifest.it: the keep has no cluster to ask',
    ]);
    expect(radius.volumes).toHaveLength(1);
    expect(radius.volumes[0]?.newestBackup).toMatch(/^unknown: /);
  });

  it('does not take a claim whose manifest cannot be read for no claim', async () => {
    const typed = changeOf('kubernetes_persistent_volume_claim', 'delete', { before: { metadata: [{ name: null }] } });
    const { volumes } = await radiusOf([typed]);
    expect(volumes).toEqual([expect.objectContaining({ claim: 'claim of kubernetes_persistent_volume_claim.it' })]);
  });
});
