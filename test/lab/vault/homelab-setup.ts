import { readFileSync } from 'node:fs';
import { create, kubectl } from '../kubectl.ts';
import type { Lab } from '../lab.ts';
import { oidcClientId, oidcIssuer } from '../parts/oidc.ts';
import { postgresUrl } from '../parts/postgres.ts';
import { castellanPolicies, lentRole } from './castellan-token.ts';
import { tellVault, type VaultTarget } from './vault-api.ts';

/** What the Vault of a home has besides key-value secrets. Each engine is set up beside the others. */
export async function setUpHomelab(lab: Lab, vault: VaultTarget): Promise<void> {
  await Promise.all([transit(vault), database(lab, vault), approle(vault), people(lab, vault), kubernetes(lab, vault)]);
}

async function transit(vault: VaultTarget): Promise<void> {
  await tellVault(vault, 'POST', 'sys/mounts/transit', { type: 'transit' });
  await tellVault(vault, 'POST', 'transit/keys/castellan');
}

/** Vault rotates the password of the user that may read Terraform's state. */
async function database(lab: Lab, vault: VaultTarget): Promise<void> {
  await tellVault(vault, 'POST', 'sys/mounts/database', { type: 'database' });
  const url = new URL(postgresUrl(lab, 'vault', 'postgres'));
  const { password } = url;
  url.username = '';
  url.password = '';
  const role = 'pg-terraform-state';
  await tellVault(vault, 'POST', 'database/config/postgres', {
    plugin_name: 'postgresql-database-plugin',
    connection_url: url.href.replace('//', '//{{username}}:{{password}}@'),
    username: 'vault',
    password,
    // Hashed before it is sent, so that no statement holds a password.
    password_authentication: 'scram-sha-256',
    allowed_roles: [role],
  });
  await tellVault(vault, 'POST', `database/static-roles/${role}`, {
    db_name: 'postgres',
    username: 'tfstate_reader',
    rotation_period: '168h',
  });
}

async function approle(vault: VaultTarget): Promise<void> {
  await tellVault(vault, 'POST', 'sys/auth/approle', { type: 'approle' });
  const role = ([name, policies]: [string, readonly string[]]) =>
    tellVault(vault, 'POST', `auth/approle/role/${name}`, {
      token_policies: policies,
      token_no_default_policy: true,
      token_period: '24h',
    });
  await Promise.all(Object.entries(castellanPolicies).map(role));
}

/** People log in with what the OpenID provider signed. */
async function people(lab: Lab, vault: VaultTarget): Promise<void> {
  await tellVault(vault, 'POST', 'sys/auth/jwt', { type: 'jwt' });
  await tellVault(vault, 'POST', 'auth/jwt/config', { oidc_discovery_url: oidcIssuer(lab) });
  await tellVault(vault, 'POST', 'auth/jwt/role/household', {
    role_type: 'jwt',
    bound_audiences: [oidcClientId],
    user_claim: 'sub',
    groups_claim: 'groups',
    token_policies: ['default'],
    token_ttl: '1h',
  });
}

/** Accounts of the cluster log in to Vault; Vault lends out short tokens of Castellan's account, and accounts that only view. */
async function kubernetes(lab: Lab, vault: VaultTarget): Promise<void> {
  const [jwt] = await Promise.all([
    vaultAccountToken(lab),
    tellVault(vault, 'POST', 'sys/auth/kubernetes', { type: 'kubernetes' }),
    tellVault(vault, 'POST', 'sys/mounts/kubernetes', { type: 'kubernetes' }),
  ]);
  const cluster = {
    kubernetes_host: lab.server,
    kubernetes_ca_cert: readFileSync(lab.pki('ca.crt'), 'utf8'),
    // It does not run in a pod, so there is nothing to fall back to.
    disable_local_ca_jwt: true,
  };
  await tellVault(vault, 'POST', 'auth/kubernetes/config', { ...cluster, token_reviewer_jwt: jwt });
  const role = (name: keyof typeof castellanPolicies, account: string, namespace: string) =>
    tellVault(vault, 'POST', `auth/kubernetes/role/${name}`, {
      bound_service_account_names: [account],
      bound_service_account_namespaces: [namespace],
      audience: 'vault',
      token_policies: castellanPolicies[name],
      token_no_default_policy: true,
      token_period: '24h',
    });
  await Promise.all([
    role('castellan', 'castellan', 'castellan'),
    role('castellan-fingerprinter', 'castellan-fingerprinter', 'castellan-keep'),
    role('castellan-keep', 'castellan-keep', 'castellan-keep'),
  ]);
  await tellVault(vault, 'POST', 'kubernetes/config', { ...cluster, service_account_jwt: jwt });
  const reader = {
    service_account_name: 'castellan',
    allowed_kubernetes_namespaces: ['castellan'],
    token_default_ttl: '15m',
    token_max_ttl: '1h',
  };
  await Promise.all([
    // A role that no policy of Castellan's grants, beside the one that is granted.
    tellVault(vault, 'POST', 'kubernetes/roles/castellan', reader),
    tellVault(vault, 'POST', 'kubernetes/roles/castellan-reader', reader),
    tellVault(vault, 'POST', `kubernetes/roles/${lentRole}`, {
      kubernetes_role_name: 'view',
      kubernetes_role_type: 'ClusterRole',
      allowed_kubernetes_namespaces: ['*'],
      token_default_ttl: '15m',
      token_max_ttl: '4h',
    }),
  ]);
}

/** An account that may review tokens, make them for Castellan's account, and make accounts bound to `view` and no other role. */
async function vaultAccountToken(lab: Lab): Promise<string> {
  const account = { kind: 'ServiceAccount', name: 'vault', namespace: 'kube-system' };
  const group = 'rbac.authorization.k8s.io';
  const lending = { name: 'vault-lends-castellan', namespace: 'castellan' };
  const views = { name: 'vault-lends-views' };
  await create(lab, [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account.name, namespace: account.namespace } },
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'vault-token-review' },
      roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'system:auth-delegator' },
      subjects: [account],
    },
    {
      apiVersion: `${group}/v1`,
      kind: 'Role',
      metadata: lending,
      rules: [
        { apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: ['castellan'], verbs: ['create'] },
      ],
    },
    {
      apiVersion: `${group}/v1`,
      kind: 'RoleBinding',
      metadata: lending,
      roleRef: { apiGroup: group, kind: 'Role', name: lending.name },
      subjects: [account],
    },
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRole',
      metadata: views,
      rules: [
        { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['create', 'delete', 'get', 'list', 'update'] },
        { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] },
        {
          apiGroups: [group],
          resources: ['rolebindings', 'clusterrolebindings'],
          verbs: ['create', 'delete', 'get', 'list', 'update'],
        },
        { apiGroups: [group], resources: ['clusterroles'], resourceNames: ['view'], verbs: ['bind'] },
      ],
    },
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: views,
      roleRef: { apiGroup: group, kind: 'ClusterRole', name: views.name },
      subjects: [account],
    },
  ]);
  const month = `--duration=${30 * 24}h`;
  return (
    await kubectl(lab, 'admin', ['create', 'token', account.name, `--namespace=${account.namespace}`, month])
  ).trim();
}
