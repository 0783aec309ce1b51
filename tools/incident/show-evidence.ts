import { incidentError } from '../../src/incident/errors.ts';
import type { Dossier } from '../../src/incident/record/port.ts';
import { type Answer, table, text, Untrusted } from '../../src/kit/index.ts';
import { evidenceHead, sliceOf } from './evidence-blocks.ts';
import { gapsOf } from './gaps.ts';
import { wordsOf } from './given.ts';
import { bytesBefore, roomBeside, skippedBy } from './paging.ts';
import type { Asked, Showing } from './show.ts';
import { plainWriter, quoted, stampText, statusText, told } from './words.ts';

export function evidenceAnswer(dossier: Dossier, { limit }: Asked, { page, now }: Showing): Answer {
  const { evidence } = dossier;
  const skip = skippedBy(page);
  return table({
    asOf: now(),
    coverage: { covered: `evidence of ${dossier.incident.id}`, missing: gapsOf(dossier) },
    headline: evidence.length === 0 ? 'NONE: nothing was gathered yet' : `${evidence.length} pieces`,
    columns: ['id', 'source', 'status', 'from', 'to', 'rows', 'bytes', 'sha256', 'by', 'query', 'problem'],
    rows: evidence
      .slice(skip, skip + (limit ?? 100))
      .map((one) => [
        one.id,
        one.source,
        one.status === 'ok' ? 'ok' : one.status.toUpperCase(),
        stampText(one.from),
        stampText(one.to),
        one.rows.length,
        one.bytes,
        one.sha256.slice(0, 12),
        plainWriter(one.by),
        told(one.query, 160),
        quoted(one.problem, 160),
      ]),
    total: evidence.length,
    skipped: skip,
    continueAt: (shown) => page.mint({ skip: shown }),
    notes: ['what one says: evidence=ev_…; EMPTY may be cited for an absence, ERROR for nothing'],
  });
}

/** A slice of the bytes that were kept, fenced; the rest by its cursor. */
export async function payloadAnswer(
  asked: string,
  dossier: Dossier,
  { ports, page, room, now }: Showing,
): Promise<Answer> {
  const [id, ...more] = wordsOf(asked);
  if (id === undefined || more.length > 0) throw unknown('payloads are read one at a time', 'give one evidence=ev_…');
  const evidence = dossier.evidence.find((one) => one.id === id);
  if (evidence === undefined)
    throw unknown(`${dossier.incident.id} has no evidence ${id}`, 'see incident_show part=evidence');
  const { texts, tampered } = await ports.record.payloads([id]);
  const whole = texts.get(id);
  if (whole === undefined || tampered.includes(id)) {
    return text({
      asOf: evidence.collectedAt,
      coverage: { covered: id, missing: [{ what: 'its payload', why: 'its bytes do not match their hash' }] },
      headline: 'TAMPERED: the bytes that are stored are not the ones that were gathered; nothing of them is shown',
      blocks: evidenceHead(evidence),
    });
  }
  const head = evidenceHead(evidence);
  const from = bytesBefore(page);
  const { text: slice, next } = sliceOf(whole, from, roomBeside(head, room));
  return text({
    asOf: evidence.collectedAt,
    coverage: {
      covered: `bytes ${from} to ${next ?? evidence.bytes} of ${evidence.bytes}, held against their hash ${stampText(now())}`,
    },
    headline: `${evidence.id}${evidence.status === 'ok' ? '' : `: ${statusText(evidence.status)}`}`,
    blocks: [...head, ...(slice === '' ? [] : [new Untrusted(slice)])],
    ...(next === undefined ? {} : { nextCursor: page.mint({ byte: next }) }),
  });
}

function unknown(message: string, next: string): Error {
  return incidentError('evidence-unknown', { message, next });
}
