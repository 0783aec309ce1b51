import type { DocumentKind } from '../../change/document/documents.ts';
import { CastellanError } from '../../kit/index.ts';
import { createTurns } from '../../store/turns.ts';
import type { Approvers, TakenDocument, TakenDocuments } from '../approvers/port.ts';
import type { DecisionTable } from '../journal/decision-table.ts';

/**
 * What humans said, as far as it counts: documents in the journal whose signatures are proved again here, and that this keep
 * took. A row of the journal by itself says nothing.
 *
 *  adopted    commits to trust, the last one counts
 *  consent    the proposal of that digest may be parsed and planned
 *  thaw       ends the freeze that began at that time, and no other
 *  rejection  a diff that is not to be proposed again on a stack, until then
 *
 * It is read at `refresh`; what is asked in between is answered from that.
 */
export interface Authority {
  /** Why nobody can say anything here; undefined when somebody can. */
  readonly refusal: string | undefined;
  /** In the order they were signed. */
  adopted(): AuthorityAnswer<readonly string[]>;
  hasConsent(digest: string): AuthorityAnswer<boolean>;
  /** When a human thawed what is frozen since then. */
  thawedAt(frozenSince: Date): AuthorityAnswer<Date | undefined>;
  rejectedUntil(stack: string, diffSha256: string): AuthorityAnswer<Date | undefined>;
  /** After every decision, and whenever the approvers were read again. */
  refresh(): Promise<void>;
}

export interface AuthorityAnswer<Value> {
  readonly value: Value;
  /** Why what stands in the journal was not listened to. */
  readonly problem: string | undefined;
}

export interface AuthorityOptions {
  readonly decisions: Pick<DecisionTable, 'ofKind'>;
  readonly approvers: Pick<Approvers & TakenDocuments, 'list' | 'verifyTaken'>;
}

interface Said {
  readonly adopted: readonly string[];
  readonly consents: ReadonlySet<string>;
  /** By the time it was frozen since. */
  readonly thaws: ReadonlyMap<number, Date>;
  readonly rejections: ReadonlyMap<string, Date>;
  readonly problems: Readonly<Partial<Record<DocumentKind, string>>>;
}

export async function openAuthority(options: AuthorityOptions): Promise<Authority> {
  const { approvers } = options;
  const turns = createTurns();
  let said = await readSaid(options);
  return {
    get refusal() {
      return approvers.list().length === 0 ? 'no approver is enrolled whose signature would count' : undefined;
    },
    adopted: () => ({ value: said.adopted, problem: said.problems.adopt }),
    hasConsent: (digest) => ({ value: said.consents.has(digest), problem: said.problems.consent }),
    thawedAt: (since) => ({ value: said.thaws.get(since.getTime()), problem: said.problems.thaw }),
    rejectedUntil: (stack, diffSha256) => ({
      value: said.rejections.get(rejectionKey(stack, diffSha256)),
      problem: said.problems['reject-policy'],
    }),
    refresh: () =>
      turns.take(async () => {
        said = await readSaid(options);
      }),
  };
}

async function readSaid(options: AuthorityOptions): Promise<Said> {
  const problems: Partial<Record<DocumentKind, string>> = {};
  const proved = async <Kind extends DocumentKind>(kind: Kind): Promise<readonly TakenDocument<Kind>[]> => {
    const { taken, problem } = await takenOf(kind, options);
    if (problem !== undefined) problems[kind] = problem;
    return taken;
  };
  const adopted = await proved('adopt');
  const consents = await proved('consent');
  const thaws = await proved('thaw');
  const rejections = await proved('reject-policy');
  return {
    adopted: adopted.map(({ document }) => document.commit),
    consents: new Set(consents.map(({ document }) => document.digest)),
    thaws: new Map(thaws.map(({ document, at }) => [Date.parse(document.frozenSince), at])),
    rejections: new Map(
      rejections.map(({ document: { stack, diffSha256, until } }) => [
        rejectionKey(stack, diffSha256),
        new Date(until),
      ]),
    ),
    problems,
  };
}

async function takenOf<Kind extends DocumentKind>(
  kind: Kind,
  { decisions, approvers }: AuthorityOptions,
): Promise<{ readonly taken: readonly TakenDocument<Kind>[]; readonly problem: string | undefined }> {
  const taken: TakenDocument<Kind>[] = [];
  let first: string | undefined;
  let unheard = 0;
  for (const { signature, at } of await decisions.ofKind(kind)) {
    try {
      taken.push(await approvers.verifyTaken(signature, kind));
    } catch (error) {
      if (!(error instanceof CastellanError)) throw error;
      unheard += 1;
      first ??= `of ${at.toISOString()}: ${error.message}`;
    }
  }
  const problem =
    first === undefined ? undefined : `${unheard} signed document(s) to ${kind} do not count, the first ${first}`;
  return { taken: taken.toSorted((one, other) => one.place - other.place), problem };
}

function rejectionKey(stack: string, diffSha256: string): string {
  return `${diffSha256} ${stack}`;
}
