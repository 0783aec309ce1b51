import { z } from 'zod';
import { vaultError } from './errors.ts';
import { notJson, type Received } from './sender.ts';

const refusal = z.object({ errors: z.array(z.string()).nullish(), data: z.unknown().optional() });

/** What Vault said was wrong. Looked at to tell errors apart, and never passed on: it may quote what was sent. */
function complaintsOf({ body }: Received): readonly string[] | undefined {
  const said = refusal.safeParse(body);
  return said.success && (said.data.errors !== undefined || said.data.data !== undefined)
    ? (said.data.errors ?? [])
    : undefined;
}

/** Whether Vault says the token itself is not known any more, and not only that it may not. */
export function tokenIsUnknown(received: Received): boolean {
  return complaintsOf(received)?.some((text) => /invalid token|bad token/i.test(text)) ?? false;
}

/** Another try may help, of a request that changes nothing. */
export function isPassing(status: number): boolean {
  return status === 412 || status === 429 || status === 472 || status === 473 || (status >= 500 && status !== 501);
}

/** The body of a success; throws for anything else. */
export function successOf(received: Received, what: string): unknown {
  const { status, body } = received;
  if (status === 204) return undefined;
  if (status === 200 || status === 202) {
    if (body !== notJson) return body;
    throw notVault(what, status);
  }
  const said = complaintsOf(received);
  if (status >= 500 || status === 412 || status === 429 || status === 472 || status === 473) {
    throw unable(status, what, said ?? []);
  }
  // A proxy that has a login page or a 404 of its own must not be taken for Vault's word.
  if (said === undefined) throw notVault(what, status);
  throw declined(status, what, said);
}

function unable(status: number, what: string, said: readonly string[]): Error {
  const has = (pattern: RegExp): boolean => said.some((text) => pattern.test(text));
  if (status === 501 || (status === 503 && has(/sealed/i))) {
    return vaultError('vault-sealed', {
      message: `Vault is ${status === 501 ? 'not initialised' : 'sealed'}, so ${what} was not carried out`,
      next: status === 501 ? 'initialise Vault' : 'unseal Vault',
    });
  }
  if ([412, 472, 473].includes(status) || has(/not active|active (cluster )?node|standby/i)) {
    return vaultError('vault-standby', {
      message: `the node is a standby that could not pass ${what} to a leader (${status})`,
      next: 'look at the leader: `vault_health`',
    });
  }
  if (status === 429) {
    return vaultError('vault-limited', {
      message: `Vault limits ${what} (429)`,
      next: 'wait a moment, then ask again',
    });
  }
  return vaultError('vault-failing', {
    message: `Vault failed at ${what} (${status})`,
    next: 'look at its log and its leader',
  });
}

function declined(status: number, what: string, said: readonly string[]): Error {
  const has = (pattern: RegExp): boolean => said.some((text) => pattern.test(text));
  if (status === 403) {
    return vaultError('vault-refused', {
      message: `the token may not ${what} (403)`,
      next: 'grant it in a policy of the token, or do without',
    });
  }
  if (status === 405 || (status === 404 && has(/no handler|unsupported/i)) || has(/raft storage is not in use/i)) {
    return vaultError('vault-unsupported', {
      message: `Vault has nothing that answers ${what} (${status})`,
      next: 'check the mount, and that this version has the operation',
    });
  }
  if (status === 404) {
    return vaultError('vault-not-found', {
      message: `Vault has nothing at ${what}, or it is deleted (404)`,
      next: 'look for the path: `vault_search`',
    });
  }
  if (has(/check-and-set parameter did not match/i)) {
    return vaultError('vault-conflict', {
      message: `the secret has another version than the one that was looked at, so ${what} wrote nothing`,
      next: 'look at it again, then ask again',
    });
  }
  if (has(/wrapping token is not valid|does not exist/i) && what.includes('sys/wrapping/')) {
    return vaultError('vault-wrapping-gone', {
      message: 'the wrapping token was used already, has expired, or never was',
      next: 'ask anew; if nobody of yours has used it, somebody else did',
    });
  }
  return vaultError('vault-rejected', {
    message: `Vault did not accept ${what} (${status})`,
    next: 'check the names; what Vault said of it stands in its own log',
  });
}

function notVault(what: string, status: number): Error {
  return vaultError('vault-reply-invalid', {
    message: `the answer to ${what} (${status}) is not Vault's`,
    next: 'check that `vault.address` is Vault itself, and not a login page or proxy in front of it',
  });
}
