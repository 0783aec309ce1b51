import type { CommandSpec, OptionSpec } from './arguments.ts';

/** Every command of `memory-tool`, as its help and its parser know it. Only data: this is on the path of every prompt. */
const category: OptionSpec = { value: 'name', help: 'of this category' };
const tags: OptionSpec = { value: 'a,b', multiple: true, help: 'with all of these tags' };
const session: OptionSpec = { value: 'id', help: 'of this session' };

const written = {
  category: { value: 'name', help: 'facts, gotchas, decisions, …; facts unless said' },
  tags: { value: 'a,b', multiple: true, help: 'short words to filter by' },
  keywords: { value: 'words', help: 'words it should be found by and does not hold' },
  importance: { value: '0-1', help: 'how much it matters when two fit equally; .5 unless said' },
  visibility: { value: 'who', help: 'private, shared (with --readers) or public' },
  readers: { value: 'human:…', multiple: true, help: 'who else may read a shared one' },
  sensitive: { help: 'encrypt its text for humans; found by keywords and tags alone' },
  source: { value: 'text', help: 'where it comes from: a URL, a file, a change' },
  from: { value: 'date', help: 'since when it is true' },
  until: { value: 'date', help: 'until when it was true; of an update, open takes it back' },
  force: { help: 'store it though almost the same is there' },
} satisfies Readonly<Record<string, OptionSpec>>;

const link: OptionSpec = { value: 'type:id', multiple: true, help: 'supersedes, resolved-by, part-of or see-also' };
const many = 1_000;

