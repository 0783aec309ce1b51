import { ageSealer } from '../../memory/seal/age.ts';
import type { Sealer } from '../../memory/seal/port.ts';
import type { ProbeFinding } from '../../src/kit/index.ts';
import { connectVault, type VaultSession } from '../../src/vault/index.ts';
import type { MemoryConfig } from './config.ts';
import { transitSealer } from './transit-sealer.ts';

/** What seals sensitive entries, as castellan.yaml says; nothing is asked of Vault before the first is sealed. */
export interface OpenedSealer extends AsyncDisposable {
  /** Undefined: no sensitive entry can be stored. */
  readonly sealer: Sealer | undefined;
  finding(): Promise<ProbeFinding>;
}

const check = 'sensitive memories';
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Errors: `memory-unsealed` for an age recipient that is none. */
export function openSealer({ sensitive }: MemoryConfig): OpenedSealer {
  if (sensitive === undefined) {
    return {
      sealer: undefined,
      finding: async () => ({ check, status: 'pass', detail: 'refused: nobody is named they could be encrypted for' }),
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
  if (sensitive.kind === 'age') {
    const { recipients } = sensitive;
    return {
      sealer: ageSealer(recipients),
      finding: async () => ({ check, status: 'pass', detail: `sealed with age for ${recipients.length} of you` }),
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
  return openTransit(sensitive);
}

function openTransit(given: Extract<MemoryConfig['sensitive'], { readonly kind: 'transit' }>): OpenedSealer {
  const { address, plainHttp, caFile, namespace, peers, auth: login, mount, key } = given;
  const auth = login.kind === 'token-file' ? { ...login, requiredPolicy: 'castellan-memories' } : login;
  let session: Promise<VaultSession> | undefined;
  const connect = async (): Promise<VaultSession> => {
    session ??= connectVault({ address, plainHttp, caFile, namespace, peers, auth }, { log: quiet });
    try {
      return await session;
    } catch (error) {
      session = undefined;
      throw error;
    }
  };
  const sealer = transitSealer(connect, { mount, key });
  return {
    sealer,
    finding: async () => {
      try {
        await sealer.seal('castellan doctor', AbortSignal.timeout(5_000));
        return { check, status: 'pass', detail: `sealed with Vault, ${mount}/${key}` };
      } catch (error) {
        const told = error instanceof Error ? error.message : 'sealing failed';
        return {
          check,
          status: 'fail',
          detail: told,
          next: `see that ${mount}/keys/${key} is there, and that its token has the policy castellan-memories`,
        };
      }
    },
    [Symbol.asyncDispose]: async () => {
      await (await session?.catch(() => undefined))?.[Symbol.asyncDispose]();
    },
  };
}
