import type { App } from '../sample/app.ts';
import type { Summary } from '../sample/summary.ts';

/** One call of one tool. `pages`: as many as there are, up to that. */
export interface WireCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly pages?: number;
}

export interface Asked {
  /** Where the values lie. */
  readonly app: App;
  /** The rest of the cluster, that holds none. */
  readonly elsewhere: Pick<Summary, 'namespaces' | 'apps'>;
  /** A branch whose plan prints values, and its stack. */
  readonly ref: string;
  readonly stack: string;
  readonly path: string;
  readonly key: string;
  /** One that is open. */
  readonly incident: string;
}

const wide = { budget: 24_000 };

/** Every tool where the values are, as somebody would ask who looks for them. */
export function callsAmongValues({
  app: { namespace, name },
  ref,
  stack,
  path,
  key,
  incident,
}: Asked): readonly WireCall[] {
  const target = `deployment/${name}`;
  const secret = `secret/${path}`;
  return [
    { tool: 'kubectl_logs', input: { target, namespace, limit: 200, ...wide }, pages: 12 },
    { tool: 'kubectl_logs', input: { target, namespace, previous: true, limit: 100, ...wide } },
    { tool: 'kubectl_logs', input: { target, namespace, grep: 'login|got|given', around: 2, ...wide } },
    { tool: 'kubectl_events', input: { namespace, type: 'all', since: '1h', limit: 100, ...wide }, pages: 4 },
    { tool: 'kubectl_get', input: { kind: 'deployments', name, namespace, view: 'full', ...wide }, pages: 6 },
    { tool: 'kubectl_get', input: { kind: 'pods', namespace, path: 'spec.containers[0].env', ...wide }, pages: 4 },
    { tool: 'kubectl_get', input: { kind: 'pods', namespace, groupBy: 'metadata.annotations', ...wide } },
    { tool: 'kubectl_get', input: { kind: 'configmaps', namespace, name: 'courier-files', view: 'full', ...wide } },
    { tool: 'kubectl_get', input: { kind: 'configmaps', namespace, name: 'courier-settings', view: 'full', ...wide } },
    { tool: 'kubectl_get', input: { kind: 'secrets', namespace, view: 'table', ...wide }, pages: 4 },
    { tool: 'kubectl_get', input: { kind: 'secrets', namespace, name: 'courier-0', view: 'full', ...wide } },
    { tool: 'kubectl_get', input: { kind: 'secrets', namespace, path: 'data', ...wide }, pages: 4 },
    { tool: 'kubectl_describe', input: { target, namespace, ...wide } },
    { tool: 'kubectl_describe', input: { target: 'pod/courier-once', namespace, ...wide } },
    { tool: 'kubectl_describe', input: { target: 'secret/courier-1', namespace, ...wide } },
    { tool: 'kubectl_describe', input: { target: 'configmap/courier-files', namespace, ...wide } },
    { tool: 'kubectl_explain', input: { kind: 'secrets', verb: 'get', namespace } },
    { tool: 'kubectl_top', input: { kind: 'containers', namespace } },
    { tool: 'kubectl_wait', input: { target, namespace, for: 'rollout', seconds: 1 } },
    { tool: 'kubectl_wait', input: { target, namespace, for: 'metadata.annotations=never', seconds: 1 } },
    { tool: 'app_resolve', input: { target: name, namespace, ...wide } },
    { tool: 'cluster_health', input: { namespace, severity: 'notice', ...wide } },
    { tool: 'cluster_changes', input: { namespace, since: '1h', ...wide }, pages: 3 },
    { tool: 'stack_show', input: { ...wide } },
    { tool: 'stack_show', input: { stack, ...wide } },
    { tool: 'field_owner', input: { target, namespace, ...wide } },
    ...['env', 'image', 'spec.template.spec.containers'].map((field) => ({
      tool: 'field_owner',
      input: { target, namespace, field, ...wide },
    })),
    { tool: 'field_owner', input: { target, namespace, field: 'replicas', value: '2', ...wide } },
    { tool: 'field_owner', input: { target: 'configmap/courier-settings', namespace, field: 'data', ...wide } },
    { tool: 'drift_report', input: { ...wide } },
    { tool: 'terragrunt_plan', input: { stack, ref, reason: 'what would it do', wait: 40, ...wide } },
    { tool: 'change_propose', input: { ref, reason: 'a banner', wait: 40, ...wide } },
    { tool: 'change_status', input: { ...wide } },
    { tool: 'vault_search', input: { words: 'planted', ...wide }, pages: 8 },
    { tool: 'vault_describe', input: { secret, ...wide } },
    ...['external-secret', 'hcl', 'secret-key-ref'].map((snippet) => ({
      tool: 'vault_describe',
      input: { secret: `${secret}#${key}`, snippet, ...wide },
    })),
    { tool: 'vault_consumers', input: { secret, ...wide } },
    { tool: 'vault_consumers', input: { orphans: true, ...wide }, pages: 4 },
    { tool: 'vault_consumers', input: { rotation: true, ...wide } },
    { tool: 'vault_compare', input: { left: `${secret}#${key}`, right: `k8s:${namespace}/courier-0#${key}` } },
    { tool: 'vault_health', input: { ...wide } },
    { tool: 'secret_request', input: { kind: 'reveal', secret: `${secret}#${key}`, reason: 'to look at it' } },
    {
      tool: 'secret_request',
      input: { kind: 'generate', secret: `${secret}#${key}`, length: 24, reason: 'a new one' },
    },
    {
      tool: 'memory_store',
      input: { content: `${name} in ${namespace} takes its login from vault://${secret}#${key}` },
    },
    { tool: 'memory_recall', input: { query: `where does ${name} get its login`, in: 'all', ...wide } },
    { tool: 'memory_list', input: { ...wide } },
    { tool: 'memory_list', input: { ids: [1], ...wide } },
    { tool: 'memory_delete', input: { ids: [1] } },
    {
      tool: 'incident_open',
      input: {
        title: `${name} cannot log in`,
        symptom: `login refused, vault://${secret}#${key}`,
        namespaces: namespace,
        ...wide,
      },
    },
    { tool: 'incident_show', input: { ...wide } },
    { tool: 'sev_triage', input: { incident, namespaces: namespace, ...wide } },
    ...['kubernetes', 'events', 'logs', 'changes'].map((source) => ({
      tool: 'incident_gather',
      input: { incident, source, target, namespace, since: '1h', ...wide },
    })),
    { tool: 'incident_record', input: { incident, kind: 'note', text: `${name} takes vault://${secret}#${key}` } },
    ...['summary', 'timeline', 'evidence', 'triage', 'events'].map((part) => ({
      tool: 'incident_show',
      input: { incident, part, ...wide },
    })),
    { tool: 'sev_history', input: { incident, ...wide } },
    { tool: 'post_mortem_draft', input: { incident, ...wide } },
    { tool: 'post_mortem_publish', input: { incident } },
    { tool: 'action_update', input: { action: 'act_aaaaaaaa', run: true } },
    { tool: 'action_list', input: { ...wide } },
  ];
}

