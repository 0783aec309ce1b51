import type { RequestView, SecretWish } from '../../../src/change/wire/secret.ts';
import type { RequestPage } from '../../../src/keep/console/api.ts';
import { exactTime } from '../text/time.ts';
import { plural, type Tone } from '../text/words.ts';

/** What requests of secrets are called on the page. */
const titles: Readonly<Record<SecretWish['kind'], string>> = {
  reveal: 'Show a value',
  write: 'Write a value',
  generate: 'Draw a value',
  lease: 'Lend a kubeconfig',
};
export const titleOf = ({ wish }: Pick<RequestView, 'wish'>): string => titles[wish.kind];

const done: Readonly<Record<SecretWish['kind'], string>> = {
  reveal: 'shown',
  write: 'written',
  generate: 'drawn',
  lease: 'lent',
};

const states: Readonly<Record<RequestView['state'], readonly [string, Tone]>> = {
  waiting: ['waits for you', 'wait'],
  signed: ['signed', 'going'],
  done: ['done', 'good'],
  rejected: ['rejected', 'over'],
  expired: ['expired', 'over'],
  withdrawn: ['withdrawn', 'over'],
  failed: ['failed', 'bad'],
};
export function stateOf({ state, wish }: Pick<RequestView, 'state' | 'wish'>): { words: string; tone: Tone } {
  const [words, tone] = states[state];
  return { words: state === 'done' ? done[wish.kind] : words, tone };
}

export type Verb = RequestPage['may'][number];
export const labels: Readonly<Record<Verb, string>> = {
  reveal: 'Show it with passkey',
  write: 'Write it with passkey',
  generate: 'Draw it with passkey',
  token: 'Lend it with passkey',
  reject: 'Reject…',
};

const kinds: Readonly<Record<string, string>> = { reveal: 'show', generate: 'draw', token: 'lend' };
/** Of a decision, as its button had it. */
export const decisionWords = (kind: string): string => kinds[kind] ?? kind.replaceAll('-', ' ');

/** `secret/apps/mail#password`; of a lease its role and namespace. */
export function aboutOf({ wish }: Pick<RequestView, 'wish'>): string {
  if (wish.kind !== 'lease') return `${wish.of.mount}/${wish.of.path}#${wish.of.key}`;
  return `${wish.role} in ${wish.clusterWide ? 'the whole cluster' : wish.namespace}`;
}

const alphabetWords = {
  'letters-digits': 'letters and digits',
  'letters-digits-symbols': 'letters, digits and symbols',
  hex: 'hexadecimal digits',
  base64url: 'letters, digits, - and _',
  digits: 'digits only',
} as const;

/** What a signature does, and what the agent learns of it. */
export function effectOf({ wish }: Pick<RequestView, 'wish'>): string {
  switch (wish.kind) {
    case 'reveal':
      return 'You are shown the value on this page, once, for a minute. The agent is told that you were, and not the value.';
    case 'write':
      return 'You type the value here and the keep writes it to Vault. The agent is told the number of the version, and not the value.';
    case 'generate':
      return `The keep draws ${wish.length} characters (${alphabetWords[wish.alphabet]}) and writes them to Vault. Nobody is shown them, you neither.`;
    case 'lease':
      return `You are handed a kubeconfig, once, that ends by itself after ${spanOf(wish.minutes)}. The agent is told that you were, and gets nothing.`;
  }
}

export function spanOf(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return plural(minutes, 'minute');
  return minutes % 60 === 0 ? plural(hours, 'hour') : `${plural(hours, 'hour')} ${plural(minutes % 60, 'minute')}`;
}

/** The version that is shown, or written over. */
export const versionOf = ({ wish, version }: Pick<RequestView, 'wish' | 'version'>): number | undefined =>
  wish.kind === 'reveal' ? (wish.of.version ?? version) : version;

/** What came of it, once it is over; empty while it waits. */
export function outcomeOf({ state, wish, by = 'somebody', madeVersion, leaseUntil }: RequestView): string {
  switch (state) {
    case 'waiting':
      return '';
    case 'signed':
      return `Signed by ${by}, and being carried out.`;
    case 'rejected':
      return `Rejected by ${by}.`;
    case 'expired':
      return 'Nobody decided in time.';
    case 'withdrawn':
      return 'Taken back by whoever asked.';
    case 'failed':
      return 'It was not done. To be done still, it has to be asked for again.';
    case 'done':
      if (wish.kind === 'reveal') return `The value was shown to ${by}, and is not shown again.`;
      if (wish.kind === 'lease') {
        return `A kubeconfig was handed to ${by}${leaseUntil === undefined ? '' : `; it ends ${exactTime(leaseUntil)}`}.`;
      }
      return `${wish.kind === 'write' ? 'Written' : 'Drawn and written'}${madeVersion === undefined ? '' : ` as version ${madeVersion}`}, signed by ${by}.`;
  }
}

const longestReason = 2_000;
/** Words of an agent, as many as anybody reads; how many are left out is said. */
export function capped(text: string): { text: string; more: number } {
  const letters = [...text];
  return { text: letters.slice(0, longestReason).join(''), more: Math.max(0, letters.length - longestReason) };
}

/** What a slip of the keyboard or the clipboard would leave, in words; nothing of the value itself. */
export function lookOfTyped(value: string): string {
  if (value === '') return '';
  const lines = value.split('\n').length;
  const size = `${plural([...value].length, 'character')}${lines > 1 ? ` in ${plural(lines, 'line')}` : ''}`;
  if (value.trim() === '') return `${size}, all of them blank`;
  if (value.trim() !== value) return `${size}, with blanks or line breaks at its ends`;
  return size;
}
