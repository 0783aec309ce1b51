import { type Signature, signedDocument } from '../../change/document/documents.ts';
import type { RequestView } from '../../change/wire/secret.ts';
import type { Approver } from '../approvers/port.ts';
import { secretKinds } from '../decisions/port.ts';
import type { StoredChange } from '../journal/change-table.ts';
import type { Decision } from '../journal/decision-table.ts';
import type { Journal } from '../journal/journal.ts';
import { type Bundle, type BundledChange, bundleContent, bundleDigest } from './bundle.ts';
import { bundleError } from './errors.ts';

export interface ExportOptions {
  readonly journal: Pick<Journal, 'auditRows' | 'changes' | 'decisions' | 'requests' | 'steps'>;
  /** Those of approvers.json, whether they were revoked since or not. */
  readonly rootApprovers: readonly Approver[];
  readonly keep: string;
  /** Of the console. */
  readonly origin: string;
  readonly boundary: Bundle['boundary'];
  readonly now: () => Date;
}

/** What a bundle is about, and who signed over it. */
interface Matter {
  readonly content: {
    readonly set?: string;
    readonly request?: RequestView;
    readonly changes: readonly BundledChange[];
  };
  /** Ids that decisions and rows of the audit name. */
  readonly about: ReadonlySet<string>;
}

/** The set of a change, a set, or a request. Errors: `bundle-unknown`. */
export async function exportBundle(id: string, options: ExportOptions): Promise<Bundle> {
  const { journal } = options;
  const { content: matter, about } = id.startsWith('req_') ? await requestOf(id, options) : await setOf(id, options);
  const enrolments = await journal.decisions.ofKind('enrol');
  const own = (await decisionsAbout(options, about)).filter(({ subject }) => about.has(subject));
  const signatures = [
    ...matter.changes.flatMap((change) => change.signatures),
    ...own.map(({ signature }) => signature),
  ];
  const chain = chainOf(signatures, options.rootApprovers, enrolments);
  const revoked = (await journal.decisions.ofKind('revoke')).filter(({ subject }) => chain.names.has(subject));
  const revokers = chainOf(
    revoked.map(({ signature }) => signature),
    options.rootApprovers,
    enrolments,
  );
  const enrolled = [...new Set([...chain.enrolments, ...revokers.enrolments])];
  const approvers = [
    ...new Map([...chain.approvers, ...revokers.approvers].map((one) => [one.approval.id, one])).values(),
  ];

  const rows = await journal.auditRows.of([...about]);
  const named = await journal.auditRows.named(signatures.flatMap(headsIn));
  const all = new Map([...rows, ...named].map((row) => [`${row.epoch} ${row.seq}`, row]));
  const sorted = [...all.values()].sort((a, b) => (a.epoch < b.epoch ? -1 : a.epoch > b.epoch ? 1 : a.seq - b.seq));
  const content = {
    v: 1,
    kind: 'castellan-bundle',
    keep: options.keep,
    origin: options.origin,
    boundary: options.boundary,
    exportedAt: options.now().toISOString(),
    ...matter,
    decisions: [...enrolled, ...revoked, ...own]
      .map(({ kind, subject, at, signature }) => ({ kind, subject, at: at.toISOString(), signature }))
      .sort((a, b) => (a.at < b.at ? -1 : 1)),
    approvers: approvers.map(({ since, ...approver }) => ({ ...approver, since: since.toISOString() })),
    audit: {
      rows: sorted,
      heads: await journal.auditRows.heads([...new Set(sorted.map(({ epoch }) => epoch))]),
    },
  };
  const whole = bundleContent.parse(content);
  return { ...whole, digest: bundleDigest(whole) };
}

async function setOf(id: string, options: ExportOptions): Promise<Matter> {
  const { changes: table } = options.journal;
  const set = id.startsWith('set_') ? id : ((await table.get(id))?.view.set ?? '');
  const stored = set === '' ? [] : await table.ofSet(set);
  if (stored.length === 0) throw unknown();
  const changes: BundledChange[] = [];
  for (const change of stored) changes.push(await changeOf(change, options));
  return { content: { set, changes }, about: new Set([set, ...changes.map((change) => change.id)]) };
}

async function requestOf(id: string, { journal }: ExportOptions): Promise<Matter> {
  const request = await journal.requests.get(id);
  if (request === undefined) throw unknown();
  return { content: { request, changes: [] }, about: new Set([id]) };
}

function unknown(): Error {
  return bundleError('bundle-unknown', {
    message: 'the journal has no change, set or request of that id',
    next: 'take an id of `castellan changes`: chg_… or set_…; or req_… of a request',
  });
}

async function changeOf({ view, facts }: StoredChange, { journal }: ExportOptions): Promise<BundledChange> {
  const steps = await journal.steps.of(view.id, view.attempt);
  return {
    id: view.id,
    order: view.order,
    stack: view.stack,
    state: view.state,
    attempt: view.attempt,
    createdAt: view.createdAt,
    changedAt: view.changedAt,
    approvedBy: view.approvedBy,
    brokenGlass: view.brokenGlass,
    document: facts.document ?? null,
    signatures: facts.signatures,
    steps: steps.map(({ step, at }) => ({ step, at: at.toISOString() })),
    apply: view.apply ?? null,
    expected: view.expected ?? [],
    landedAs: view.landedAs ?? null,
  };
}

/** Approvals of the set, consents to its changes, what was signed of a request. */
async function decisionsAbout({ journal }: ExportOptions, about: ReadonlySet<string>): Promise<readonly Decision[]> {
  const kinds = ['approve', 'break-glass', 'consent', ...secretKinds] as const;
  const all = await Promise.all(kinds.map((kind) => journal.decisions.ofKind(kind)));
  return all.flat().filter(({ subject }) => about.has(subject));
}

/** Who signed these, who enrolled them, and so on until root. */
function chainOf(signatures: readonly Signature[], roots: readonly Approver[], enrolments: readonly Decision[]) {
  const approvers: Approver[] = [];
  const used: Decision[] = [];
  const waiting = signatures.map(({ assertion }) => assertion.credential);
  const done = new Set<string>();
  for (let credential = waiting.pop(); credential !== undefined; credential = waiting.pop()) {
    if (done.has(credential)) continue;
    done.add(credential);
    const root = roots.find(({ approval }) => approval.id === credential);
    if (root !== undefined) {
      approvers.push(root);
      continue;
    }
    for (const decision of enrolments) {
      const document = documentOf(decision.signature);
      if (document?.kind !== 'enrol' || document.approval.id !== credential) continue;
      const { name, approval, login, approver } = document;
      approvers.push({ name, approval, login, since: decision.at, by: approver.name });
      used.push(decision);
      waiting.push(decision.signature.assertion.credential);
      break;
    }
  }
  return { approvers, enrolments: used, names: new Set(approvers.map(({ name }) => name)) };
}

function headsIn(signature: Signature) {
  const document = documentOf(signature);
  return document?.kind === 'approve' || document?.kind === 'break-glass' ? document.audit : [];
}

function documentOf({ document }: Signature) {
  try {
    return signedDocument.safeParse(JSON.parse(document)).data;
  } catch {
    // No JSON: whoever verifies the bundle says so.
    return undefined;
  }
}
