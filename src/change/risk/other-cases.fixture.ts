import {
  asked,
  at,
  type Cases,
  claim,
  container,
  created,
  deleted,
  fiveCreates,
  flagged,
  found,
  quiet,
  radius,
  resource,
  updated,
} from './cases.fixture.ts';
import { changeOf, deployment, manifestChange, object } from './plan.fixture.ts';

/** Rules from high to low. */
export const otherCases: Cases = {
  'job-made-anew': {
    hits: [[manifestChange('replace', object('Job'), object('Job'))]],
    misses: [created(object('Job'))],
  },
  taken: { hits: [deleted(object('ConfigMap'))], misses: [created(object('ConfigMap')), deleted(claim('1Gi'))] },
  'core-changed': {
    hits: [asked({ stack: { path: 'stacks/dns', tier: 'core', changed: 1 } }, quiet)],
    misses: [quiet],
  },
  'rights-unlimited': {
    hits: [
      created(object('ClusterRole', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['*'] }] })),
      created(object('ClusterRoleBinding', { roleRef: { name: 'cluster-admin' }, subjects: [] })),
      resource('kubernetes_cluster_role_v1', 'create', { after: { rule: [{ resources: ['*'], verbs: ['get'] }] } }),
    ],
    misses: [created(object('ClusterRole', { rules: [{ resources: ['pods'], verbs: ['get'] }] }))],
  },
  'rights-changed': { hits: [created(object('RoleBinding'))], misses: [created(object('ServiceAccount'))] },
  'vault-policy-changed': {
    hits: [resource('vault_policy', 'update', { before: { name: 'g' }, after: { name: 'g', policy: '' } })],
    misses: [resource('vault_mount', 'create')],
  },
  'login-changed': {
    hits: [resource('authentik_provider_oauth2', 'update')],
    misses: [resource('vault_mount', 'create')],
  },
  'secret-changed': { hits: [created(object('Secret'))], misses: [created(object('ConfigMap'))] },
  'network-policy-changed': { hits: [created(object('NetworkPolicy'))], misses: [created(object('ConfigMap'))] },
  'route-opened': {
    hits: [
      created(object('IngressRoute', { spec: { routes: [{ match: 'Host(`a.example.net`)' }] } })),
      resource('kubernetes_ingress_v1', 'create', { after: { spec: [{ rule: [{ host: 'a.example.net' }] }] } }),
    ],
    misses: [
      updated(
        object('IngressRoute', { spec: { routes: [{ match: 'Host(`a.example.net`)', priority: 1 }] } }),
        object('IngressRoute', { spec: { routes: [{ match: 'Host(`a.example.net`)', priority: 2 }] } }),
      ),
    ],
  },
  'login-removed-from-route': {
    hits: [
      updated(
        object('IngressRoute', { spec: { routes: [{ middlewares: [{ name: 'limit' }, { name: 'login' }] }] } }),
        object('IngressRoute', { spec: { routes: [{ middlewares: [{ name: 'limit' }] }] } }),
      ),
    ],
    misses: [
      updated(
        object('IngressRoute', { spec: { routes: [{ middlewares: [{ name: 'limit' }] }] } }),
        object('IngressRoute', { spec: { routes: [{ middlewares: [{ name: 'limit' }, { name: 'login' }] }] } }),
      ),
    ],
  },
  'service-exposed': {
    hits: [
      updated(object('Service', { spec: { type: 'ClusterIP' } }), object('Service', { spec: { type: 'NodePort' } })),
    ],
    misses: [created(object('Service', { spec: { type: 'ClusterIP' } }))],
  },
  'name-published': {
    hits: [resource('cloudflare_record', 'create')],
    misses: [resource('cloudflare_zone', 'create')],
  },
  'host-opened': {
    hits: [
      created(deployment({}, { hostNetwork: true })),
      created(deployment({ securityContext: { privileged: true } })),
      created(deployment({}, { volumes: [{ name: 'root', hostPath: { path: '/' } }] })),
      created(deployment({ securityContext: { capabilities: { add: ['NET_ADMIN'] } } })),
      resource('kubernetes_deployment_v1', 'create', {
        after: { spec: [{ template: [{ spec: [{ container: [{ security_context: [{ privileged: true }] }] }] }] }] },
      }),
      // Kubernetes reads YAML 1.1, in which yes is true.
      resource('kubectl_manifest', 'create', {
        after: { yaml_body: 'kind: Pod\nmetadata: {name: a, namespace: b}\nspec: {hostNetwork: yes}\n' },
      }),
      resource('kubernetes_manifest', 'create', { after: { manifest: deployment({}, { hostPID: true }) } }),
    ],
    misses: [created(deployment({ securityContext: { privileged: false } }, { hostNetwork: false }))],
  },
  'service-account-changed': {
    hits: [updated(deployment({}, { serviceAccountName: 'a' }), deployment({}, { serviceAccountName: 'b' }))],
    misses: [created(deployment({}, { serviceAccountName: 'a' }))],
  },
  'webhook-changed': { hits: [created(object('MutatingWebhookConfiguration'))], misses: [created(object('Service'))] },
  'room-changed': { hits: [created(object('ResourceQuota'))], misses: [created(object('Service'))] },
  'image-from-new-registry': {
    hits: [
      updated(deployment(), container({ image: 'elsewhere.example.org/app:2.0.0' })),
      updated(deployment(), container({ image: 'app:2.0.0' })),
    ],
    misses: [updated(deployment(), container({ image: 'registry.example.net/other:1.0.0' }))],
  },
  'image-floating': {
    hits: [updated(deployment(), container({ image: 'registry.example.net/app:latest' }))],
    misses: [updated(deployment(), container({ image: 'registry.example.net/app:2.0.1' }))],
  },
  'image-downgraded': {
    hits: [
      updated(
        container({ image: 'registry.example.net/app:2.10.0' }),
        container({ image: 'registry.example.net/app:2.9.0' }),
      ),
    ],
    misses: [
      updated(
        container({ image: 'registry.example.net/app:2.9.0' }),
        container({ image: 'registry.example.net/app:2.10.0' }),
      ),
    ],
  },
  'selector-changed': {
    hits: [
      updated(
        object('Deployment', { spec: { selector: { a: 'b' } } }),
        object('Deployment', { spec: { selector: { a: 'c' } } }),
      ),
    ],
    misses: [
      updated(
        object('Service', { spec: { selector: { a: 'b' } } }),
        object('Service', { spec: { selector: { a: 'c' } } }),
      ),
    ],
  },
  executes: {
    hits: [
      flagged(
        { provisioners: [{ address: 'terraform_data.it', type: 'local-exec' }] },
        resource('terraform_data', 'create'),
      ),
    ],
    misses: [
      flagged(
        { provisioners: [{ address: 'terraform_data.it', type: 'local-exec' }] },
        resource('terraform_data', 'no-op'),
      ),
    ],
  },
  'runs-action': {
    hits: [flagged({ actionInvocations: [{ address: 'action.a.b', type: 'a', trigger: 'c' }] })],
    misses: [flagged({})],
  },
  'secret-uncovered': {
    hits: [
      flagged(
        { secrets: new Set(['planted-value-9']) },
        resource('terraform_data', 'create', { after: { input: 'x planted-value-9' } }),
      ),
    ],
    misses: [
      flagged(
        { secrets: new Set(['planted-value-9']) },
        resource('terraform_data', 'create', { after: { input: 'planted-value-9' }, afterSensitive: { input: true } }),
      ),
    ],
  },
  'nonsensitive-added': { hits: [found('scan-nonsensitive', 'warn')], misses: [found('scan-import', 'warn')] },
  imported: {
    hits: [resource('terraform_data', 'no-op', { importing: true })],
    misses: [resource('terraform_data', 'no-op')],
  },
  'failed-check': {
    hits: [flagged({ checks: [{ address: 'check.a', status: 'fail', problems: [] }] })],
    misses: [flagged({ checks: [{ address: 'check.a', status: 'pass', problems: [] }] })],
  },
  'many-changes': {
    hits: [Array.from({ length: 11 }, () => changeOf('terraform_data', 'create'))],
    misses: [Array.from({ length: 10 }, () => changeOf('terraform_data', 'create'))],
  },
  'many-stacks': {
    hits: [asked({ stack: { path: 'stacks/garden', tier: 'apps', changed: 2 } })],
    misses: [asked({})],
  },
  'mostly-new': {
    hits: [asked({ record: at('a', 4, 1), state: at('a', 4, 1) }, fiveCreates)],
    misses: [asked({}, fiveCreates)],
  },
  'state-unrecorded': {
    hits: [asked({ record: undefined, state: undefined })],
    misses: [asked({ record: undefined }), asked({ record: undefined, state: undefined }, [])],
  },
  'plan-incomplete': { hits: [flagged({ complete: false })], misses: [flagged({})] },
  deferred: { hits: [flagged({ deferred: [{ address: 'a.b', reason: 'c' }] })], misses: [flagged({})] },
  'pods-restart': {
    hits: [updated(deployment(), container({ args: ['-v'] }))],
    misses: [
      updated(deployment(), { ...deployment(), metadata: { name: 'thing', namespace: 'garden', labels: { a: 'b' } } }),
    ],
  },
  'chart-changed': { hits: [resource('helm_release', 'update')], misses: [quiet] },
  'scaled-to-nothing': {
    hits: [updated(object('Deployment', { spec: { replicas: 2 } }), object('Deployment', { spec: { replicas: 0 } }))],
    misses: [updated(object('Deployment', { spec: { replicas: 0 } }), object('Deployment', { spec: { replicas: 2 } }))],
  },
  'scaled-down': {
    hits: [updated(object('Deployment', { spec: { replicas: 3 } }), object('Deployment', { spec: { replicas: 2 } }))],
    misses: [updated(object('Deployment', { spec: { replicas: 2 } }), object('Deployment', { spec: { replicas: 3 } }))],
  },
  'limits-cut': {
    hits: [
      updated(
        container({ resources: { limits: { memory: '1Gi' } } }),
        container({ resources: { limits: { memory: '512Mi' } } }),
      ),
    ],
    misses: [
      updated(
        container({ resources: { limits: { memory: '512Mi' } } }),
        container({ resources: { limits: { memory: '1Gi' } } }),
      ),
    ],
  },
  'budget-changed': {
    hits: [deleted(object('PodDisruptionBudget'))],
    misses: [created(object('PodDisruptionBudget'))],
  },
  'config-changed': { hits: [quiet], misses: [created(object('ConfigMap'))] },
  'probe-or-deadline-changed': {
    hits: [updated(deployment(), container({ livenessProbe: { periodSeconds: 3 } }))],
    misses: [updated(deployment(), container({ args: ['-v'] }))],
  },
  drifted: {
    hits: [flagged({ drift: [changeOf('terraform_data', 'update')] })],
    misses: [flagged({ drift: [] })],
  },
  'depended-on': {
    hits: [asked({ blastRadius: { ...radius, stacks: ['a', 'b', 'c', 'd', 'e', 'f'] } })],
    misses: [asked({ blastRadius: { ...radius, stacks: ['a', 'b', 'c', 'd', 'e'] } })],
  },
  'finding-warned': { hits: [found('scan-import', 'warn')], misses: [found('scan-import', 'note')] },
  moved: {
    hits: [resource('terraform_data', 'no-op', { previousAddress: 'terraform_data.was' })],
    misses: [resource('terraform_data', 'no-op')],
  },
  'added-or-changed': { hits: [created(object('Service'))], misses: [created(object('Secret'))] },
};
