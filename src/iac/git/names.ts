import type { ObjectId } from '../repository.ts';
import { gitError } from './errors.ts';

const objectId = /^[0-9a-f]{40}$/;

export function isObjectId(text: string): boolean {
  return objectId.test(text);
}

/** Everything that goes to Git as an id passes here first: an id cannot be an option, a range or a name. */
export function assertObjectId(text: string): ObjectId {
  if (isObjectId(text)) return text;
  throw gitError('git-failed', {
    message: 'what should be a full object id is none',
    next: 'resolve a name to an id first; this is a defect of Castellan',
  });
}

/** What Git allows in the name of a branch or a tag, less what has another meaning in front of a command. */
export function isRefName(name: string): boolean {
  return (
    name.length > 0 &&
    name.length <= 250 &&
    !name.startsWith('-') &&
    !name.startsWith('refs/') &&
    name !== 'HEAD' &&
    name !== '@' &&
    !name.includes('..') &&
    !name.includes('@{') &&
    !/[\p{Cc}\p{Cf}\p{Zs}\p{Cs}~^:?*[\\]/u.test(name) &&
    name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock')) &&
    !name.endsWith('.')
  );
}

/** A ref of the keep's own: nothing else is ever written by name. */
export function keptName(name: string): string {
  if (isRefName(name)) return `refs/castellan/${name}`;
  throw gitError('git-failed', {
    message: 'what should be the name of a ref is none',
    next: 'this is a defect of Castellan',
  });
}