/** Every tool with what it must refuse. */
export function callsThatFail({ app: { namespace }, stack, path }: Asked): readonly WireCall[] {
  const nothing = 'no-such-thing';
  const noIncident = 'inc_aaaaaaaaaa';
  return [
    { tool: 'kubectl_logs', input: { target: `pod/${nothing}`, namespace } },
    { tool: 'kubectl_logs', input: { target: 'pod/courier-once', namespace, grep: '(' } },
    { tool: 'kubectl_logs', input: { target: 'pod/courier-once', namespace, container: nothing } },
    { tool: 'kubectl_get', input: { kind: nothing } },
    { tool: 'kubectl_get', input: { kind: 'pods', namespace, name: nothing } },
    { tool: 'kubectl_get', input: { kind: 'pods', namespace, selector: '==,(' } },
    { tool: 'kubectl_get', input: { kind: 'pods', namespace, cursor: 'x'.repeat(40) } },
    { tool: 'kubectl_describe', input: { target: `deployment/${nothing}`, namespace } },
    { tool: 'kubectl_events', input: { namespace, since: 'yesterday' } },
    { tool: 'kubectl_explain', input: { kind: 'pods', path: `spec.${nothing}` } },
    { tool: 'kubectl_top', input: { namespace: nothing, target: `deployment/${nothing}` } },
    { tool: 'kubectl_wait', input: { target: `deployment/${nothing}`, namespace, for: 'rollout', seconds: 1 } },
    { tool: 'kubectl_wait', input: { target: 'pod/courier-once', namespace, for: '???', seconds: 1 } },
    { tool: 'app_resolve', input: { target: 'https://[::bad' } },
    { tool: 'cluster_health', input: { namespace: nothing, context: nothing } },
    { tool: 'cluster_changes', input: { since: '-3' } },
    { tool: 'stack_show', input: { stack: `stacks/${nothing}` } },
    { tool: 'field_owner', input: { target: `deployment/${nothing}`, namespace, field: 'image' } },
    { tool: 'field_owner', input: { target: 'secret/courier-0', namespace, field: 'data', value: 'x' } },
    { tool: 'drift_report', input: { budget: 1 } },
    { tool: 'terragrunt_plan', input: { stack: `stacks/${nothing}`, wait: 0 } },
    { tool: 'terragrunt_plan', input: { stack, ref: nothing, reason: 'none', wait: 20 } },
    { tool: 'change_propose', input: { patch: 'no patch', reason: 'none', wait: 0 } },
    {
      tool: 'change_propose',
      input: { stacks: [stack], reason: 'none', expect: ['probe http://[::bad 200'], wait: 0 },
    },
    { tool: 'change_propose', input: { patch: `patch_${'a'.repeat(26)}`, reason: 'none', wait: 0 } },
    { tool: 'change_status', input: { id: `req_${'a'.repeat(26)}` } },
    { tool: 'change_withdraw', input: { id: `chg_${'a'.repeat(26)}` } },
    { tool: 'vault_search', input: { words: nothing, mount: nothing } },
    { tool: 'vault_describe', input: { secret: `secret/${path}/${nothing}` } },
    { tool: 'vault_describe', input: { secret: '../sys/raw' } },
    { tool: 'vault_consumers', input: { secret: `${nothing}/x#y` } },
    { tool: 'vault_compare', input: { left: `secret/${path}#none`, right: 'k8s:none/none#none' } },
    { tool: 'vault_health', input: { budget: 1 } },
    { tool: 'secret_request', input: { kind: 'reveal', secret: `secret/${path}#${nothing}`, reason: 'none' } },
    { tool: 'secret_request', input: { kind: 'lease', role: nothing, namespace, minutes: 5, reason: 'none' } },
    { tool: 'memory_store', input: { content: nothing.repeat(120) } },
    { tool: 'memory_recall', input: { query: path, as_of: 'yesterday' } },
    { tool: 'memory_list', input: { cursor: 'x'.repeat(40) } },
    { tool: 'memory_delete', input: { ids: [999_999] } },
    { tool: 'incident_open', input: { title: nothing, symptom: path, alert: 'no fingerprint' } },
    { tool: 'incident_show', input: { incident: noIncident } },
    { tool: 'sev_triage', input: { incident: noIncident } },
    { tool: 'incident_gather', input: { incident: noIncident, source: 'logs', target: nothing, namespace } },
    { tool: 'incident_record', input: { incident: noIncident, kind: 'note', text: path } },
    { tool: 'sev_history', input: { incident: noIncident } },
    { tool: 'post_mortem_draft', input: { incident: noIncident } },
    { tool: 'post_mortem_publish', input: { incident: noIncident } },
    { tool: 'action_list', input: { cursor: 'x'.repeat(40) } },
    { tool: 'action_update', input: { action: 'act_aaaaaaaa', run: true } },
  ];
}

