import type { HclFile } from '../iac/hcl/syntax.ts';
import type { JsonValue } from '../kit/index.ts';
import { withoutKeys } from './address.ts';
import { type Answer, ask } from './ask.ts';
import { readStack, type Written, type WrittenStack } from './hcl/read-stack.ts';
import { type Manifest, manifestOf, podSpecOf } from './manifest/manifest.ts';
import { nodeOfValue } from './node/from-value.ts';
import { anyOf, type Node, type Place, type Truth, textOf } from './node/node.ts';
import { parsePath, search, set } from './node/path.ts';
import { fits } from './pattern.ts';
import type { ConventionRule } from './rule.ts';
import type { Sight } from './sight.ts';

export interface ConventionFinding {
  readonly id: string;
  readonly severity: 'error' | 'warning' | 'info';
  /** What the rule says; never a value. */
  readonly text: string;
  readonly file?: string;
  readonly line?: number;
  /** Without instance keys. */
  readonly address?: string;
  /** Whether the proposal brought it. */
  readonly isNew: boolean;
}

/** What is read of a plan. */
export interface PlannedResource {
  readonly address: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly action: string;
  readonly before: JsonValue;
  readonly after: JsonValue;
  readonly afterUnknown: JsonValue;
}

export interface ConventionQuestion {
  /** Files of the stack's folder and of the modules it may use. */
  readonly files: { readonly base: readonly HclFile[]; readonly proposed: readonly HclFile[] };
  readonly plan?: { readonly changes: readonly PlannedResource[] } | undefined;
  /** `stacks/mail` */
  readonly stack: string;
  readonly tier: string;
  readonly rules: readonly ConventionRule[];
}

/** Something that was judged by a rule. */
interface Judged {
  /** Says which it is, wherever its lines have moved. */
  readonly key: string;
  readonly address: string;
  readonly answer: Answer;
  readonly place: Place | undefined;
}

/**
 * What of a stack is not as it is done here. A rule is asked of the source; what the source does not tell, of the plan. What
 * neither tells is said once a rule, as a note: nobody may take it for kept.
 */
export function checkConventions({
  files,
  plan,
  stack,
  tier,
  rules,
}: ConventionQuestion): readonly ConventionFinding[] {
  const proposed = lookOver(files.proposed, stack);
  const base = lookOver(files.base, stack);
  const planned = plan && {
    after: plannedThings(plan.changes, 'after'),
    before: plannedThings(plan.changes, 'before'),
  };
  return rules
    .filter(({ tiers }) => tiers.length === 0 || tiers.includes(tier))
    .flatMap((rule) => {
      const now = judgeAll(rule, proposed, planned?.after);
      const then = judgeAll(rule, base, planned?.before);
      return findingsOf(rule, now, then);
    });
}

function findingsOf(
  rule: ConventionRule,
  now: readonly Judged[],
  then: readonly Judged[],
): readonly ConventionFinding[] {
  const { id, severity, text } = rule;
  const broken = (judged: readonly Judged[], truth: Truth) => judged.filter(({ answer }) => answer.truth === truth);
  const old = countsOf(broken(then, 'no'));
  const byPlace = new Map<string, ConventionFinding>();
  for (const { key, address, answer, place: whole } of broken(now, 'no')) {
    const left = old.get(key) ?? 0;
    old.set(key, left - 1);
    const place = answer.place ?? whole;
    const where = place === undefined ? { address } : { file: place.file, line: place.line, address };
    const seen = `${place?.file ?? address}:${place?.line ?? ''}`;
    // Of a line in a module that several use: new only if it is new to all of them.
    const isNew = left <= 0 && byPlace.get(seen)?.isNew !== false;
    byPlace.set(seen, { id, severity, text, ...where, isNew });
  }
  const unclear = broken(now, 'unknown');
  const known = countsOf(broken(then, 'unknown'));
  const fresh = unclear.filter(({ key }) => !known.has(key));
  const [first] = fresh.length > 0 ? fresh : unclear;
  if (first === undefined) return [...byPlace.values()];
  const place = first.answer.place ?? first.place;
  const note: ConventionFinding = {
    id,
    severity: 'info',
    text: `not judged at ${unclear.length} ${unclear.length === 1 ? 'place' : 'places'}, where neither source nor plan tells: ${text}`,
    ...(place === undefined ? {} : { file: place.file, line: place.line }),
    address: first.address,
    isNew: fresh.length > 0,
  };
  return [...byPlace.values(), note];
}

