import { z } from 'zod';
import type { Queryable } from '../../store/database.ts';
import { incidentError } from '../errors.ts';
import { type Evidence, type EvidenceDraft, evidenceSources, precisions } from '../evidence.ts';
import { absent, anyText, digestOf, instant, invalid, jsonObject, prove, sha256, words } from './fields.ts';
import { nameOf, type Remembering } from './keys.ts';
import type { IncidentRecord } from './port.ts';
import { idPattern } from './record-id.ts';
import { reached } from './status.ts';
import { type RecordGround, write } from './writing.ts';

/** Of one piece, of one incident, of one call. */
const bounds = { payload: 65_536, rows: 500, pieces: 2_000, atOnce: 50, body: 524_288 } as const;

const rowShape = z.object({
  at: instant,
  precision: z.enum(precisions),
  until: instant.optional(),
  count: z.int().min(0).optional(),
  about: anyText(1_000).optional(),
  text: anyText(4_000),
  quote: anyText(bounds.payload).optional(),
  warning: z.boolean().optional(),
  change: z.boolean().optional(),
});

const asked = z.object({
  source: z.enum(evidenceSources),
  query: anyText(4_000),
  params: jsonObject,
  from: instant,
  to: instant,
  collectedAt: instant,
  status: z.enum(['ok', 'empty', 'error']),
  truncated: z.boolean(),
  problem: absent(anyText(4_000)),
  clockOffsetMs: absent(z.number()),
  rows: z.array(rowShape).max(bounds.rows).readonly(),
});

export const bodyShape = asked.extend({ sha256: z.string(), bytes: z.int(), by: words(500) });
const draftShape = asked.extend({ payload: anyText(bounds.payload) });

interface EvidenceRow {
  readonly id: string;
  readonly incident: string;
  readonly body: unknown;
}

function evidenceOf({ id, incident, body }: EvidenceRow): Evidence {
  return { ...bodyShape.parse(body), id, incident };
}

/** What an event binds of it, from the JSON that is kept; its payload is in there by its hash. */
export function evidenceDigest({ id, incident, body }: EvidenceRow): string {
  return digestOf({ id, incident, body });
}

export async function readEvidence(queryable: Queryable, incident: string): Promise<readonly Evidence[]> {
  const rows = await queryable.query<EvidenceRow>(
    'select id, incident, body from castellan.evidence where incident = $1 order by place',
    [incident],
  );
  return rows.map(evidenceOf);
}

/** Evidence is never changed, so an answer that was given is kept as its ids. */
const byIds: Remembering<readonly Evidence[]> = {
  keep: (evidence) => evidence.map(({ id }) => id),
  recall: async (kept, queryable) => {
    const ids = z.array(z.string()).parse(kept);
    const rows = await queryable.query<EvidenceRow>(
      `select id, incident, body from castellan.evidence where id = any ($1::text[]) order by place`,
      [ids],
    );
    return rows.map(evidenceOf);
  },
};

interface Prepared {
  readonly body: z.input<typeof bodyShape>;
  readonly payload: Uint8Array;
}

function prepare(draft: EvidenceDraft, index: number, by: string): Prepared {
  const { payload: text, ...rest } = prove(
    `evidence ${index + 1}`,
    draftShape,
    draft,
    bounds.body + 8 * bounds.payload,
  );
  if (!text.isWellFormed()) {
    throw invalid(`the payload of evidence ${index + 1} holds half of a character`, 'cut it between characters');
  }
  const payload = Buffer.from(text, 'utf8');
  if (payload.length > bounds.payload) {
    throw invalid(
      `the payload of evidence ${index + 1} has ${payload.length} bytes; ${bounds.payload} are kept`,
      'cut it',
    );
  }
  const body = { ...rest, sha256: sha256(payload), bytes: payload.length, by };
  if (Buffer.byteLength(JSON.stringify(body)) > bounds.body) {
    throw invalid(`the rows of evidence ${index + 1} have more than ${bounds.body} bytes`, 'send fewer of them');
  }
  return { body, payload };
}

