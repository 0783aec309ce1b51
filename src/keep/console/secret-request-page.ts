import type { RequestView, SecretWish } from '../../change/wire/secret.ts';
import { CastellanError } from '../../kit/index.ts';
import type { RequestPage } from './api.ts';
import type { ConsoleOptions, SecretNow } from './options.ts';

type Sources = Pick<ConsoleOptions, 'requests' | 'secretOf'> & { readonly now: () => Date };
type OfSecret = Exclude<SecretWish, { kind: 'lease' }>;

const askMs = 10_000;

/** What a human sees of a request before they decide. Errors: `request-not-found`. */
export async function requestPageOf(id: string, { requests, secretOf, now }: Sources): Promise<RequestPage> {
  const request = await requests.status(id, 0, AbortSignal.timeout(askMs));
  const { wish, state, expiresAt } = request;
  const isOver = expiresAt !== undefined && Date.parse(expiresAt) <= now().getTime();
  // Of what is over nobody decides: Vault is not asked.
  if (state !== 'waiting' || isOver) return { request, may: [], warnings: [] };
  if (wish.kind === 'lease') return { request, may: ['token', 'reject'], warnings: [] };
  const found = await lookAt(wish, secretOf);
  if (typeof found === 'string') return { request, may: [wish.kind, 'reject'], why: found, warnings: [] };
  const { stands, warnings } = judge(request, wish, found);
  const { keys, version, changedAt } = found;
  return {
    request,
    may: stands ? [wish.kind, 'reject'] : ['reject'],
    secret: {
      keys: [...keys],
      version,
      ...(changedAt === undefined ? {} : { changedAt: changedAt.toISOString() }),
    },
    warnings,
  };
}

/** In words where Vault did not say; whoever carries it out looks again. */
async function lookAt({ of }: OfSecret, secretOf: Sources['secretOf']): Promise<SecretNow | string> {
  try {
    return await secretOf({ mount: of.mount, path: of.path });
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    return error.code === 'vault-not-found' ? { keys: [], version: 0 } : error.message;
  }
}

interface Judged {
  /** False: it would be refused as it stands. */
  readonly stands: boolean;
  readonly warnings: string[];
}

function judge(request: RequestView, { kind, of }: OfSecret, { keys, version }: SecretNow): Judged {
  const alike = keys.filter((key) => key !== of.key && bare(key) === bare(of.key));
  const warnings = alike.map((key) => `There is a key «${key}» as well: see that the right one is meant.`);
  const hasKey = keys.includes(of.key);
  if (kind === 'reveal' && of.version !== undefined && of.version !== version) {
    const newest = version === 0 ? 'the newest is deleted' : `version ${version} is the newest`;
    const words = `Version ${of.version} is asked for, and ${newest}: an older value would be shown.`;
    return { stands: true, warnings: [...warnings, words] };
  }
  if (kind === 'reveal' && version === 0) return refused(warnings, 'The secret is deleted: nothing can be shown.');
  const before = (kind === 'reveal' ? of.version : undefined) ?? request.version ?? 0;
  if (before !== version) {
    const words = `The secret was version ${before} when this was asked for, and is version ${version} now.`;
    return refused(warnings, `${words} What was asked for is not done to another: reject it, and have it asked anew.`);
  }
  if (kind === 'reveal') return hasKey ? { stands: true, warnings } : refused(warnings, noKey);
  return { stands: true, warnings: [...warnings, whatWriting(version, hasKey)] };
}

const noKey = 'The secret has no such key now: nothing can be shown.';

function whatWriting(version: number, hasKey: boolean): string {
  if (hasKey) return `The key has a value in version ${version}: whatever reads the secret gets the new one.`;
  return version === 0
    ? 'There is no such secret yet: it would be made.'
    : 'The secret has no such key yet: it would be added to the others.';
}

function refused(warnings: readonly string[], why: string): Judged {
  return { stands: false, warnings: [...warnings, why] };
}

/** As somebody reads it who does not look closely. */
function bare(key: string): string {
  return key.toLowerCase().replaceAll(/[-_. ]/g, '');
}
