import type { Fault } from '../sample/app.ts';
import type { nameMaker } from '../sample/names.ts';

/**
 * The sample homelab as data, before a line of it is written.
 *
 * stack   one Terragrunt root; tier 0 keeps its state in a file that sops encrypts, tier 1 in Postgres
 * app     a Deployment with its Service, and beside it what it needs: a route, a claim with or without a backup, a secret
 *
 * What an app does is fixed, what it is called is drawn anew for every lab.
 */
export interface HomelabApp {
  readonly name: string;
  readonly does: string;
  readonly namespace: string;
  readonly tag: string;
  readonly replicas: number;
  readonly memory: string;
  readonly fault?: Fault;
  readonly minAvailable?: number;
  /** Reached from outside under `<name>.example.net`. */
  readonly route?: { readonly protected: boolean; readonly service?: string };
  readonly claim?: { readonly size: string; readonly backup: 'nightly' | 'suspended' | 'none' };
  /** Keys of the Vault path `<stack>/<name>` that it is given. */
  readonly secretKeys?: readonly string[];
}

export interface Stack {
  readonly name: string;
  readonly about: string;
  readonly tier: 0 | 1;
  readonly limits: 'core' | 'cluster' | 'apps';
  readonly namespaces: readonly string[];
  /** Stacks that must be there first. */
  readonly needs: readonly string[];
  readonly apps: readonly HomelabApp[];
  /** Request quota of its last namespace. */
  readonly memoryQuota?: string;
}

type Draft = Omit<HomelabApp, 'name' | 'namespace' | 'tag'> & { readonly in?: number };
type StackDraft = Omit<Stack, 'namespaces' | 'apps' | 'needs'> & {
  readonly namespaces?: number;
  readonly needs?: readonly string[];
  readonly apps: readonly Draft[];
};

const open = { route: { protected: false } };
const behindLogin = { route: { protected: true } };
const small = { replicas: 1, memory: '64Mi' };