/** Ordinary questions about everything else: what is masked here as a value of Vault is, had better be one. */
export function callsElsewhere({ elsewhere }: Asked): readonly WireCall[] {
  return [
    { tool: 'cluster_health', input: { severity: 'notice', ...wide }, pages: 4 },
    { tool: 'kubectl_explain', input: { ...wide } },
    { tool: 'kubectl_explain', input: { kind: 'pods', path: 'spec.containers', ...wide } },
    ...['deployments', 'statefulsets', 'ingresses', 'events', 'nodes'].map((kind) => ({
      tool: 'kubectl_explain',
      input: { kind, path: kind === 'events' ? 'involvedObject' : 'spec', ...wide },
    })),
    { tool: 'kubectl_get', input: { kind: 'nodes', view: 'full', ...wide }, pages: 3 },
    ...elsewhere.apps.flatMap(({ namespace, name }): readonly WireCall[] => [
      { tool: 'kubectl_logs', input: { target: `deployment/${name}`, namespace, limit: 200, ...wide } },
      { tool: 'kubectl_describe', input: { target: `deployment/${name}`, namespace, ...wide } },
    ]),
    ...elsewhere.namespaces.flatMap((namespace): readonly WireCall[] => [
      { tool: 'kubectl_get', input: { kind: 'pods', namespace, view: 'table', ...wide } },
      { tool: 'kubectl_get', input: { kind: 'deployments', namespace, path: 'spec', ...wide }, pages: 3 },
      { tool: 'kubectl_get', input: { kind: 'configmaps', namespace, path: 'data', ...wide } },
      { tool: 'kubectl_get', input: { kind: 'services', namespace, path: 'spec', ...wide } },
      { tool: 'kubectl_events', input: { namespace, type: 'all', since: '24h', ...wide } },
      { tool: 'cluster_changes', input: { namespace, since: '24h', ...wide } },
    ]),
  ];
}
