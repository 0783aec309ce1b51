import type { DocumentOf, Signature } from '../../change/document/documents.ts';
import type { RequestView } from '../../change/wire/secret.ts';
import { CastellanError, type Secret } from '../../kit/index.ts';
import type { StoreLog } from '../../store/log.ts';
import type { SecretKind } from '../decisions/port.ts';
import type { RequestTable } from '../journal/request-table.ts';
import type { Notifier } from '../notify/port.ts';
import type { RequestBoard } from './board.ts';
import { noVault } from './bodies.ts';
import type { Claim, Claims } from './claim.ts';
import type { VaultDoor } from './door.ts';
import { draw } from './draw.ts';
import { requestError } from './errors.ts';
import type { ClusterAddress } from './kubeconfig.ts';
import { lend } from './lender.ts';
import type { Masking } from './masking.ts';
import type { SecretWork } from './port.ts';
import { revealKey } from './revealer.ts';
import { assertTyped, writeValue } from './writer.ts';

export interface WorkOptions {
  readonly claims: Claims;
  readonly board: RequestBoard;
  readonly door: VaultDoor | undefined;
  readonly masking: Masking;
  readonly requests: Pick<RequestTable, 'tell'>;
  readonly notifier: Pick<Notifier, 'tell'>;
  cluster(): Promise<ClusterAddress>;
  readonly log: StoreLog;
  readonly now: () => Date;
}

type Written = DocumentOf<'write'> | DocumentOf<'generate'>;

interface Done<Result> {
  /** What the request says of it from here on. */
  readonly told: Partial<RequestView>;
  readonly result: Result;
  /** Where it cannot be written down that it was done. */
  undo?(): Promise<void>;
}

export function createWork(options: WorkOptions): SecretWork {
  const { claims, board, door, masking, log, now } = options;

  /** Claims it, does it, writes down what came of it: in that order, and once. */
  const carryOut = async <Kind extends SecretKind, Result>(
    signature: Signature,
    kind: Kind,
    sound: (document: DocumentOf<Kind>) => void,
    act: (claim: Claim<Kind>) => Promise<Done<Result>>,
  ): Promise<{ readonly view: RequestView; readonly result: Result }> => {
    const claim = await claims.claim(signature, kind, sound);
    try {
      const done = await acted(claim.view, () => act(claim));
      const view = await written(claim, done);
      return { view, result: done.result };
    } finally {
      board.letGo(claim.view.id);
    }
  };

  const written = async <Kind extends SecretKind>(
    { view, approver }: Claim<Kind>,
    { told, undo }: Done<unknown>,
  ): Promise<RequestView> => {
    try {
      return await board.move('signed', { ...view, ...told, state: 'done' }, approver);
    } catch (error) {
      // What nobody can be told of later is not handed out either.
      await undo?.();
      throw error;
    }
  };

  const acted = async <Result>(view: RequestView, act: () => Promise<Result>): Promise<Result> => {
    try {
      return await act();
    } catch (error) {
      const failure = failureOf(view.id, error);
      log.warn({ id: view.id, kind: view.wish.kind, code: failure.code }, 'request.failed');
      if (failure.code === 'wrapping-used' || failure.code === 'wrapping-wrong') await alarm(view, failure.code);
      await board.move('signed', { ...view, state: 'failed', why: failure.message });
      throw failure;
    }
  };

  const alarm = async (view: RequestView, code: string): Promise<void> => {
    options.notifier.tell({ what: 'wrapping-used', id: view.id, urgent: true });
    await options.requests.tell({ ...view, changedAt: now().toISOString() }, code, 'denied');
  };

  const openDoor = (): VaultDoor => {
    if (door === undefined) throw noVault();
    return door;
  };

  /** What stands in Vault is masked before the human hears that it does. */
  const write = async (document: Written, value: Secret): Promise<Done<Written>> => {
    let version: number;
    try {
      version = await writeValue(openDoor(), document, value);
    } catch (error) {
      // It may stand there for all that.
      await masking.mask(document);
      throw error;
    }
    const why = await masking.mask(document);
    return { told: { madeVersion: version, ...(why === undefined ? {} : { why }) }, result: document };
  };

  const wrote = ({ view, result }: { readonly view: RequestView; readonly result: Written }): RequestView => {
    if (view.why !== undefined) masking.goOn(result, view.id, view.why);
    return view;
  };

  return {
    reveal: async (signature) => {
      const { view, result } = await carryOut(signature, 'reveal', allSound, async ({ document }) => {
        return { told: {}, result: await revealKey(openDoor(), document) };
      });
      return { view, value: result };
    },
    write: async (signature, typed) => {
      const sound = (document: DocumentOf<'write'>): void => assertTyped(typed, document);
      return wrote(await carryOut(signature, 'write', sound, ({ document }) => write(document, typed.value)));
    },
    generate: async (signature) =>
      wrote(
        await carryOut(signature, 'generate', allSound, ({ document }) =>
          write(document, draw(document.length, document.alphabet)),
        ),
      ),
    lease: async (signature) => {
      const { view, result } = await carryOut(signature, 'token', allSound, async ({ document }) => {
        const { kubeconfig, until, takeBack } = await lend(openDoor(), document, await options.cluster(), now);
        return { told: { leaseUntil: until.toISOString() }, result: kubeconfig, undo: takeBack };
      });
      return { view, kubeconfig: result };
    },
  };
}

const allSound = (): void => undefined;

function failureOf(id: string, error: unknown): CastellanError {
  if (error instanceof CastellanError) return error;
  return requestError('request-not-done', {
    message: `the signature for ${id} is spent, but it was not done: this is a fault of Castellan, and its log has more`,
    next: 'ask for it anew',
    cause: error,
  });
}
