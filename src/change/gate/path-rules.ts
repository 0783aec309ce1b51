import { foldedPart } from './path-names.ts';

/** What a path must not be, whatever is consented: it would mean one thing to whoever reads it and another to a program. */
interface PathRule {
  readonly id: string;
  readonly sentence: string;
  breaks(path: string): boolean;
}

const longestPath = 400;
const longestPart = 255;

/** `.git` also as Windows' short name for it. */
const gitFolder = /^(\.git|git~\d+)$/;

export const denyingPathRules: readonly PathRule[] = [
  {
    id: 'edit-path-long',
    sentence: `is longer than ${longestPath} bytes, or a part of it than ${longestPart}: choose a shorter path`,
    breaks: (path) =>
      Buffer.byteLength(path) > longestPath || path.split('/').some((part) => Buffer.byteLength(part) > longestPart),
  },
  {
    id: 'edit-path-characters',
    sentence:
      'has control, invisible, ambiguous or undecodable characters, a backslash or a colon: use letters that look like themselves',
    breaks: (path) =>
      /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\\:\ufffd]|(?! )\p{Zs}/u.test(path) ||
      path.normalize('NFC') !== path,
  },
  {
    id: 'edit-path-shape',
    sentence:
      'is absolute, goes through `.` or `..`, or has a part that is empty or ends in a dot or a space: write it plainly',
    breaks: (path) => path.split('/').some((part) => part === '' || /[. ]$|^ /.test(part)),
  },
  {
    id: 'edit-path-git',
    sentence: 'reaches into what some file system takes for git’s own folder: nothing there can be proposed',
    breaks: (path) => path.split('/').some((part) => gitFolder.test(foldedPart(part))),
  },
];

/** Letters of other scripts can look like plain ones, in a folder's name above all. */
export const looksForeign = (path: string): boolean => /[^\x20-\x7e]/.test(path);
