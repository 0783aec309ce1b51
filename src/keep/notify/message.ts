import type { Notice } from './port.ts';

/** What a notice is in words: ours, an id and a link, whatever an agent or the repository would like it to say. */
export interface Message {
  readonly title: string;
  readonly text: string;
  readonly url: string;
  readonly id: string;
  readonly what: Notice['what'];
  readonly urgent: boolean;
}

const titles: Readonly<Record<Notice['what'], string>> = {
  'awaiting-approval': 'A change waits for approval',
  'needs-consent': 'A proposal waits for consent',
  applied: 'A change was applied',
  failed: 'A change was not applied as it was signed',
  interrupted: 'An apply was interrupted',
  'failed-expectation': 'A change was applied, and what was expected does not hold',
  'landing-failed': 'A change was applied and could not be landed',
  'foreign-apply': 'Something was applied that nobody signed here',
  'break-glass': 'A change was signed by break-glass',
  'secret-request': 'A human is asked for a secret',
  'wrapping-used': 'A secret that was wrapped for a human was opened by somebody else',
};

/** Ids of ours, and names of folders as they are in most repositories. */
const plainId = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;
const longestId = 100;

export function messageOf({ what, id, urgent }: Notice, origin: string): Message {
  const title = titles[what];
  // A folder may be called anything, a sentence to whoever reads it among them.
  const named = plainId.test(id) && id.length <= longestId ? id : undefined;
  return {
    what,
    urgent,
    title,
    id: named ?? '',
    text: named === undefined ? title : `${title}: ${named}`,
    url: named === undefined ? `${origin}/` : `${origin}/#/${named}`,
  };
}
