import type { EditReply, FieldWish } from '../../src/change/wire/edit.ts';
import { CastellanError, type Principal } from '../../src/kit/index.ts';
import type { DeniedCommand, DeniedWords } from './denied/port.ts';
import { readDeniedCommand } from './denied/read.ts';
import { editOf } from './edit-answer.ts';
import type { IacPorts } from './port.ts';
import { changesText } from './prepared-words.ts';
import { placeOf, refusalWords } from './refused-edit.ts';
import { says } from './says.ts';
import { placeText, plainName } from './words.ts';

/**
 * What a denied command comes to.
 *
 *  prepared  the edit of the source that does the same, kept under `patch`
 *  owner     the object stands in the source, and no edit of it is certain, or none was asked for
 *  none      nothing is known of it here
 */
export interface PreparedCommand {
  readonly outcome: 'prepared' | 'owner' | 'none';
  readonly patch?: string;
  readonly stack?: string;
  readonly says: readonly string[];
}

export interface AskedCommand extends DeniedWords {
  readonly ports: Pick<IacPorts, 'keep' | 'patches' | 'redactor'>;
  readonly principal: Principal;
  readonly signal: AbortSignal;
  readonly now: Date;
}

/** Errors: those of the keep and of the store. */
export async function preparedFor(asked: AskedCommand): Promise<PreparedCommand> {
  const denied = readDeniedCommand(asked);
  if (denied.is === 'none') return { outcome: 'none', says: says([`no edit was prepared: ${denied.why}`]) };
  return denied.is === 'look' ? whereItStands(denied, asked) : editFor(denied, asked);
}

type Edit = Extract<DeniedCommand, { is: 'edit' }>;
type Look = Extract<DeniedCommand, { is: 'look' }>;

async function whereItStands(denied: Look, { ports: { keep }, signal }: AskedCommand): Promise<PreparedCommand> {
  const { object } = await keep.ask({ verb: 'status', of: 'object', ...objectOf(denied) }, signal);
  if (object?.stack === undefined || object.place === undefined) {
    return {
      outcome: 'none',
      says: says([`no owner found: no stack makes ${nameText(denied)}, as far as its source says without running it`]),
    };
  }
  return {
    outcome: 'owner',
    stack: plainName(object.stack),
    says: says([
      `${nameText(denied)} stands at ${plainName(placeText(object.place))}, stack ${plainName(object.stack)}`,
      `call field_owner {target: "${targetText(denied)}"${within(denied)}}; with field and value it gives the diff`,
    ]),
  };
}

async function editFor(denied: Edit, asked: AskedCommand): Promise<PreparedCommand> {
  const { ports, signal } = asked;
  const request = {
    verb: 'status',
    of: 'edit',
    object: objectOf(denied),
    wishes: denied.wishes.map(({ path, value }) => ({ path: [...path], ...(value === undefined ? {} : { value }) })),
  } as const;
  const edit = editOf(await ports.keep.ask(request, signal));
  return edit.is === 'prepared' ? keptPatch(edit, denied, asked) : refusedCommand(edit, denied);
}

async function keptPatch(
  edit: Extract<EditReply, { is: 'prepared' }>,
  denied: Edit,
  { argv, ports: { patches, redactor }, principal, now }: AskedCommand,
): Promise<PreparedCommand> {
  const sent = sentIn(denied.wishes);
  const kept = { by: principal, stack: edit.stack, purpose: argv.join(' '), diff: edit.patch, sent, now };
  const place = plainName(placeText(edit.place));
  const stack = plainName(edit.stack);
  const patch = await patches.keep(kept).catch((error: unknown) => {
    if (error instanceof CastellanError && error.code === 'patch-holds-secret') return error;
    throw error;
  });
  if (patch instanceof CastellanError) {
    const lines = [`no edit was prepared: ${patch.message} (${place}, stack ${stack})`, patch.next];
    return { outcome: 'owner', stack, says: says(lines) };
  }
  // What the source said before was written by others, and leaves without a renderer; the rest the agent sent itself.
  const before = edit.changes.map((one) =>
    one.before === undefined ? one : { ...one, before: redactor.text(one.before).text },
  );
  const changes = redactor.echoing(sent).text(changesText({ ...edit, changes: before })).text;
  return {
    outcome: 'prepared',
    patch,
    stack,
    says: says([
      `prepared ${patch}: ${place} ${changes}`,
      `call change_propose {patch: "${patch}", reason: "…"}; a human signs it`,
      ...besides(denied),
    ]),
  };
}

function refusedCommand(edit: Extract<EditReply, { is: 'refused' }>, denied: Edit): PreparedCommand {
  const { why, next } = refusalWords(edit);
  const stack = edit.stack === undefined ? undefined : plainName(edit.stack);
  const isKnown = stack !== undefined && placeOf(edit) !== undefined;
  const owner = `call field_owner {target: "${targetText(denied)}"${within(denied)}}: it lists every field and its line`;
  return {
    outcome: isKnown ? 'owner' : 'none',
    ...(stack === undefined ? {} : { stack }),
    says: says([
      edit.why === 'no-owner' ? why : `no edit was prepared of ${nameText(denied)}: ${why}`,
      next,
      ...(isKnown ? [owner] : []),
    ]),
  };
}

/** What the command itself puts into the diff, so that a refusal tells nothing of it. */
function sentIn(wishes: readonly FieldWish[]): readonly string[] {
  return wishes.flatMap(({ value }) => (value === undefined ? [] : [String(value)]));
}

function besides({ besides: more }: Edit): readonly string[] {
  return more === undefined ? [] : [`not in it: ${more}`];
}

function objectOf({ kind, name, namespace }: Edit | Look) {
  return { kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

function nameText({ kind, name, namespace }: Edit | Look): string {
  return `${plainName(kind)} ${plainName(namespace === undefined ? name : `${namespace}/${name}`)}`;
}

function targetText({ kind, name }: Edit | Look): string {
  return kind === 'HelmRelease' ? `helm/${plainName(name)}` : `${plainName(kind)}/${plainName(name)}`;
}

function within({ namespace }: Edit | Look): string {
  return namespace === undefined ? '' : `, namespace: "${plainName(namespace)}"`;
}