const drafts: readonly StackDraft[] = [
  {
    name: 'ingress',
    about: 'the reverse proxy, and the middlewares every route uses',
    tier: 0,
    limits: 'core',
    apps: [
      {
        ...small,
        does: 'reverse proxy',
        replicas: 3,
        memory: '128Mi',
        minAvailable: 2,
        secretKeys: ['dashboard_password'],
      },
    ],
  },
  {
    name: 'dns',
    about: 'names inside the house, and the blocklist',
    tier: 0,
    limits: 'core',
    apps: [
      { ...small, does: 'recursive resolver', replicas: 2, minAvailable: 1 },
      { ...small, ...behindLogin, does: 'zone editor', secretKeys: ['admin_password', 'api_token'] },
    ],
  },
  {
    name: 'secrets',
    about: 'the operator that copies Vault into Secrets',
    tier: 0,
    limits: 'core',
    apps: [{ ...small, does: 'external secrets operator' }],
  },
  {
    name: 'databases',
    about: 'the shared Postgres cluster and its connection pool',
    tier: 0,
    limits: 'cluster',
    needs: ['secrets'],
    apps: [
      { ...small, does: 'connection pool', replicas: 2, minAvailable: 1, secretKeys: ['auth_password'] },
      {
        ...small,
        does: 'database backup store',
        claim: { size: '20Gi', backup: 'suspended' },
        secretKeys: ['s3_access_key', 's3_secret_key'],
      },
    ],
  },
  {
    name: 'identity',
    about: 'single sign-on for everything behind a login',
    tier: 1,
    limits: 'cluster',
    needs: ['databases', 'ingress'],
    apps: [
      // As many as must be available as there are: no node can be drained.
      {
        ...small,
        ...open,
        does: 'login',
        replicas: 2,
        memory: '256Mi',
        minAvailable: 2,
        secretKeys: ['secret_key', 'db_password', 'smtp_password'],
      },
      { ...small, does: 'login worker', secretKeys: ['secret_key', 'db_password'] },
    ],
  },
  {
    name: 'monitoring',
    about: 'metrics, dashboards and who is woken up',
    tier: 1,
    limits: 'cluster',
    namespaces: 2,
    needs: ['ingress', 'identity'],
    apps: [
      { ...small, ...behindLogin, does: 'dashboards', secretKeys: ['admin_password', 'oidc_client_secret'] },
      { ...small, does: 'metrics', memory: '512Mi', claim: { size: '40Gi', backup: 'none' } },
      { ...small, in: 1, does: 'status page', ...open },
      { ...small, in: 1, does: 'notification relay', secretKeys: ['webhook_token'] },
    ],
  },
  {
    name: 'photos',
    about: 'the family photographs',
    tier: 1,
    limits: 'apps',
    needs: ['databases', 'ingress', 'identity'],
    apps: [
      {
        ...small,
        ...open,
        does: 'photo library',
        memory: '256Mi',
        claim: { size: '200Gi', backup: 'nightly' },
        secretKeys: ['db_password', 'jwt_secret'],
      },
      { ...small, does: 'face recognition', memory: '128Mi', fault: 'crash-loop-oom', secretKeys: ['db_password'] },
    ],
  },
  {
    name: 'documents',
    about: 'scanned letters and contracts',
    tier: 1,
    limits: 'apps',
    needs: ['databases', 'ingress', 'identity'],
    apps: [
      {
        ...small,
        ...behindLogin,
        does: 'document archive',
        claim: { size: '50Gi', backup: 'none' },
        secretKeys: ['db_password', 'secret_key'],
      },
      { ...small, does: 'text recognition', fault: 'image-pull' },
    ],
  },
  {
    name: 'media',
    about: 'films and music',
    tier: 1,
    limits: 'apps',
    needs: ['ingress', 'identity'],
    apps: [
      { ...small, ...open, does: 'media server', claim: { size: '500Gi', backup: 'nightly' }, secretKeys: ['api_key'] },
      {
        ...small,
        route: { protected: true, service: 'requests-web' },
        does: 'request page',
        secretKeys: ['api_key', 'session_secret'],
      },
    ],
  },
  {
    name: 'home-automation',
    about: 'lights, heating and the sensors',
    tier: 1,
    limits: 'apps',
    needs: ['ingress'],
    apps: [
      {
        ...small,
        ...behindLogin,
        does: 'home automation',
        claim: { size: '10Gi', backup: 'nightly' },
        secretKeys: ['mqtt_password', 'long_lived_token'],
      },
      { ...small, does: 'message broker', secretKeys: ['mqtt_password'] },
    ],
  },
  {
    name: 'finance',
    about: 'household accounts',
    tier: 1,
    limits: 'apps',
    needs: ['databases', 'ingress', 'identity'],
    apps: [
      {
        ...small,
        ...behindLogin,
        does: 'account book',
        claim: { size: '5Gi', backup: 'nightly' },
        secretKeys: ['db_password', 'app_key'],
      },
      { ...small, does: 'bank import', secretKeys: ['client_id', 'client_secret', 'webhook_signing_key'] },
    ],
  },
  {
    name: 'mail',
    about: 'mail in, mail out, and the page to read it',
    tier: 1,
    limits: 'apps',
    namespaces: 2,
    needs: ['databases', 'ingress', 'identity'],
    memoryQuota: '160Mi',
    apps: [
      {
        ...small,
        does: 'mail server',
        memory: '256Mi',
        claim: { size: '80Gi', backup: 'nightly' },
        secretKeys: ['dkim_private_key', 'relay_password'],
      },
      // Two fit into the quota of the namespace; the third does not.
      { ...small, in: 1, ...open, does: 'webmail', replicas: 3, secretKeys: ['db_password', 'des_key'] },
    ],
  },
];

/** Pods of the webmail that its namespace has no room for. */
export const podsOverQuota = 1;

export function drawHomelab(namespaces: readonly string[], draw: ReturnType<typeof nameMaker>): readonly Stack[] {
  const free = [...namespaces];
  return drafts.map(({ namespaces: count = 1, needs = [], apps, ...draft }) => {
    const own = free.splice(0, count);
    return {
      ...draft,
      namespaces: own,
      needs,
      apps: apps.map(({ in: place = 0, ...app }, index) => {
        const namespace = own[place];
        if (namespace === undefined) throw new Error(`there are too few namespaces for stack ${draft.name}`);
        return { ...app, name: draw(), namespace, tag: `2.${index + 3}.1` };
      }),
    };
  });
}

export function hostOf(app: HomelabApp): string {
  return `${app.name}.example.net`;
}

export function secretName(app: HomelabApp): string {
  return `${app.name}-credentials`;
}

export function claimName(app: HomelabApp): string {
  return `${app.name}-data`;
}

export function vaultPath(stack: Stack, app: HomelabApp): string {
  return `${stack.name}/${app.name}`;
}

/** Every app with its stack. */
export function everyApp(stacks: readonly Stack[]): readonly { readonly stack: Stack; readonly app: HomelabApp }[] {
  return stacks.flatMap((stack) => stack.apps.map((app) => ({ stack, app })));
}

/** The app that does this; what it is called is another matter. */
export function appThat(stacks: readonly Stack[], does: string): { readonly stack: Stack; readonly app: HomelabApp } {
  const found = everyApp(stacks).find(({ app }) => app.does === does);
  if (found === undefined) throw new Error(`no app of the homelab is a ${does}`);
  return found;
}