function countsOf(judged: readonly Judged[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { key } of judged) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** One thing that can be looked at, of the source or of the plan. */
type Thing = Omit<Written, 'place'> & { readonly place: Place | undefined };

interface Overview {
  readonly stack: string;
  readonly things: readonly Thing[];
  readonly literals: WrittenStack['literals'];
  readonly commentAt: Sight['commentAt'];
}

function lookOver(files: readonly HclFile[], stack: string): Overview {
  const { written, literals } = readStack(files, stack);
  const comments = new Map(files.map((file) => [file.path, file.comments]));
  return {
    stack,
    things: written,
    literals,
    commentAt(place, pattern) {
      if (place === undefined) return 'unknown';
      const all = comments.get(place.file) ?? [];
      let line = place.line;
      const said: string[] = all.filter(({ range }) => range.line === line).map(({ text }) => text);
      // Lines of comments that follow each other are one comment.
      for (
        let above = all.find(
          ({ range }) =>
            range.endLine === line - 1 || (range.endLine === line && range.endColumn === 1 && range.line < line),
        );
        above !== undefined;
      ) {
        said.unshift(above.text);
        line = above.range.line;
        above = all.find(
          ({ range }) =>
            range.line < line && (range.endLine === line - 1 || (range.endLine === line && range.endColumn === 1)),
        );
      }
      return pattern.test(said.join('\n').slice(-longestComment)) ? 'yes' : 'no';
    },
  };
}

/** Characters of a comment that are looked at: patterns may take the square of them. */
const longestComment = 2_000;

function plannedThings(changes: readonly PlannedResource[], side: 'before' | 'after'): readonly Thing[] {
  return changes
    .filter((change) => (side === 'after' ? !['delete', 'forget'].includes(change.action) : change.before !== null))
    .map((change): Thing => {
      const node = side === 'after' ? nodeOfValue(change.after, change.afterUnknown) : nodeOfValue(change.before);
      return {
        form: 'resource',
        address: withoutKeys(change.address),
        type: change.mode === 'data' ? `data.${change.type}` : change.type,
        attributes: node,
        manifest: change.mode === 'data' ? undefined : manifestOf(change.type, node),
        place: undefined,
        ignored: [],
        isCertain: true,
      };
    });
}

function judgeAll(rule: ConventionRule, overview: Overview, planned: readonly Thing[] | undefined): readonly Judged[] {
  const { literals, things } = overview;
  const inSource = rule.scope.includes('hcl');
  if (rule.check.on.literals !== undefined) {
    return literals.flatMap(({ node, address }) =>
      judge(rule, overview, { node, whole: node, kind: undefined, ignored: [] }, address, address),
    );
  }
  const written = things
    .filter((thing) => isMeant(rule, thing))
    .map((thing) => ({ thing, judged: judgeThing(rule, overview, thing) }));
  const told = inSource ? written : [];
  if (planned === undefined || !rule.scope.includes('plan')) return told.flatMap(({ judged }) => judged);
  const settled = new Set(
    told
      .filter(({ judged }) => judged.every(({ answer }) => answer.truth !== 'unknown'))
      .map(({ thing }) => thing.address),
  );
  const sources = new Map(things.map((thing) => [thing.address, thing]));
  const open = planned.filter((thing) => isMeant(rule, thing) && !settled.has(thing.address));
  const answered = new Set(open.map(({ address }) => address));
  return [
    ...told.filter(({ thing }) => !answered.has(thing.address)).flatMap(({ judged }) => judged),
    ...open.flatMap((thing) => {
      const source = sources.get(thing.address);
      return judgeThing(rule, overview, { ...thing, place: source?.place, ignored: source?.ignored ?? [] });
    }),
  ];
}

function isMeant({ check: { on } }: ConventionRule, { form, type, manifest }: Thing): boolean {
  if (on.modules !== undefined) return form === 'module' && fits(type, on.modules.folders);
  if (form === 'module') return false;
  if (on.resources !== undefined) return fits(type, on.resources.types);
  if (on.objects === undefined || manifest === undefined) return false;
  const { kinds, types } = on.objects;
  if (types !== undefined && !fits(type, types)) return false;
  // What is of an unknown kind may be of one of these.
  return manifest.kind === undefined || fits(manifest.kind, kinds);
}

function judgeThing(rule: ConventionRule, overview: Overview, thing: Thing): readonly Judged[] {
  const { manifest, attributes, address, ignored } = thing;
  const { on } = rule.check;
  const whole = on.objects === undefined ? attributes : (manifest?.body ?? attributes);
  const kind = manifest?.kind;
  const around = { whole, kind, ignored };
  const each = on.objects?.each ?? on.resources?.each;
  if (manifest !== undefined && kind === undefined) {
    return [{ key: address, address, answer: { truth: 'unknown', place: thing.place }, place: thing.place }];
  }
  if (each === undefined) return judge(rule, overview, { ...around, node: whole }, address, address, thing.place);
  const { found, blind } = search(whole, parsePath(inKind(each, manifest)) ?? []);
  const parts = found.flatMap(({ at, node }) =>
    judge(rule, overview, { ...around, node }, `${address} ${at}`, address, thing.place),
  );
  const unseen: Judged = {
    key: `${address} …`,
    address,
    answer: { truth: 'unknown', place: whole.place },
    place: thing.place,
  };
  return blind && parts.every(({ answer }) => answer.truth !== 'unknown') ? [...parts, unseen] : parts;
}

function inKind(path: string, manifest: Manifest | undefined): string {
  const spec = podSpecOf(manifest?.kind ?? '');
  return path.startsWith('$pod') ? `${spec ?? '$none'}${path.slice('$pod'.length)}` : path;
}

type Looking = Pick<Sight, 'node' | 'whole' | 'kind' | 'ignored'>;

function judge(
  rule: ConventionRule,
  overview: Overview,
  looking: Looking,
  key: string,
  address: string,
  place: Place | undefined = looking.node.place,
): readonly Judged[] {
  const { stack, commentAt } = overview;
  const sight: Sight = { ...looking, stack, commentAt, joined: (...asked) => isJoined(overview.things, ...asked) };
  const { when, must } = rule.check;
  const meant = when === undefined ? 'yes' : ask(when, sight).truth;
  if (meant === 'no') return [];
  const answer = ask(must, sight);
  // Of what may not be meant, only that the rule is kept can be said.
  if (meant === 'unknown' && answer.truth === 'no')
    return [{ key, address, answer: { ...answer, truth: 'unknown' }, place }];
  return [{ key, address, answer, place }];
}

function isJoined(
  things: readonly Thing[],
  text: string | undefined,
  kinds: readonly string[],
  at: readonly string[],
): Truth {
  return anyOf(
    things.map(({ manifest, isCertain }): Truth => {
      if (manifest === undefined) return 'no';
      const { kind, body } = manifest;
      if (kind === undefined) return 'unknown';
      if (!fits(kind, kinds)) return 'no';
      if (text === undefined) return 'unknown';
      const says = anyOf(at.map((path) => mentions(body, inKind(path, manifest), text)));
      return says === 'yes' && !isCertain ? 'unknown' : says;
    }),
  );
}

function mentions(body: Node, path: string, text: string): Truth {
  const { found, blind } = set(body, parsePath(path) ?? []);
  return anyOf([
    ...found.map(({ node }): Truth => {
      const said = textOf(node);
      if (said === undefined) return node.kind === 'unknown' ? 'unknown' : 'no';
      return said.split(/[^A-Za-z0-9.-]+/).includes(text) ? 'yes' : 'no';
    }),
    blind ? 'unknown' : 'no',
  ]);
}
