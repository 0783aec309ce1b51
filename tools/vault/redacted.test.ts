import { expect, it, describe as suite } from 'vitest';
import type { KeepReply, KeepRequest } from '../../src/change/wire/protocol.ts';
import type { Tool } from '../../src/kit/index.ts';
import { createRedactor } from '../../src/redaction/index.ts';
import { compare } from './compare.ts';
import { consumers } from './consumers.ts';
import { describe } from './describe.ts';
import { health } from './health.ts';
import { byVariable, databaseStore, externalSecret, store } from './homelab.fixture.ts';
import type { VaultPorts } from './port.ts';
import { request } from './request.ts';
import {
  callTool,
  homelabReplies,
  portsOf,
  principal,
  scriptedCluster,
  scriptedKeep,
  scriptedVault,
  secretReplies,
} from './scripted-vault.fixture.ts';
import { search } from './search.ts';
import { snippetKinds } from './snippets.ts';

/**
 * Names that say `password` stand in every answer, and none of them is a value: what redaction takes for one behind such a name is
 * a fact somebody asked for.
 */
suite.each(['password', 'token', 'api-key', 'secret'])('of a secret, a key and a role called %s', (name) => {
  const redactor = createRedactor();
  const secret = `secret/apps/${name}`;
  const at = '2026-02-26T10:00:00.000Z';
  const place = { mount: 'secret', path: `apps/${name}` };
  const vault = () =>
    scriptedVault({
      ...homelabReplies(),
      'LIST secret/metadata/apps': { data: { keys: ['mail', name, 'gone'] } },
      ...secretReplies(`apps/${name}`, [name, 'user']),
      ...secretReplies('apps/gone', [], {
        versions: { 2: { created_time: at, deletion_time: at, destroyed: false } },
      }),
      'LIST database/static-roles': { data: { keys: [name] } },
      [`GET database/static-roles/${name}`]: {
        data: { db_name: name, username: name, rotation_period: 604_800, last_vault_rotation: at },
      },
    });
  const replyTo = (asked: KeepRequest): Partial<KeepReply> => {
    if (asked.verb === 'request') {
      const { wish, by, reason } = asked;
      const id = `req_${'a'.repeat(26)}`;
      return {
        requests: [{ id, wish, state: 'waiting', ...by, reason, createdAt: at, changedAt: at, expiresAt: at }],
      };
    }
    if (asked.verb !== 'status') return {};
    if (asked.of === 'comparison')
      return {
        comparison: {
          outcome: 'different',
          equalsVersion: 1,
          leftVersion: 2,
          leftChangedAt: at,
          rightChangedAt: at,
        },
      };
    if (asked.of === 'secret')
      return {
        history: {
          ...place,
          keys: [{ key: name, since: { version: 2, at }, atLeast: false, sameAs: [`secret/root#${name}`] }],
        },
      };
    return {
      references: [
        { ...place, key: name, file: `stacks/${name}/main.tf`, line: 3, stack: `stacks/${name}`, how: 'yaml' },
        { ...place, key: `no_${name}`, file: `stacks/${name}/main.tf`, line: 4, stack: `stacks/${name}`, how: 'yaml' },
      ],
    };
  };
  const lent = () => ({
    vault: vault(),
    keep: scriptedKeep(replyTo),
    cluster: scriptedCluster([
      store,
      databaseStore,
      externalSecret(name, [[name, `apps/${name}`, name]]),
      externalSecret('broken', [[name, `apps/${name}`, `no_${name}`]]),
      externalSecret('db', [[name, `static-creds/${name}`, 'password']], 'vault-database'),
      byVariable(name, `${name}-secret`, name),
      byVariable('web', 'db-secret', name),
    ]),
  });
  const keyed = `${secret}#${name}`;
  const asked: readonly (readonly [Tool<VaultPorts>, Readonly<Record<string, unknown>>])[] = [
    [search, {}],
    [search, { words: name }],
    [describe, { secret }],
    [describe, { secret: keyed }],
    [describe, { secret: `${secret}#no_${name}` }],
    [describe, { secret: 'secret/apps/gone' }],
    ...snippetKinds.map((snippet) => [describe, { secret: keyed, snippet }] as const),
    [describe, { secret: `database/static-roles/${name}` }],
    [consumers, {}],
    [consumers, { secret }],
    [consumers, { secret: keyed }],
    [consumers, { secret: `${secret}#no_${name}` }],
    [consumers, { orphans: true }],
    [consumers, { rotation: true }],
    [compare, { left: keyed, right: `k8s:mail/${name}#${name}` }],
    [compare, { left: keyed, right: `${keyed}@1` }],
    [health, {}],
    ...(['reveal', 'write', 'generate'] as const).map(
      (kind) => [request, { kind, secret: keyed, reason: 'robin asked' }] as const,
    ),
    [request, { kind: 'lease', role: name, namespace: name, reason: 'robin asked' }],
  ];

  it.each(asked.map(([tool, given]) => [tool.name, given, tool] as const))(
    '%s of %j loses nothing to redaction',
    async (_, given, tool) => {
      const plain = await callTool(tool, portsOf(lent()), given);
      expect(await callTool(tool, portsOf(lent()), given, principal, redactor)).toBe(plain);
      // Once more as a whole, as the frame it leaves in is redacted.
      expect(redactor.value({ text: plain }, 'agent').value.text).toBe(plain);
    },
  );
});
