import { gitId, type Invented, resource } from './invented-change.fixture.ts';

const place = (file: string, line: number) => ({ file, line });

const esc = String.fromCodePoint(0x1b);
const rightToLeft = String.fromCodePoint(0x202e);
const zeroWidth = String.fromCodePoint(0x200b);

/** What somebody writes who wants the page to say something else than it does. */
const trickyReason = [
  '<img src=x onerror="alert(1)"><script>document.title="approved"</script>',
  '**Pre-approved by root.** [Approve here](javascript:alert(1)) ![x](https://evil.example/x.png)',
  `The limit goes ${rightToLeft}pu${zeroWidth} and ${esc}[31mnothing${esc}[0m else.</pre></p><style>*{display:none}</style>`,
].join('\n');

const memoryDiff = `--- a/stacks/mail/main.tf
+++ b/stacks/mail/main.tf
@@ -38,9 +38,9 @@ resource "kubernetes_deployment_v1" "postfix" {
           name  = "postfix"
           image = "registry.example.net/postfix:3.9.1"
           resources {
-            limits   = { memory = "256Mi" }
-            requests = { memory = "128Mi" }
+            limits   = { memory = "512Mi" }
+            requests = { memory = "256Mi" }
           }
         }
`;

const databaseDiff = `--- a/stacks/database/main.tf
+++ b/stacks/database/main.tf
@@ -1,22 +1,4 @@
-resource "kubernetes_stateful_set_v1" "postgres" {
-  metadata {
-    name      = "postgres"
-    namespace = "database"
-  }
-}
-
 resource "helm_release" "operator" {
   name    = "cnpg"
-  version = "0.24.0"
+  version = "0.26.0"
 }
`;

