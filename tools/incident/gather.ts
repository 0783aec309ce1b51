import { z } from 'zod';
import { incidentError } from '../../src/incident/errors.ts';
import { type EvidenceDraft, evidenceSources } from '../../src/incident/evidence.ts';
import { CastellanError, text, toolsFor, Untrusted } from '../../src/kit/index.ts';
import { evidenceHead, sliceOf } from './evidence-blocks.ts';
import { fields } from './fields.ts';
import { momentOf } from './moment.ts';
import { roomBeside } from './paging.ts';
import type { IncidentPorts } from './port.ts';
import { callText } from './words.ts';
import { writeOf } from './write.ts';

const { defineTool } = toolsFor<IncidentPorts>();

const asked = evidenceSources.filter((source) => source !== 'triage' && source !== 'note');

const input = z.strictObject({
  incident: fields.incident,
  source: z.enum(asked).describe('what is asked'),
  target: fields.line.optional().describe('deploy/web, app, host:port, URL'),
  namespace: fields.namespace.optional().describe('of the target'),
  query: fields.words.optional().describe('PromQL, LogQL, regex, repo path'),
  since: fields.moment.optional().describe('3h, RFC 3339; else its window'),
  until: fields.moment.optional().describe('like since'),
  limit: fields.limit.describe('rows'),
  context: fields.line.optional().describe('of kubeconfig'),
  key: fields.key,
  budget: fields.budget,
});
type Asked = z.output<typeof input>;

/** A little less than a client waits, so that what came so far is still recorded. */
const longestMs = 35_000;

export const gather = defineTool({
  name: 'incident_gather',
  title: 'Gather evidence',
  description:
    'Asks one source and keeps what it said as evidence, hashed; gives the id to cite. Empty may be cited for an absence, an error for nothing.',
  effect: 'record',
  input,
  async run(given, { ports, principal, signal, now, progress, room }) {
    const { record } = ports;
    const incident = await record.get(given.incident);
    const request = requestOf(given, { window: incident.window, now: now(), redact: ports.redact });
    progress(`asking ${given.source}`);
    const draft = await gathered(given.source, request, { ports, signal, now: now() });
    const [evidence] = await record.addEvidence(
      incident.id,
      [draft],
      writeOf('incident_gather', given, principal, now()),
    );
    if (evidence === undefined) throw new Error('the record kept no evidence and said nothing of it');
    // Of a key that was sent before: what was kept then, not what was seen now.
    const kept = (await record.payloads([evidence.id])).texts.get(evidence.id) ?? '';
    const head = evidenceHead(evidence);
    const { text: excerpt, next } = sliceOf(kept, 0, roomBeside(head, room));
    return text({
      asOf: evidence.collectedAt,
      coverage: {
        covered: `${evidence.source}, for ${incident.id}`,
        missing:
          evidence.status === 'error'
            ? [{ what: evidence.source, why: 'it could not be asked; the problem stands below' }]
            : [],
      },
      headline: headlineOf(evidence.status, evidence.id),
      blocks: [...head, ...(excerpt === '' ? [] : [new Untrusted(excerpt)])],
      notes: [
        ...(next === undefined
          ? []
          : [
              `the rest: ${callText('incident_show', { incident: incident.id, part: 'evidence', evidence: evidence.id })}`,
            ]),
        ...(evidence.truncated ? ['there was more than is kept: narrow the window or the query'] : []),
      ],
    });
  },
});

function headlineOf(status: EvidenceDraft['status'], id: string): string {
  if (status === 'error') return `NOT KNOWN: kept as ${id}, which stands for no absence`;
  if (status === 'empty') return `NOTHING THERE: kept as ${id}, which may be cited for the absence`;
  return `kept as ${id}`;
}

interface Bounds {
  readonly window: { readonly from: Date; readonly to: Date | undefined };
  readonly now: Date;
  readonly redact: (text: string) => string;
}

function requestOf(given: Asked, { window, now, redact }: Bounds) {
  const from = given.since === undefined ? window.from : momentOf(given.since, now);
  // Whoever says since when means until now, also when the incident is over.
  const usual = given.since === undefined ? window.to : undefined;
  const until = given.until === undefined ? usual : momentOf(given.until, now);
  const to = until !== undefined && until < now ? until : now;
  if (from >= to) {
    throw incidentError('incident-argument-invalid', {
      message: 'the window is empty: since is not before until',
      next: 'give since before until, like since=3h',
    });
  }
  const clean = (word: string | undefined): string | undefined => (word === undefined ? undefined : redact(word));
  return {
    target: clean(given.target),
    namespace: given.namespace,
    context: given.context,
    query: clean(given.query),
    window: { from, to },
    limit: given.limit ?? 200,
  };
}

interface Way {
  readonly ports: IncidentPorts;
  readonly signal: AbortSignal;
  readonly now: Date;
}

/** Whatever comes of it is evidence; only a request that makes no sense, and a client that hung up, are not. */
async function gathered(
  name: Asked['source'],
  request: ReturnType<typeof requestOf>,
  { ports, signal, now }: Way,
): Promise<EvidenceDraft> {
  const source = ports.sources.get(name);
  if (source === undefined) return unasked(name, request, now, 'this daemon has no such source');
  try {
    return await source.gather(request, { signal: AbortSignal.any([signal, AbortSignal.timeout(longestMs)]), now });
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof CastellanError && error.code === 'incident-argument-invalid') throw error;
    if (error instanceof CastellanError) return unasked(name, request, now, error.message);
    if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
      return unasked(name, request, now, `it did not answer within ${longestMs / 1_000} s`);
    }
    throw error;
  }
}

function unasked(
  source: Asked['source'],
  request: ReturnType<typeof requestOf>,
  now: Date,
  problem: string,
): EvidenceDraft {
  const { target, namespace, query, window } = request;
  const parts = [target, namespace === undefined ? undefined : `namespace ${namespace}`, query];
  return {
    source,
    query: [source, ...parts.filter((part) => part !== undefined)].join(' '),
    params: { target: target ?? null, namespace: namespace ?? null, query: query ?? null },
    from: window.from,
    to: window.to,
    collectedAt: now,
    status: 'error',
    payload: '',
    truncated: false,
    problem,
    clockOffsetMs: undefined,
    rows: [],
  };
}