export const commands: Readonly<Record<string, CommandSpec>> = {
  store: {
    summary: 'keep one memory',
    words: '"text" (or - to read it from stdin)',
    count: [1, 1],
    options: { ...written, session: { value: 'id', help: 'what was stored together' }, link },
    more: 'A memory is read alone later: say what it is about. It has at most 1,400 characters.',
    examples: [
      'memory-tool store "The NAS at 192.0.2.20 sleeps from 02:00 to 05:00: no backups then." --category facts --tags nas,backup',
      'memory-tool store "DNS moved to the router." --link supersedes:12',
      'cat note.txt | memory-tool store - --category gotchas',
    ],
  },
  recall: {
    summary: 'find what fits a question, best first',
    words: '"question"',
    count: [1, 1],
    options: {
      category,
      tags,
      session,
      since: { value: 'date', help: 'stored or changed since' },
      'as-of': { value: 'date', help: 'what was true then' },
      in: { value: 'names', multiple: true, help: 'where: memories, names of corpora, or all' },
      limit: { value: 'n', help: 'at most so many; 5 unless said' },
      expanded: { value: 'words', help: 'more words for the same, of less weight' },
      rerank: { help: 'have the best 30 ordered by the rerank endpoint' },
      budget: { value: 'bytes', help: 'how long the answer may be; 8,000 unless said' },
    },
    examples: [
      'memory-tool recall "why do backups fail at night"',
      'memory-tool recall "dns server" --as-of 2025-12-01 --json',
    ],
  },
  list: {
    summary: 'list what there is, newest first',
    words: 'nothing but options',
    count: [0, 0],
    options: {
      category,
      tags,
      session,
      source: { value: 'text', help: 'of exactly this source' },
      since: { value: 'date', help: 'stored or changed since' },
      visibility: { value: 'who', help: 'private, shared or public' },
      mine: { help: 'your own alone' },
      deleted: { help: 'deleted ones of your own, which `restore` brings back' },
      order: { value: 'how', help: 'newest, oldest or importance' },
      cursor: { value: 'cursor', help: 'where the last page said to go on' },
      budget: { value: 'bytes', help: 'how long the answer may be; 8,000 unless said' },
    },
    examples: ['memory-tool list --category gotchas', 'memory-tool list --deleted'],
  },
  get: {
    summary: 'show entries whole, with links and history',
    words: '<id…>',
    count: [1, many],
    options: { content: { help: 'the text of one entry and nothing else, for an editor or a pipe' } },
    examples: ['memory-tool get 12 15', 'memory-tool get 12 --content > note.txt'],
  },
  open: {
    summary: 'decrypt a sealed entry here, with a key of yours',
    words: '<id>',
    count: [1, 1],
    options: {
      identity: { value: 'file', help: 'your age key, as age-keygen wrote it' },
      sealed: { help: 'print what was sealed, for age or vault to open' },
    },
    more: 'The daemon cannot open it and never sees the key. What Vault sealed, Vault opens: the line is told.',
    examples: [
      'memory-tool open 12 --identity ~/.config/age/key.txt',
      'memory-tool open 12 --sealed | age -d -i key.txt',
    ],
  },
  update: {
    summary: 'change an entry; what it replaces is kept',
    words: '<id>',
    count: [1, 1],
    options: { ...written, content: { value: 'text|-', help: 'the whole new text, or - for stdin' } },
    more: 'The text is replaced whole: get it with `get <id> --content`, edit that, and give all of it back.',
    examples: [
      'memory-tool get 12 --content > note.txt; $EDITOR note.txt; memory-tool update 12 --content - < note.txt',
      'memory-tool update 12 --until 2026-03-01',
    ],
  },
  link: {
    summary: 'tie an entry to others',
    words: '<id> <type:id…>',
    count: [1, many],
    options: { remove: { value: 'type:id', multiple: true, help: 'take this link away' } },
    examples: ['memory-tool link 31 supersedes:12', 'memory-tool link 12 resolved-by:31 see-also:7'],
  },
  delete: {
    summary: 'take entries out of sight; `restore` brings them back',
    words: '<id…>',
    count: [1, many],
    options: {},
    examples: ['memory-tool delete 12'],
  },
  restore: {
    summary: 'bring deleted entries back',
    words: '<id…>',
    count: [1, many],
    options: {},
    examples: ['memory-tool restore 12'],
  },
  erase: {
    summary: 'remove entries and their history for good',
    words: '<id…>',
    count: [1, many],
    options: { yes: { help: 'do not ask' } },
    more: 'Asking guards against slips and against nothing else: whatever runs as you can answer for you.',
    examples: ['memory-tool erase 12'],
  },
  stats: {
    summary: 'say how much is kept, and of what',
    words: 'nothing but options',
    count: [0, 0],
    options: {},
    examples: ['memory-tool stats --json'],
  },
  export: {
    summary: 'write your entries to files',
    words: 'nothing but options',
    count: [0, 0],
    options: {
      format: { value: 'how', help: 'markdown, one file an entry (unless said), or jsonl' },
      to: { value: 'place', help: 'a folder for markdown, a file or - for jsonl' },
      force: { help: 'write over files that were changed by hand and not imported' },
    },
    more: 'The same entries give the same bytes: a folder under git shows what changed and nothing else.',
    examples: [
      'memory-tool export --to memories',
      'memory-tool export --format jsonl --to - | gzip > memories.jsonl.gz',
    ],
  },
  import: {
    summary: 'read entries from files',
    words: '<file or folder>',
    count: [1, 1],
    options: {
      format: { value: 'how', help: 'markdown or jsonl; told by the name unless said' },
      'dry-run': { help: 'say what would be done, and store nothing' },
    },
    more: 'A file that was exported and changed updates its entry. Doing it again stores nothing twice.',
    examples: ['memory-tool import memories', 'memory-tool import claude-memory.jsonl'],
  },
  reembed: {
    summary: 'make the vectors of every entry anew',
    words: 'nothing but options',
    count: [0, 0],
    options: {},
    examples: ['memory-tool reembed'],
  },
  bench: {
    summary: 'measure recall on your own store',
    words: 'nothing but options',
    count: [0, 0],
    options: {},
    examples: ['memory-tool bench', 'memory-tool bench --json > before.json'],
  },
  doctor: {
    summary: 'say whether memory works and what it can do',
    words: 'nothing but options',
    count: [0, 0],
    options: {},
    examples: ['memory-tool doctor'],
  },
  'hook recall': hook('give an agent what fits its prompt (UserPromptSubmit)'),
  'hook learn': {
    ...hook('keep what was said to be kept (Stop); off unless `memory: {learning: true}`'),
    options: { enable: { help: 'do it though castellan.yaml does not say so' } },
  },
  'hook precompact': hook('note that what was shown is about to be forgotten (PreCompact)'),
  'hook session-start': hook('give again what a compaction took away (SessionStart)'),
  'hook briefing': hook('tell a session what is wrong, waits and changed (SessionStart)'),
};

function hook(summary: string): CommandSpec {
  return {
    summary,
    words: 'nothing but options, and the event as JSON on stdin',
    count: [0, 0],
    options: {},
    more: 'Called by Claude Code (hooks/hooks.json). Whatever goes wrong, it is silent, ends with 0 and writes one line to hooks/hooks.log in the data directory.',
    examples: [],
  };
}
