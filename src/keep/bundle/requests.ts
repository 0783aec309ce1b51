import { z } from 'zod';
import type { SignedDocument } from '../../change/document/documents.ts';
import type { RequestView } from '../../change/wire/secret.ts';
import { isSecretKind } from '../decisions/port.ts';
import { type SecretDocument, says } from '../requests/bodies.ts';
import { isOver } from '../requests/states.ts';
import type { Checks } from './checks.ts';
import { flawOfStanding, proveSignature, type SignatureParts } from './people.ts';

/** One request: that exactly what was asked was signed, by whom, in time, and that what the keep says of it goes together. */
export async function checkRequest(checks: Checks, request: RequestView, parts: SignatureParts): Promise<void> {
  const { id, state, by } = request;
  const what = `${id} signature`;
  const signers: string[] = [];
  for (const { at, signature } of parts.bundle.decisions.filter(({ subject }) => subject === id)) {
    const proof = await proveSignature(signature, new Date(at), parts);
    // Told where each decision is.
    if (proof.flaw !== undefined) continue;
    const flaw = flawOfSigned(request, proof.document, at) ?? (await flawOfStanding(proof.by, new Date(at), parts));
    checks.proved(what, flaw, `${proof.by.name} signed exactly what was asked for, ${at}`);
    if (flaw === undefined) signers.push(proof.by.name);
  }
  const isSigned = state === 'signed' || state === 'done';
  if (isSigned && signers.length === 0) checks.fail(what, 'nobody signed it, and it went on');
  if (isSigned && (by === undefined || !signers.includes(by))) {
    checks.fail(`${id} approver`, `the keep names ${by ?? 'nobody'}, and ${signers.join(', ') || 'nobody'} signed`);
  }
  checks.proved(`${id} order`, flawOfOrder(request), 'its times follow one another');
  checks.proved(`${id} audit`, flawOfRows(request, parts), 'by the audit it came as far as the keep says');
  const came = isOver(state) ? `it is ${state}` : `it is ${state}, and not over`;
  checks.unknown(`${id} outcome`, `${came}, says the keep; the audit of Vault tells what was read or written`);
}

function flawOfSigned(request: RequestView, document: SignedDocument, at: string): string | undefined {
  if (!isSecret(document)) return `it is a document to ${document.kind}`;
  if (!says(document, request)) return 'what was signed is not what was asked for';
  return Date.parse(at) < Date.parse(request.createdAt) ? 'it was signed before it was asked for' : undefined;
}

function isSecret(document: SignedDocument): document is SecretDocument {
  return isSecretKind(document.kind);
}

function flawOfOrder({
  createdAt,
  changedAt,
  expiresAt,
  state,
  madeVersion,
  version,
}: RequestView): string | undefined {
  if (Date.parse(changedAt) < Date.parse(createdAt)) return 'it changed before it was asked for';
  if (expiresAt !== undefined && Date.parse(expiresAt) <= Date.parse(createdAt))
    return 'it was over when it was asked for';
  if (madeVersion === undefined) return undefined;
  if (state !== 'done') return 'it made a version, and was not done';
  return madeVersion === (version ?? 0) + 1 ? undefined : 'it made another version than the next';
}

const call = z.object({ kind: z.literal('call'), tool: z.string(), correlation: z.string() });

function flawOfRows({ id, state }: RequestView, { bundle }: SignatureParts): string | undefined {
  const steps = bundle.audit.rows.flatMap(({ entry }) => {
    const read = call.safeParse(entry).data;
    return read?.correlation === id ? [read.tool] : [];
  });
  const wanted =
    state === 'done' ? ['waiting', 'signed', 'done'] : state === 'waiting' ? ['waiting'] : ['waiting', state];
  const places = wanted.map((step) => steps.indexOf(`keep.request.${step}`));
  if (places.includes(-1)) return `the audit has no row of its being ${wanted[places.indexOf(-1)]}`;
  return places.every((place, at) => at === 0 || place > (places[at - 1] ?? 0))
    ? undefined
    : 'its rows are out of order';
}