export function createAddEvidence(ground: RecordGround): IncidentRecord['addEvidence'] {
  return async (incident, drafts, given) => {
    if (drafts.length === 0 || drafts.length > bounds.atOnce) {
      throw invalid(`there are ${drafts.length} pieces of evidence`, `send 1 to ${bounds.atOnce} at once`);
    }
    const by = nameOf(given.by);
    const prepared = drafts.map((draft, index) => prepare(draft, index, by));
    return write(ground, {
      incident,
      write: given,
      input: ['addEvidence', prepared.map(({ body }) => body)],
      remembering: byIds,
      work: async (transaction, state) => {
        const pieces = state.pieces + prepared.length;
        if (pieces > bounds.pieces) throw full(state.pieces);
        const rows = prepared.map((one) => ({ ...one, id: ground.newId('ev'), incident }));
        await transaction.query(
          `insert into castellan.evidence (id, incident, place, body, payload)
           select id, $1, $2::int4 + place::int4, body, payload
           from unnest($3::text[], $4::json[], $5::bytea[]) with ordinality as given (id, body, payload, place)`,
          [
            incident,
            state.pieces,
            rows.map(({ id }) => id),
            rows.map(({ body }) => JSON.stringify(body)),
            rows.map(({ payload }) => payload),
          ],
        );
        const sources = [...new Set(rows.map(({ body }) => body.source))];
        const looked = sources.some((source) => source !== 'triage') && state.incident.status !== 'open';
        const { status } = state.incident;
        return {
          incident: { ...state.incident, status: looked ? reached(status, 'investigating') : status },
          pieces,
          event: {
            kind: 'evidence',
            text: `${rows.length} from ${sources.join(', ')}`,
            evidence: rows.map(({ id }) => id),
            binds: Object.fromEntries(rows.map((row) => [row.id, evidenceDigest(row)])),
          },
          answer: () => rows.map(evidenceOf),
        };
      },
    });
  };
}

function full(pieces: number): Error {
  return incidentError('incident-full', {
    message: `the incident has ${pieces} pieces of evidence, and one has at most ${bounds.pieces}`,
    next: 'record what was found with the evidence there is; narrower windows and queries take fewer pieces',
  });
}

export function createPayloads({ database }: RecordGround): IncidentRecord['payloads'] {
  return async (ids) => {
    const texts = new Map<string, string>();
    const tampered: string[] = [];
    const known = [...new Set(ids.filter((id) => idPattern.ev.test(id)))];
    for (let from = 0; from < known.length; from += payloadsAtOnce) {
      const rows = await database.query<{ id: string; payload: Uint8Array; body: unknown }>(
        'select id, payload, body from castellan.evidence where id = any ($1::text[])',
        [known.slice(from, from + payloadsAtOnce)],
      );
      for (const { id, payload, body } of rows) {
        if (hashIn(body) === sha256(payload)) texts.set(id, Buffer.from(payload).toString('utf8'));
        else tampered.push(id);
      }
    }
    return { texts, tampered };
  };
}

const payloadsAtOnce = 100;
const hashed = z.object({ sha256: z.string() });

/** The hash that kept evidence says its payload has. */
export function hashIn(body: unknown): string | undefined {
  return hashed.safeParse(body).data?.sha256;
}

/** Errors: `evidence-unknown`. */
export async function assertEvidence(queryable: Queryable, incident: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const rows = await queryable.query<{ id: string }>(
    'select id from castellan.evidence where incident = $1 and id = any ($2::text[])',
    [incident, ids],
  );
  const known = new Set(rows.map(({ id }) => id));
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length === 0) return;
  throw incidentError('evidence-unknown', {
    message: `this incident has no evidence ${unknown.join(', ')}`,
    next: 'cite what incident_gather or incident_show gave for this incident',
  });
}
