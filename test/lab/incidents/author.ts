import { z } from 'zod';
import type { HomeService } from './home.ts';
import { loweredTo } from './outage.ts';

const skeleton = z.object({
  narrative: z.looseObject({
    title: z.string(),
    services: z.array(z.string()),
    namespaces: z.array(z.string()),
    impact: z.object({ duration: z.string().optional() }),
    detection: z.object({ by: z.string(), timeToDetect: z.string().optional() }),
    resolution: z.object({ timeToResolve: z.string().optional() }),
    recurrence: z.object({
      verdict: z.string(),
      of: z.array(z.string()),
      earlierActions: z.array(z.object({ id: z.string(), status: z.string() })),
    }),
  }),
  evidence: z.array(z.object({ id: z.string(), source: z.string(), status: z.string(), query: z.string() })),
});
export type Skeleton = z.output<typeof skeleton>;

/** The last thing in fences that an answer holds, as it was before it was fenced. */
function lastFenced(answer: string): string {
  const fences = [...answer.matchAll(/^--- untrusted [0-9a-f]+: [^\n]*\n([\s\S]*?)^--- end untrusted/gm)];
  return (fences.at(-1)?.[1] ?? '').replace(/^\| ?/gm, '');
}

export function readSkeleton(answer: string): Skeleton {
  return skeleton.parse(JSON.parse(lastFenced(answer)));
}

/** What the author cites, by what was asked for it, and the words that are quoted of it. */
export interface Cited {
  readonly changes: string;
  readonly events: string;
  readonly alerts: string;
  readonly absent: string;
  readonly healed: string;
  readonly replicas: string;
  readonly git: string;
  /** `revision 2: memory limit 64Mi → 48Mi`. */
  readonly rollout: string;
  /** RFC 3339, of the rollout and of the first kill. */
  readonly rolledOutAt: string;
  readonly killedAt: string;
}

export const titles = {
  lands: 'watch that the alert on containers killed for memory stays',
  stands: 'keep the resolver of the house in its stack',
  open: 'alert when the resolver answers nothing',
} as const;

/**
 * An author that knows nothing but the skeleton and the evidence it gathered: what a careful agent would write. `invented` is put
 * into the summary, and stands nowhere.
 */
export function writeNarrative(
  { narrative: known }: Skeleton,
  cited: Cited,
  { name, stack }: HomeService,
  due: string,
  invented?: string,
): object {
  const claim = (text: string, ...evidence: readonly string[]) => ({ text, evidence });
  const { changes, events, alerts, absent, healed, replicas, git, rollout, rolledOutAt, killedAt } = cited;
  const file = `stacks/${stack}/main.tf`;
  const test = (verify: object) => ({ owner: 'robin', due, status: 'open', automatable: false, verify });
  return {
    ...known,
    status: 'resolved',
    authors: ['robin'],
    summary: [
      claim(`${name} answered nothing while its containers were killed over a limit of ${loweredTo}.`, changes, events),
      ...(invented === undefined ? [] : [claim(invented, changes)]),
    ],
    impact: {
      ...known.impact,
      users: [],
      services: [claim(`${name} had 0 replicas available.`, replicas)],
      dataLoss: claim('The resolver keeps nothing; its deployment came back as it was.', healed),
    },
    cause: {
      steps: [
        {
          id: 'limit',
          claim: { ...claim(`The memory limit was lowered to ${loweredTo}, past Terraform.`, changes), quote: rollout },
          at: rolledOutAt,
          leadsTo: ['killed'],
        },
        {
          id: 'killed',
          claim: { ...claim('Every replica was killed for memory.', events), quote: 'OOMKilled' },
          at: killedAt,
          leadsTo: ['impact'],
        },
      ],
      ruledOut: [claim('A change in the repository: its log names the last apply and nothing of the limit.', git)],
      contributing: [claim('The deployment could be changed by hand, past its declaration.', changes)],
    },
    detection: {
      ...known.detection,
      how: claim('Alerts on killed containers were firing when a user told of it.', alerts),
      gap: { ...claim('No alert of its own told that names were not resolved.', absent), absence: true },
    },
    resolution: {
      ...known.resolution,
      steps: [claim('The limit was put back, and all replicas became available.', healed)],
    },
    recurrence: { ...known.recurrence, text: 'The resolver ran out of memory before.' },
    actions: [
      {
        ...test({ kind: 'alert-rule', name: 'PodOutOfMemory' }),
        title: titles.lands,
        type: 'monitor',
        class: 'detect',
        priority: 'P2',
      },
      {
        ...test({ kind: 'file-contains', path: file, text: name }),
        title: titles.stands,
        type: 'config',
        class: 'prevent',
        priority: 'P2',
        path: file,
      },
      {
        ...test({ kind: 'alert-rule', name: 'ResolverAnswersNothing' }),
        title: titles.open,
        type: 'alert',
        class: 'detect',
        priority: 'P1',
        draft: { language: 'yaml', text: 'alert: ResolverAnswersNothing\nexpr: absent(up{job="resolver"})\n' },
      },
    ],
    lessons: { well: ['The chronicle named the change.'], poorly: ['A user told of it.'], lucky: [] },
    clockNotes: [],
  };
}
