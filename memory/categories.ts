import { distance } from 'fastest-levenshtein';
import type { Categories } from './engine.ts';
import { memoryError } from './errors.ts';

/**
 * One list of categories, and every other word for one is folded into it: of two twins, one would hide what lies under the other.
 * The plural, the singular, the case and the spaces of a word need no line here; a word that is neither is a line of `synonyms`.
 */
const canonical = [
  'facts',
  'preferences',
  'decisions',
  'conventions',
  'procedures',
  'gotchas',
  'incidents',
  'infrastructure',
  'services',
  'networking',
  'storage',
  'security',
  'projects',
  'people',
  'tasks',
  'sessions',
  'references',
] as const;

const synonyms: Readonly<Record<(typeof canonical)[number], readonly string[]>> = {
  facts: ['general', 'information', 'info', 'knowledge', 'note', 'misc', 'miscellaneous', 'other', 'observation'],
  preferences: ['pref', 'setting', 'style', 'like', 'taste'],
  decisions: ['choice', 'adr', 'rationale', 'architecture', 'design', 'trade-off'],
  conventions: ['rule', 'standard', 'policy', 'pattern', 'guideline', 'practice', 'best-practice'],
  procedures: [
    'how-to',
    'howto',
    'runbook',
    'playbook',
    'recipe',
    'instruction',
    'command',
    'workflow',
    'process',
    'guide',
  ],
  gotchas: [
    'bug',
    'pitfall',
    'caveat',
    'trap',
    'lesson',
    'lesson-learned',
    'learning',
    'workaround',
    'quirk',
    'fix',
    'warning',
  ],
  incidents: [
    'outage',
    'post-mortem',
    'postmortem',
    'failure',
    'alert',
    'problem',
    'root-cause',
    'debugging',
    'troubleshooting',
  ],
  infrastructure: [
    'infra',
    'cluster',
    'kubernetes',
    'k8s',
    'hardware',
    'host',
    'node',
    'server',
    'vm',
    'platform',
    'homelab',
  ],
  services: ['app', 'application', 'software', 'deployment', 'workload', 'tool', 'tooling', 'integration'],
  networking: ['network', 'dns', 'ingress', 'firewall', 'vpn', 'routing', 'proxy', 'certificate'],
  storage: ['backup', 'volume', 'pvc', 'disk', 'database', 'db', 'nas', 'data'],
  security: ['auth', 'authentication', 'authorization', 'access', 'permission', 'identity', 'vault'],
  projects: ['repo', 'repository', 'codebase', 'initiative', 'roadmap'],
  people: ['person', 'human', 'user', 'contact', 'family', 'team', 'household'],
  tasks: ['todo', 'to-do', 'follow-up', 'reminder', 'plan', 'goal', 'idea', 'next-step'],
  sessions: ['conversation', 'summary', 'session-summary', 'chat', 'log', 'journal', 'context', 'handoff'],
  references: ['link', 'url', 'doc', 'documentation', 'bookmark', 'resource', 'contract', 'source'],
};

export const standardCategories: Categories = {
  canonical,
  folds: new Map(Object.entries(synonyms).flatMap(([category, words]) => words.map((word) => [word, category]))),
  volatile: new Set(['incidents', 'sessions', 'tasks']),
  standard: 'facts',
};

/** As an operator extends them: more categories, and more words for one. What is here already stays. */
export function extendCategories(
  known: Categories,
  more: { readonly add?: readonly string[]; readonly fold?: Readonly<Record<string, string>> },
): Categories {
  const canonical = [...new Set([...known.canonical, ...(more.add ?? []).map(plainOf)])];
  const folds = new Map([...known.folds].filter(([word]) => !canonical.includes(word)));
  for (const [word, into] of Object.entries(more.fold ?? {})) {
    folds.set(plainOf(word), foldCategory({ ...known, canonical, folds }, into));
  }
  return { ...known, canonical, folds };
}

/** The category that is meant by a word. Errors: `memory-category`. */
export function foldCategory({ canonical, folds }: Categories, word: string): string {
  const plain = plainOf(word);
  const twins = [plain, ...numbersOf(plain)];
  for (const twin of twins) if (canonical.includes(twin)) return twin;
  for (const twin of twins) {
    const into = folds.get(twin);
    if (into !== undefined) return into;
  }
  // `database` is found behind `databases` above; `databse` is not.
  const known = [...canonical.map((name) => [name, name] as const), ...folds];
  const [nearest] = known
    .map(([name, category]) => ({ category, away: distance(plain, name) }))
    .filter(({ away }) => away <= Math.max(2, plain.length / 3))
    .sort((a, b) => a.away - b.away);
  throw memoryError('memory-category', {
    message: `there is no category ${JSON.stringify(plain.slice(0, 60))}${nearest === undefined ? '' : `; the nearest is ${nearest.category}`}`,
    next: `give one of: ${canonical.join(', ')}`,
  });
}

function plainOf(word: string): string {
  return word
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '-')
    .replace(/^-|-$/g, '');
}

/** The word in its other number, as English makes it. */
function numbersOf(word: string): readonly string[] {
  return [
    `${word}s`,
    `${word}es`,
    word.replace(/y$/, 'ies'),
    word.replace(/ies$/, 'y'),
    word.replace(/es$/, ''),
    word.replace(/s$/, ''),
  ].filter((other) => other !== word && other !== '');
}
