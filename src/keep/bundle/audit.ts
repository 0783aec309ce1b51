import { z } from 'zod';
import { type Signature, signedDocument } from '../../change/document/documents.ts';
import type { Bundle } from './bundle.ts';
import type { Checks } from './checks.ts';

const call = z.object({ kind: z.literal('call'), at: z.iso.datetime(), tool: z.string(), correlation: z.string() });

/**
 * The audit's rows: that they stand in one order, link to each other where they touch, and are those that were signed over. What
 * each row's own hash says needs the key, which only the keep has.
 */
export function checkAudit(checks: Checks, bundle: Bundle): void {
  const { rows, heads } = bundle.audit;
  checks.proved('audit order', flawOfLinks(bundle), `${rows.length} rows stand in the order of their chains`);
  const places = new Map([...rows, ...heads].map(({ epoch, seq, hash }) => [`${epoch} ${seq}`, hash]));
  const signed = bundle.changes.flatMap(({ signatures }) => signatures.flatMap(headsIn));
  const contradicted = signed.filter(({ epoch, seq, hash }) => (places.get(`${epoch} ${seq}`) ?? hash) !== hash);
  const missing = signed.filter(({ epoch, seq }) => !places.has(`${epoch} ${seq}`));
  if (contradicted.length > 0)
    checks.fail('audit heads', 'a row is not the one that was signed over: the chain was written anew');
  else if (missing.length > 0)
    checks.unknown('audit heads', `${missing.length} rows that were signed over are not in the bundle`);
  else if (signed.length > 0) checks.pass('audit heads', 'the rows that were signed over are in the bundle');
  const tools = rows.flatMap(({ entry }) => {
    const read = call.safeParse(entry).data;
    return read === undefined ? [] : [`${read.tool} ${read.correlation}`];
  });
  for (const { id, apply } of bundle.changes) {
    if (apply === null) continue;
    const [approved, applying] = ['approved', 'applying'].map((state) => tools.indexOf(`keep.change.${state} ${id}`));
    const flaw =
      approved === -1 || applying === -1
        ? 'the audit has no row of its approval, or of its apply'
        : (approved ?? 0) < (applying ?? 0)
          ? undefined
          : 'by the audit it was applied before it was approved';
    checks.proved(`${id} audit`, flaw, 'by the audit it was approved, and then applied');
  }
  checks.unknown('audit hashes', 'only the key of the keep proves the rows themselves: castellan audit verify, there');
}

function flawOfLinks({ audit: { rows, heads } }: Bundle): string | undefined {
  for (const [index, row] of rows.entries()) {
    const before = rows[index - 1];
    if (before === undefined || before.epoch !== row.epoch) {
      if (before !== undefined && before.epoch > row.epoch) return 'its chains are out of order';
      continue;
    }
    if (row.seq <= before.seq) return `row ${row.seq} comes after row ${before.seq}`;
    if (row.seq === before.seq + 1 && row.previous !== before.hash)
      return `row ${row.seq} does not link to the one before`;
  }
  for (const { epoch, seq, hash } of heads) {
    const last = rows.findLast((row) => row.epoch === epoch);
    if (last !== undefined && (last.seq > seq || (last.seq === seq && last.hash !== hash))) {
      return 'a chain ended before its rows';
    }
  }
  return undefined;
}

function headsIn({ document }: Signature) {
  try {
    const read = signedDocument.safeParse(JSON.parse(document)).data;
    return read?.kind === 'approve' || read?.kind === 'break-glass' ? read.audit : [];
  } catch {
    // The signature itself is told as none.
    return [];
  }
}
