import { CastellanError, type ProbeFinding } from '../../src/kit/index.ts';
import { nodeHealth } from '../../src/vault/health.ts';
import { tokenCheck } from './health.ts';
import type { VaultPorts } from './port.ts';
import { rightChecks } from './rights.ts';
import { plainName } from './words.ts';

/** What doctor tells of Vault. */
export async function probeVault(ports: VaultPorts, now: Date, signal: AbortSignal): Promise<readonly ProbeFinding[]> {
  const { vault, nodes, strength, names, knownValues } = ports;
  const reached = await Promise.all(nodes.map((node) => nodeHealth(node, { signal })));
  const findings: ProbeFinding[] = reached.map(({ address, role, version, why }) => {
    const serves = ['active', 'standby', 'performance-standby'].includes(role);
    const detail = `${role}${version === undefined ? '' : `, version ${plainName(version)}`}${why === undefined ? '' : `: ${why}`}`;
    return serves
      ? { check: `Vault ${plainName(address)}`, status: 'pass', detail }
      : { check: `Vault ${plainName(address)}`, status: 'fail', detail, next: 'vault_health looks closer' };
  });
  const token = tokenCheck(vault.standing(), now);
  findings.push({
    check: "Vault: the daemon's token",
    status: token.state === 'ok' ? 'pass' : 'fail',
    detail: token.detail,
    ...(token.next === undefined ? {} : { next: token.next }),
  });
  try {
    const mounts = await names.mounts(signal);
    // Policies may have changed since the daemon connected.
    await strength.examine(mounts, (await names.inventory(signal)).secrets, signal);
    findings.push(strengthFinding(strength.excess));
    const lacking = (await rightChecks(vault, mounts, signal)).filter(({ state }) => state !== 'ok');
    findings.push(
      ...lacking.map(
        ({ detail, next }): ProbeFinding => ({
          check: 'Vault: rights',
          status: 'unknown',
          detail,
          ...(next === undefined ? {} : { next }),
        }),
      ),
    );
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    findings.push({
      check: 'Vault: what its token may do',
      status: 'unknown',
      detail: `${error.code}: ${error.message}`,
      next: error.next,
    });
  }
  const values = (await knownValues.checks(now, signal)).map(
    ({ state, detail, next }): ProbeFinding => ({
      check: 'Vault: values redaction knows',
      status: state === 'ok' ? 'pass' : state === 'PROBLEM' ? 'fail' : 'unknown',
      detail,
      ...(next === undefined ? {} : { next }),
    }),
  );
  return [...findings, ...values];
}

function strengthFinding(excess: readonly string[]): ProbeFinding {
  const check = "Vault: the daemon's token is weak enough";
  if (excess.length === 0) return { check, status: 'pass', detail: 'it reads no value and changes nothing' };
  return {
    check,
    status: 'fail',
    detail: `it may ${excess.slice(0, 8).join('; ')}${excess.length > 8 ? `; and ${excess.length - 8} more` : ''}`,
    next: 'give it the policy of `castellan vault policy` and no other',
  };
}
