import { placeToDecide } from '../../src/change/wire/keep-port.ts';
import type { RequestView, SecretReference, SecretWish } from '../../src/change/wire/secret.ts';
import { type Answer, oneLine, text } from '../../src/kit/index.ts';
import type { FollowedRequest } from './requests.ts';
import { agentBlock, agoText, keepNotes, plainName } from './words.ts';

export interface ToldRequest extends FollowedRequest {
  readonly now: Date;
}

/** A request as an agent reads it: its state, never what it is about holds. */
export function requestAnswer({ request, keep, now }: ToldRequest): Answer {
  const { id, wish, reason, words, why } = request;
  return text({
    asOf: now,
    coverage: { covered: `${id}, by ${plainName(request.agent)} for ${plainName(request.human)}` },
    // The state first: behind `#password` a colon would make it look like the value, and redaction would take it away.
    headline: `${id} ${stateText(request, now)} · ${wishText(wish)}`,
    blocks: agentBlock([
      `asked because: ${oneLine(reason, 1_000)}`,
      ...(words === undefined ? [] : [`the human who rejected it wrote: ${oneLine(words, 2_000)}`]),
      ...(why === undefined ? [] : [`why: ${oneLine(why, 600)}`]),
    ]),
    notes: [nextStep(request, placeToDecide(keep, id)), 'no answer ever holds the value', ...keepNotes(keep, now)],
  });
}

/** `reveal secret/apps/mail#password`. The names are those of the wire, which are no sentences. */
export function wishText(wish: SecretWish): string {
  if (wish.kind !== 'lease') return `${wish.kind} ${referenceText(wish.of)}`;
  const where = wish.clusterWide ? 'the whole cluster' : `namespace ${plainName(wish.namespace)}`;
  return `lease a kubeconfig as ${plainName(wish.role)} for ${where}, ${wish.minutes} min`;
}

function referenceText({ mount, path, key = '', version }: SecretReference): string {
  return `${plainName(`${mount}/${path}`)}#${plainName(key)}${version === undefined ? '' : `@${version}`}`;
}

function stateText({ state, changedAt, by, madeVersion, leaseUntil, expiresAt }: RequestView, now: Date): string {
  const who = by === undefined ? 'a human' : plainName(by);
  switch (state) {
    case 'waiting':
      return `WAITS FOR A HUMAN${expiresAt === undefined ? '' : ` until ${plainName(expiresAt)}`}; nothing was done`;
    case 'signed':
      return `signed by ${who}, being carried out`;
    case 'done':
      return [
        `done by ${who} ${agoText(changedAt, now)}`,
        ...(madeVersion === undefined ? [] : [`made version ${madeVersion}`]),
        ...(leaseUntil === undefined ? [] : [`the lease ends ${plainName(leaseUntil)}`]),
      ].join('; ');
    case 'failed':
      return `FAILED ${agoText(changedAt, now)}`;
    case 'rejected':
      return `REJECTED by ${who} ${agoText(changedAt, now)}`;
    case 'expired':
      return 'EXPIRED: nobody answered in time; nothing was done';
    case 'withdrawn':
      return `withdrawn ${agoText(changedAt, now)}; nothing was done`;
  }
}

function nextStep({ id, state, wish }: RequestView, link: string): string {
  switch (state) {
    case 'waiting':
      return `next: tell your human to answer at ${link}; you cannot. Then change_status id=${id}, no more often than every 30 s`;
    case 'signed':
      return `next: change_status id=${id}`;
    case 'rejected':
      return 'next: read the words above; the same again is refused';
    case 'expired':
    case 'failed':
      return 'next: ask again with secret_request if it is still needed';
    case 'done':
      return wish.kind === 'write' || wish.kind === 'generate'
        ? 'next: vault_consumers of it tells who has to be restarted'
        : 'next: nothing, it is over: the human has it';
    case 'withdrawn':
      return 'next: nothing, it is over';
  }
}
