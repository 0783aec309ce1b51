import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../lab.ts';
import { users } from '../oidc/users.ts';
import type { Part } from './part.ts';

export const oidcClientId = 'castellan';

/** An OpenID provider, as a home has one to log its people in. */
export const oidc: Part = {
  name: 'oidc',
  programs: [],
  needs: [],
  ports: ['oidc'],
  async prepare(lab) {
    mkdirSync(lab.path('oidc'), { mode: 0o700 });
    writeFileSync(secretFile(lab), randomBytes(32).toString('base64url'), { mode: 0o600 });
  },
  command(lab) {
    return {
      file: process.execPath,
      args: [
        join(import.meta.dirname, '../oidc/server.ts'),
        `--port=${lab.port('oidc')}`,
        `--client-id=${oidcClientId}`,
        `--client-secret-file=${secretFile(lab)}`,
      ],
    };
  },
  /** Only this lab's provider takes this lab's secret. */
  async ready(lab) {
    const credentials = Buffer.from(`${oidcClientId}:${readFileSync(secretFile(lab), 'utf8')}`).toString('base64');
    try {
      const answer = await fetch(`${oidcIssuer(lab)}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${credentials}` },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
        redirect: 'error',
        signal: AbortSignal.timeout(3_000),
      });
      await answer.arrayBuffer();
      return answer.status === 200;
    } catch {
      return false; // Not listening yet.
    }
  },
  env(lab) {
    return {
      oidc: {
        issuer: oidcIssuer(lab),
        clientId: oidcClientId,
        clientSecretFile: secretFile(lab),
        users: users.map(({ login, groups }) => ({ login, groups })),
      },
    };
  },
};

export function oidcIssuer(lab: Lab): string {
  return `http://127.0.0.1:${lab.port('oidc')}`;
}

function secretFile(lab: Lab): string {
  return lab.path('oidc', 'client-secret');
}
