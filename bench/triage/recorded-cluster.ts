import { clusterError } from '../../src/cluster/errors.ts';
import { kindOf } from '../../src/cluster/findings/rule.fixture.ts';
import { type Kind, kindId } from '../../src/cluster/kind.ts';
import { objectOf } from '../../src/cluster/list.ts';
import type { ClusterReader } from '../../src/cluster/reader.ts';
import { mergeShapes, metadataShape, pick } from '../../src/cluster/shape.ts';
import { createObjectRedactor } from '../../src/cluster/withholding/object-redactor.ts';
import type { JsonObject } from '../../src/kit/index.ts';
import { silent } from '../../src/redaction/no-redaction.fixture.ts';

/** Kinds every API server has: without an object, they are empty and not unknown. */
const always = [
  'Node',
  'Pod',
  'Service',
  'Namespace',
  'Event',
  'ResourceQuota',
  'PersistentVolume',
  'PersistentVolumeClaim',
];

/** A cluster that was recorded, as triage reads one. What a recording does not hold is not there. */
export function recordedCluster(manifests: readonly JsonObject[]): ClusterReader {
  const redactor = createObjectRedactor(silent);
  const kinds = new Map<string, Kind>();
  const byKind = new Map<string, JsonObject[]>();
  for (const manifest of [...always.map((kind) => ({ apiVersion: 'v1', kind })), ...manifests]) {
    const kind = kindOf(manifest);
    kinds.set(kindId(kind), kind);
    if ('metadata' in manifest) byKind.set(kindId(kind), [...(byKind.get(kindId(kind)) ?? []), manifest]);
  }
  const notRecorded = (): never => {
    throw clusterError('cluster-not-found', { message: 'nothing of it was recorded', next: 'none' });
  };
  const reader: ClusterReader = {
    context: 'recorded',
    inContext: () => reader,
    kind: async (word) =>
      kinds.get(word) ??
      (() => {
        throw clusterError('cluster-kind-unknown', { message: `nothing recorded is a ${word}`, next: 'none' });
      })(),
    kinds: async () => [...kinds.values()],
    list: async (kind, { shape }) => {
      const wanted = mergeShapes({ kind: true, metadata: metadataShape }, shape === 'metadata' ? {} : shape);
      const objects = (byKind.get(kindId(kind)) ?? []).map((manifest) =>
        objectOf(kind, pick(manifest, wanted), redactor),
      );
      return { objects, resourceVersion: '1', withheld: {} };
    },
    get: async () => notRecorded(),
    managers: async () => new Map(),
    table: async () => notRecorded(),
    logs: async () => notRecorded(),
    watch: () => notRecorded(),
    schema: async () => notRecorded(),
    may: async () => true,
  };
  return reader;
}