/** Sets that wait for a human, from the mildest to the worst. */
export const waitingChanges: readonly Invented[] = [
  {
    name: 'mail-memory',
    stack: 'stacks/mail',
    state: 'awaiting-approval',
    reason: 'postfix was killed for memory three times tonight (exit 137); its working set peaked at 251Mi of 256Mi.',
    why: ['one Deployment is updated in place'],
    created: 4,
    resources: [
      resource(
        'kubernetes_deployment_v1.postfix',
        'update',
        [
          {
            path: 'spec.template.spec.container[0].resources.limits.memory',
            before: '256Mi',
            after: '512Mi',
            place: place('stacks/mail/main.tf', 41),
          },
          {
            path: 'spec.template.spec.container[0].resources.requests.memory',
            before: '128Mi',
            after: '256Mi',
            place: place('stacks/mail/main.tf', 42),
          },
          { path: 'spec.template.spec.container[0].env[2].value', before: '«sensitive»', after: '«sensitive»' },
        ],
        { object: 'Deployment mail/postfix', place: place('stacks/mail/main.tf', 22) },
      ),
    ],
    page: { files: [{ path: 'stacks/mail/main.tf', change: 'modified', text: memoryDiff, more: 0 }] },
    view: {
      incident: 'inc_mail-2026-11',
      expect: [
        { kind: 'rollout', workload: 'deployment', namespace: 'mail', name: 'postfix', within: 300 },
        { kind: 'alert-quiet', alert: 'PostfixOutOfMemory', within: 600 },
      ],
    },
  },
  {
    name: 'monitoring-retention',
    stack: 'stacks/monitoring',
    state: 'awaiting-approval',
    reason: trickyReason,
    risk: 'medium',
    why: ['a Helm release is upgraded', 'the stack has drifted since its last apply'],
    created: 35,
    expires: 55,
    resources: [
      resource(
        'helm_release.prometheus',
        'update',
        [
          { path: 'version', before: '76.2.0', after: '77.1.0', place: place('stacks/monitoring/prometheus.tf', 4) },
          {
            path: 'values[0].prometheus.prometheusSpec.retention',
            before: '15d',
            after: '30d',
            place: place('stacks/monitoring/values.yaml', 88),
          },
        ],
        { place: place('stacks/monitoring/prometheus.tf', 1) },
      ),
      resource('kubernetes_config_map_v1.rules', 'update', [
        { path: 'data["mail.yaml"]', before: '«changed»', after: '«changed»' },
      ]),
    ],
    summary: {
      drift: [{ address: 'kubernetes_config_map_v1.rules', action: 'update', paths: ['metadata.annotations'] }],
      conventions: [
        {
          id: 'image-digest',
          severity: 'warning',
          text: 'an image is named by its tag and not by its digest',
          file: 'stacks/monitoring/values.yaml',
          line: 12,
          isNew: true,
        },
        {
          id: 'owner-label',
          severity: 'info',
          text: 'the namespace has no owner label',
          address: 'kubernetes_namespace_v1.monitoring',
          isNew: false,
        },
      ],
    },
    page: {
      files: [
        {
          path: 'stacks/monitoring/values.yaml',
          change: 'modified',
          text: '--- a/stacks/monitoring/values.yaml\n+++ b/stacks/monitoring/values.yaml\n@@ -86,5 +86,5 @@\n prometheus:\n   prometheusSpec:\n-    retention: 15d\n+    retention: 30d # <b>not bold</b>\n     replicas: 1\n',
          more: 0,
        },
        { path: 'stacks/monitoring/dashboard.png', change: 'added', more: 0 },
      ],
      fetches: ['chart kube-prometheus-stack 77.1.0 of charts.example.net'],
    },
    view: {
      findings: [
        {
          rule: 'scan-chart-version',
          verdict: 'warn',
          file: 'stacks/monitoring/prometheus.tf',
          line: 4,
          message: 'the chart goes up by a major version',
        },
      ],
    },
  },
  {
    name: 'blog-volume',
    stack: 'stacks/blog',
    state: 'awaiting-approval',
    reason:
      'The volume is full; a larger one on the faster storage class, then the old data is restored from last night.',
    risk: 'high',
    why: ['a volume is replaced, and its data with it', 'a provisioner runs a command on the keep’s host'],
    created: 90,
    expires: 600,
    resources: [
      resource(
        'kubernetes_persistent_volume_claim_v1.data',
        'replace',
        [
          {
            path: 'spec.resources.requests.storage',
            before: '10Gi',
            after: '40Gi',
            place: place('stacks/blog/main.tf', 17),
          },
          { path: 'spec.storage_class_name', before: 'slow', after: 'fast', place: place('stacks/blog/main.tf', 18) },
        ],
        {
          object: 'PersistentVolumeClaim blog/data',
          reason: 'spec.storage_class_name cannot be changed in place',
          notes: ['the newest backup is 9 h old'],
        },
      ),
      resource('terraform_data.restore', 'create', [{ path: 'triggers_replace', after: '«known after apply»' }]),
      resource('kubernetes_deployment_v1.blog', 'update', [{ path: 'spec.replicas', before: '2', after: '1' }]),
    ],
    summary: {
      executes: ['local-exec of terraform_data.restore'],
      blastRadius: {
        stacks: ['stacks/proxy'],
        resources: ['kubernetes_deployment_v1.blog'],
        hosts: ['blog.example.net'],
        volumes: [{ claim: 'blog/data', size: '10Gi', newestBackup: '9 h ago' }],
        unknown: ['who else mounts blog/data'],
      },
    },
    page: {
      files: [
        {
          path: 'stacks/blog/main.tf',
          change: 'modified',
          text: '--- a/stacks/blog/main.tf\n+++ b/stacks/blog/main.tf\n@@ -15,6 +15,6 @@\n   spec {\n-    resources { requests = { storage = "10Gi" } }\n-    storage_class_name = "slow"\n+    resources { requests = { storage = "40Gi" } }\n+    storage_class_name = "fast"\n   }\n',
          more: 14,
        },
        {
          path: 'stacks/blog/restore.sh',
          change: 'added',
          text: '+#!/bin/sh\n+set -eu\n+restic restore latest --target /data\n',
          more: 0,
        },
      ],
      executes: [
        { what: 'local-exec of terraform_data.restore', text: 'sh ./restore.sh' },
        { what: 'stacks/blog/restore.sh', text: '#!/bin/sh\nset -eu\nrestic restore latest --target /data\n' },
      ],
      others: [
        {
          commit: gitId('other 1'),
          author: 'Bea Example',
          at: '2026-11-24T18:02:11.000Z',
          subject: 'proxy: new certificate',
        },
      ],
    },
    view: { approvedBy: ['bea'] },
  },
  {
    name: 'database-removal',
    stack: 'stacks/database',
    state: 'awaiting-approval',
    reason: 'The old Postgres is not used any more since the operator took over.',
    risk: 'critical',
    why: [
      'a StatefulSet with data is deleted',
      'a volume without a backup is deleted',
      'four stacks depend on this one',
    ],
    created: 130,
    expires: 300,
    resources: [
      resource('kubernetes_stateful_set_v1.postgres', 'delete', [], {
        object: 'StatefulSet database/postgres',
        place: place('stacks/database/main.tf', 1),
      }),
      resource('kubernetes_persistent_volume_claim_v1.data["0"]', 'delete', [], {
        object: 'PersistentVolumeClaim database/data-0',
      }),
      resource('kubernetes_secret_v1.postgres', 'delete', [{ path: 'data', before: '«sensitive»' }]),
      resource('kubernetes_service_v1.postgres', 'replace', [
        { path: 'spec.cluster_ip', before: '192.0.2.50', after: '«known after apply»' },
      ]),
      resource('helm_release.operator', 'update', [{ path: 'version', before: '0.24.0', after: '0.26.0' }]),
    ],
    summary: {
      blastRadius: {
        stacks: ['stacks/blog', 'stacks/mail', 'stacks/wiki', 'stacks/photos'],
        resources: [],
        hosts: ['wiki.example.net', 'photos.example.net'],
        volumes: [{ claim: 'database/data-0', size: '80Gi', newestBackup: 'none found' }],
        unknown: [],
      },
      outputs: [{ name: 'admin_password', action: 'delete', value: '«sensitive»' }],
      checks: [{ address: 'check.reachable', status: 'fail', problems: ['postgres did not answer'] }],
    },
    page: { files: [{ path: 'stacks/database/main.tf', change: 'modified', text: databaseDiff, more: 0 }] },
  },
  ...Array.from({ length: 12 }, (_, index): Invented => {
    const stack = [
      'auth',
      'backup',
      'calendar',
      'chat',
      'files',
      'git',
      'home',
      'media',
      'notes',
      'photos',
      'proxy',
      'wiki',
    ][index];
    return {
      name: `labels-${stack}`,
      set: 'labels',
      order: index + 1,
      of: 12,
      stack: `stacks/${stack}`,
      state: 'awaiting-approval',
      reason: 'Every workload gets the owner label that alerts are routed by; the shared module sets it.',
      risk: index === 10 ? 'medium' : 'low',
      why:
        index === 10 ? ['twelve stacks change at once', 'everything behind the proxy is restarted'] : ['labels only'],
      created: 20,
      resources: [
        resource('module.app.kubernetes_deployment_v1.this', 'update', [
          { path: 'metadata.labels["owner"]', after: 'home', place: place('modules/app/main.tf', 9) },
        ]),
      ],
      page: {
        files: [
          {
            path: 'modules/app/main.tf',
            change: 'modified',
            text: '--- a/modules/app/main.tf\n+++ b/modules/app/main.tf\n@@ -7,4 +7,5 @@\n   labels = {\n     app = var.name\n+    owner = "home"\n   }\n',
            more: 0,
          },
        ],
      },
    };
  }),
  {
    name: 'provider-consent',
    stack: 'stacks/dns',
    state: 'needs-consent',
    reason: 'The zone moves to a provider of its own, which has to be declared.',
    created: 50,
    page: { files: [{ path: 'stacks/dns/versions.tf', change: 'modified', more: 0 }] },
    view: {
      consent: 'c0ffee'.repeat(10).padEnd(64, '0'),
      findings: [
        {
          rule: 'scan-new-provider',
          verdict: 'consent',
          file: 'stacks/dns/versions.tf',
          line: 6,
          message: 'a provider is declared that no stack uses yet; it would run on the keep’s host',
        },
      ],
    },
  },
  {
    name: 'vault-denied',
    stack: 'stacks/vault',
    state: 'denied',
    reason: 'The audit device fills the disk; without it Vault starts again.',
    risk: 'deny',
    why: ['an audit device of Vault is removed'],
    created: 15,
    resources: [resource('vault_audit.file', 'delete', [], { place: place('stacks/vault/audit.tf', 3) })],
    page: {
      files: [
        {
          path: 'stacks/vault/audit.tf',
          change: 'removed',
          text: '--- a/stacks/vault/audit.tf\n+++ /dev/null\n@@ -1,5 +0,0 @@\n-resource "vault_audit" "file" {\n-  type    = "file"\n-  options = { file_path = "/vault/audit.log" }\n-}\n',
          more: 0,
        },
      ],
    },
    view: { why: 'the plan is denied by a rule: an audit device of Vault is removed' },
  },
];
