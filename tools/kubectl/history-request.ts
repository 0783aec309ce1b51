import { z } from 'zod';
import {
  type ClusterReader,
  everybodysPast,
  goneRoot,
  type ObjectRef,
  type PastRoot,
  pastOf,
  podsSelected,
  type ResolvedTarget,
  refText,
  whats,
} from '../../src/cluster/index.ts';
import { CastellanError, type Page } from '../../src/kit/index.ts';
import { kubectlError } from './errors.ts';
import { parseMoment } from './fields.ts';
import type { KubectlPorts } from './port.ts';

/** What a question about the past asks for; the same for events and for changes. */
export interface HistoryInput {
  readonly target?: string | undefined;
  readonly namespace?: string | undefined;
  readonly selector?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly context?: string | undefined;
}

export interface HistoryRequest {
  readonly cluster: ClusterReader;
  readonly since: Date;
  readonly until: Date;
  readonly now: Date;
  readonly namespace: string | undefined;
  /** The object asked for. */
  readonly resolved: Pick<ResolvedTarget, 'kind' | 'object'> | undefined;
  /** Whose history is meant; undefined: everybody's. */
  readonly roots: readonly PastRoot[] | undefined;
  /** What the pods of the target are configured with. */
  readonly config: readonly ObjectRef[];
  readonly notes: readonly string[];
  /** How many rows the pages before had. */
  readonly skipped: number;
}

/** Where a cursor stands: behind this many rows of what was there to tell at that time. */
const positionShape = z.object({ offset: z.int(), at: z.int() });

interface Given {
  readonly ports: KubectlPorts;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly page: Page;
}

export async function readHistoryRequest(
  asked: HistoryInput,
  standardSince: string,
  { ports, signal, now: clock, page }: Given,
): Promise<HistoryRequest> {
  const position = positionShape.optional().parse(page.position);
  const now = position === undefined ? clock() : new Date(position.at);
  const since = new Date(Math.max(0, parseMoment(asked.since ?? standardSince, now).getTime()));
  const until = asked.until === undefined ? now : parseMoment(asked.until, now);
  if (since >= until) {
    throw kubectlError('arguments-conflict', {
      message: `since (${since.toISOString()}) is not before until (${until.toISOString()})`,
      next: 'give an earlier since, or leave until out for now',
    });
  }
  const cluster = ports.cluster.inContext(asked.context);
  const subject = await subjectOf(asked, { cluster, chronicle: ports.chronicle, now, signal });
  return { cluster, since, until, now, skipped: position?.offset ?? 0, ...subject };
}

interface Where extends Pick<HistoryRequest, 'cluster' | 'now'>, Pick<KubectlPorts, 'chronicle'> {
  readonly signal: AbortSignal;
}

type Subject = Pick<HistoryRequest, 'namespace' | 'resolved' | 'roots' | 'config' | 'notes'>;

async function subjectOf(
  { target, namespace, selector }: HistoryInput,
  { cluster, chronicle, now, signal }: Where,
): Promise<Subject> {
  const none = everybodysPast(namespace);
  if (target !== undefined && selector !== undefined) {
    throw kubectlError('arguments-conflict', {
      message: 'target and selector do not go together',
      next: 'give target (deploy/web, an app) or selector (app=web)',
    });
  }
  if (selector !== undefined) {
    const pods = await podsSelected({ cluster, namespace, selector, signal });
    const roots = pods.map(({ namespace: where, name }) =>
      chronicle.rootOf(cluster.context, { group: '', kind: 'Pod', namespace: where, name }),
    );
    const notes = pods.length === 0 ? [`no pod has ${selector} now; of those that had it, nothing can be told`] : [];
    return { ...none, roots: [...new Map(roots.map((root) => [refText(root), root])).values()], notes };
  }
  if (target === undefined) return none;
  try {
    return await pastOf({ cluster, chronicle, target, namespace, signal });
  } catch (error) {
    if (!(error instanceof CastellanError) || error.code !== 'target-not-found') throw error;
    const gone = await goneRoot({ cluster, target, namespace, signal });
    if (!(await isKnown([gone], { cluster, chronicle, now }))) throw error;
    return { ...none, roots: [gone], notes: [`there is no ${gone.name} now; this is what the chronicle knows of it`] };
  }
}

/** Whether the chronicle has anything of what the cluster no longer has. */
async function isKnown(
  roots: readonly PastRoot[],
  { cluster, chronicle, now }: Pick<HistoryRequest, 'cluster' | 'now'> & Pick<KubectlPorts, 'chronicle'>,
): Promise<boolean> {
  try {
    const { entries } = await chronicle.read({
      context: cluster.context,
      since: new Date(0),
      until: now,
      whats,
      roots,
    });
    return entries.length > 0;
  } catch (error) {
    if (error instanceof CastellanError) return false;
    throw error;
  }
}
