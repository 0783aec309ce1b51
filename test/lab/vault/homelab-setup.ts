import { readFileSync } from 'node:fs';
import { create, kubectl } from '../kubectl.ts';
import type { Lab } from '../lab.ts';
import { oidcClientId, oidcIssuer } from '../parts/oidc.ts';
import { postgresUrl } from '../parts/postgres.ts';
import { castellanPolicy } from './castellan-token.ts';
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
  await tellVault(vault, 'POST', 'auth/approle/role/castellan', {
    token_policies: [castellanPolicy],
    token_no_default_policy: true,
    token_period: '24h',
  });
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

/** Accounts of the cluster log in to Vault, and Vault lends out short tokens of Castellan's account. */
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
  await tellVault(vault, 'POST', 'auth/kubernetes/role/castellan', {
    bound_service_account_names: ['castellan'],
    bound_service_account_namespaces: ['castellan'],
    audience: 'vault',
    token_policies: [castellanPolicy],
    token_no_default_policy: true,
    token_period: '24h',
  });
  await tellVault(vault, 'POST', 'kubernetes/config', { ...cluster, service_account_jwt: jwt });
  await tellVault(vault, 'POST', 'kubernetes/roles/castellan', {
    service_account_name: 'castellan',
    allowed_kubernetes_namespaces: ['castellan'],
    token_default_ttl: '15m',
    token_max_ttl: '1h',
  });
}

/** An account that may review tokens, and make them for Castellan's account alone. */
async function vaultAccountToken(lab: Lab): Promise<string> {
  const account = { kind: 'ServiceAccount', name: 'vault', namespace: 'kube-system' };
  const group = 'rbac.authorization.k8s.io';
  const lending = { name: 'vault-lends-castellan', namespace: 'castellan' };
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
  ]);
  const month = `--duration=${30 * 24}h`;
  return (
    await kubectl(lab, 'admin', ['create', 'token', account.name, `--namespace=${account.namespace}`, month])
  ).trim();
}
