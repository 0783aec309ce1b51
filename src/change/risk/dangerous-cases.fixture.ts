import {
  asked,
  at,
  type Cases,
  claim,
  created,
  deleted,
  fiveCreates,
  flagged,
  found,
  quiet,
  resource,
  updated,
} from './cases.fixture.ts';
import { manifestChange, object } from './plan.fixture.ts';

/** Rules that deny, and critical ones. */
export const dangerousCases: Cases = {
  'plan-errored': { hits: [flagged({ errored: true })], misses: [flagged({})] },
  'plan-not-applyable': { hits: [flagged({ applyable: false })], misses: [flagged({ applyable: false }, [])] },
  'state-vanished': {
    hits: [asked({ state: undefined }), asked({ state: at('a', 5, 0) })],
    misses: [asked({ record: at('a', 4, 0), state: undefined }), asked({})],
  },
  'state-lineage-changed': { hits: [asked({ state: at('b', 9, 8) })], misses: [asked({ state: at('a', 9, 8) })] },
  'state-went-back': { hits: [asked({ state: at('a', 3, 8) })], misses: [asked({ state: at('a', 5, 8) })] },
  'create-storm': {
    hits: [asked({ state: at('a', 5, 3) }, fiveCreates)],
    misses: [asked({ state: at('a', 5, 8) }, fiveCreates), asked({ state: at('a', 5, 3) }, quiet)],
  },
  'mock-outputs': { hits: [found('scan-mock-outputs', 'warn')], misses: [found('scan-new-provider', 'warn')] },
  'finding-denied': { hits: [found('edit-never', 'deny')], misses: [found('edit-never', 'warn')] },
  'castellan-stack': {
    hits: [asked({ stack: { path: 'stacks/castellan', tier: 'apps', changed: 1 } })],
    misses: [asked({ stack: { path: 'stacks/forecastellane', tier: 'apps', changed: 1 } })],
  },
  'castellan-namespace': {
    hits: [
      created({ ...object('ConfigMap'), metadata: { name: 'x', namespace: 'castellan' } }),
      deleted({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'castellan' } }),
      resource('kubernetes_config_map_v1', 'create', { after: { metadata: [{ name: 'x', namespace: 'castellan' }] } }),
      resource('kubectl_manifest', 'create', {
        after: { yaml_body: JSON.stringify(object('ConfigMap')), override_namespace: 'castellan' },
      }),
    ],
    misses: [created(object('ConfigMap'))],
  },
  'castellan-policy': {
    hits: [resource('vault_policy', 'create', { after: { name: 'castellan-reader' } })],
    misses: [resource('vault_policy', 'create', { after: { name: 'garden' } })],
  },
  'castellan-policy-taken': {
    hits: [
      resource('vault_policy', 'delete', { before: { name: 'castellan' } }),
      resource('vault_policy', 'update', {
        before: { name: 'castellan', policy: 'a' },
        after: { name: 'castellan', policy: 'b' },
      }),
    ],
    misses: [resource('vault_policy', 'delete', { before: { name: 'garden' } })],
  },
  'audit-removed': { hits: [resource('vault_audit', 'delete')], misses: [resource('vault_audit', 'create')] },
  'namespace-taken': {
    hits: [deleted(object('Namespace')), resource('kubernetes_namespace_v1', 'replace')],
    misses: [created(object('Namespace'))],
  },
  'volume-taken': {
    hits: [
      deleted(claim('5Gi')),
      resource('kubernetes_persistent_volume_claim', 'forget'),
      [manifestChange('replace', claim('5Gi'), claim('5Gi'))],
      // What it becomes does not excuse what it was.
      [manifestChange('replace', claim('5Gi'), object('ConfigMap'))],
    ],
    misses: [created(claim('5Gi')), deleted(object('ConfigMap'))],
  },
  'stateful-set-taken': {
    hits: [deleted(object('StatefulSet')), resource('kubernetes_stateful_set_v1', 'delete')],
    misses: [deleted(object('Deployment'))],
  },
  'definition-taken': {
    hits: [deleted(object('CustomResourceDefinition'))],
    misses: [created(object('CustomResourceDefinition'))],
  },
  'chart-taken': { hits: [resource('helm_release', 'replace')], misses: [resource('helm_release', 'update')] },
  'database-taken': {
    hits: [
      deleted({ ...object('Cluster'), apiVersion: 'postgresql.cnpg.io/v1' }),
      resource('postgresql_database', 'delete'),
    ],
    misses: [deleted({ ...object('Cluster'), apiVersion: 'cluster.example.net/v1' })],
  },
  'machine-taken': {
    hits: [resource('proxmox_virtual_environment_vm', 'replace')],
    misses: [resource('proxmox_virtual_environment_vm', 'update')],
  },
  'bucket-taken': { hits: [resource('minio_s3_bucket', 'delete')], misses: [resource('minio_s3_bucket', 'create')] },
  'vault-part-taken': { hits: [resource('vault_mount', 'forget')], misses: [resource('vault_mount', 'create')] },
  'zone-taken': { hits: [resource('cloudflare_zone', 'delete')], misses: [resource('cloudflare_record', 'delete')] },
  'login-taken': {
    hits: [resource('authentik_flow', 'delete')],
    misses: [resource('authentik_flow', 'update')],
  },
  'authority-taken': {
    hits: [
      deleted({ ...object('ClusterIssuer'), apiVersion: 'cert-manager.io/v1' }),
      resource('tls_private_key', 'replace'),
    ],
    misses: [deleted({ ...object('Certificate'), apiVersion: 'cert-manager.io/v1' })],
  },
  'core-taken': {
    hits: [asked({ stack: { path: 'stacks/dns', tier: 'core', changed: 1 } }, deleted(object('ConfigMap')))],
    misses: [deleted(object('ConfigMap'))],
  },
  'storage-shrunk': {
    hits: [
      updated(claim('10Gi'), claim('9216Mi')),
      resource('kubernetes_persistent_volume_claim_v1', 'update', {
        before: { spec: [{ resources: [{ requests: { storage: '10Gi' } }] }] },
        after: { spec: [{ resources: [{ requests: { storage: '5Gi' } }] }] },
      }),
      resource('helm_release', 'update', {
        before: { values: ['primary:\n  persistence:\n    size: 8Gi\n'] },
        after: { values: ['primary:\n  persistence:\n    size: 2Gi\n'] },
      }),
    ],
    misses: [updated(claim('10Gi'), claim('10240Mi')), updated(claim('10Gi'), claim('20Gi'))],
  },
  'storage-class-changed': {
    hits: [updated(claim('5Gi', 'disk'), claim('5Gi', 'nfs'))],
    misses: [updated(claim('5Gi'), claim('6Gi'))],
  },
  'reclaim-policy-deletes': {
    hits: [
      updated(
        object('PersistentVolume', { spec: { persistentVolumeReclaimPolicy: 'Retain' } }),
        object('PersistentVolume', { spec: { persistentVolumeReclaimPolicy: 'Delete' } }),
      ),
    ],
    misses: [
      updated(
        object('PersistentVolume', { spec: { persistentVolumeReclaimPolicy: 'Delete' } }),
        object('PersistentVolume', { spec: { persistentVolumeReclaimPolicy: 'Retain' } }),
      ),
    ],
  },
  'state-lost-resources': {
    hits: [asked({ state: at('a', 5, 4) }, quiet)],
    misses: [asked({ state: at('a', 5, 5) }, quiet)],
  },
};
