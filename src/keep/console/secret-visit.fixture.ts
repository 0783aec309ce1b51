import { createHash, randomBytes } from 'node:crypto';
import { createSoftApprover, type SoftApprover } from '../approvers/authenticator.fixture.ts';
import type { SecretSubject } from '../decisions/port.ts';
import { inventedRequest } from './invented-requests.fixture.ts';
import type { ConsoleOptions } from './options.ts';
import { type ScriptedConsole, startScriptedConsole } from './scripted-console.fixture.ts';
import { assertionOf, origin, type Visitor, visit } from './visitor.fixture.ts';

/** Ada before a console of invented requests, logged in, with everything that its log is told. */
export interface SecretVisit {
  readonly scripted: ScriptedConsole;
  readonly ada: SoftApprover;
  readonly visitor: Visitor;
  readonly lines: readonly string[];
}

/** What a console would have, from which overrides are made. */
export type Overriding = (options: ConsoleOptions) => Partial<ConsoleOptions>;

export async function visitWithSecrets(now: () => Date, overriding?: Overriding): Promise<SecretVisit> {
  const lines: string[] = [];
  const note = (fields: object, event: string) => void lines.push(`${event} ${JSON.stringify(fields)} ${told(fields)}`);
  const log = { info: note, warn: note, error: note };
  const common = { port: 0, origin, assets: '/nowhere', now };
  let scripted = await startScriptedConsole({ ...common, overrides: { log } });
  if (overriding !== undefined) {
    const overrides = { log, ...overriding(scripted.options) };
    await scripted[Symbol.asyncDispose]();
    scripted = await startScriptedConsole({ ...common, overrides });
  }
  const ada = createSoftApprover(scripted.options.relyingParty, 'ada');
  await scripted.rooms.enrolAsRoot(ada);
  const visitor = visit(scripted.console.port);
  await visitor.login(ada);
  return { scripted, ada, visitor, lines };
}

/** With what an error holds that JSON leaves out. */
const told = (fields: object): string => ('err' in fields && fields.err instanceof Error ? fields.err.message : '');

export const at = (name: string, deed = ''): string => `/api/requests/${inventedRequest(name)}${deed}`;

export interface Sealed {
  readonly document: string;
  readonly assertion: ReturnType<typeof assertionOf>;
}

export async function signFor(
  { visitor, ada }: Pick<SecretVisit, 'visitor' | 'ada'>,
  kind: SecretSubject['kind'],
  name: string,
  more: object = {},
): Promise<Sealed> {
  const { document, challenge } = await visitor.draft({ kind, request: inventedRequest(name), ...more });
  return { document, assertion: assertionOf(ada.approval.assert(challenge)) };
}

/** As the page does it. */
export function commit(value: string): { salt: string; commitment: string } {
  const salt = randomBytes(32);
  const commitment = createHash('sha256').update(salt).update(value, 'utf8').digest('hex');
  return { salt: salt.toString('base64url'), commitment };
}
