import { messageTemplate } from '../logs/message-template.ts';

const longest = 500;

/** What controllers add to a name, two parts or one; none has a vowel, and some have no digit either. */
const suffixes = /-[bcdfghjklmnpqrstvwxz2456789]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}(?![\w-])/g;
const ownSuffix = /@(?:-[bcdfghjklmnpqrstvwxz2456789]{5,10}){1,2}(?![\w-])/g;

/**
 * What an event says, without what differs each time it is said. `names`: what it is about; of another object it says the
 * same where only these differ.
 */
export function templateOf(message: string, names: readonly string[]): string {
  const unnamed = [...names]
    .filter((name) => name.length > 1)
    .sort((a, b) => b.length - a.length)
    .reduce((text, name) => text.replaceAll(name, '@'), message.slice(0, longest));
  const said = unnamed.replace(/^\(combined from similar events\): /, '').replace(suffixes, '-#');
  return messageTemplate(said.replace(ownSuffix, '@'));
}
