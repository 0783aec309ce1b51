import { createHash } from 'node:crypto';
import type { Finding } from '../../change/finding.ts';
import type { PlanSummary } from '../../change/wire/run.ts';
import type { NewCommit, ObjectId, RefUpdate, Repository, TreeFile } from '../../iac/repository.ts';
import type { StackGraph } from '../../iac/stacks/graph.ts';
import { Secret } from '../../kit/index.ts';
import type { Profile } from '../config/valid.ts';
import type { Planned, Planner, PlanRequest } from '../planner/port.ts';
import type { RunParts } from './parts.ts';

/** Trees by path; `!` as text makes a file an agent may not touch, `consent` one that needs a human. */
export type Files = Readonly<Record<string, string>>;

export const idOf = (text: string): ObjectId => createHash('sha1').update(text).digest('hex');

/** A repository in memory. A patch is the JSON of the files it adds. */
export class MemoryRepository implements Repository {
  readonly trees = new Map<ObjectId, Files>();
  readonly commits = new Map<ObjectId, { tree: ObjectId; parent: ObjectId | undefined }>();
  readonly branches = new Map<string, ObjectId>();
  readonly #blobs = new Map<ObjectId, Buffer>();
  fetches = 0;
  fetchFault: Error | undefined;

  add(files: Files): ObjectId {
    const id = idOf(`tree ${JSON.stringify(Object.entries(files).sort())}`);
    this.trees.set(id, files);
    for (const text of Object.values(files)) this.#blobs.set(idOf(text), Buffer.from(text));
    return id;
  }

  commitTree(files: Files, branch?: string, parent?: ObjectId): ObjectId {
    const tree = this.add(files);
    const id = idOf(`commit ${tree} ${parent ?? ''}`);
    this.commits.set(id, { tree, parent });
    if (branch !== undefined) this.branches.set(branch, id);
    return id;
  }

  async fetch(): Promise<void> {
    this.fetches += 1;
    if (this.fetchFault !== undefined) throw this.fetchFault;
  }

  async resolve(name: string): Promise<ObjectId> {
    return this.branches.get(name) ?? name;
  }

  async commit(id: ObjectId) {
    const found = this.commits.get(id);
    if (found === undefined) throw new Error(`no commit ${id}`);
    const parents = found.parent === undefined ? [] : [found.parent];
    return { id, tree: found.tree, parents, author: 'someone', at: new Date(0), subject: 'a commit' };
  }

  async isAncestor(ancestor: ObjectId, descendant: ObjectId): Promise<boolean> {
    for (let at: ObjectId | undefined = descendant; at !== undefined; at = this.commits.get(at)?.parent) {
      if (at === ancestor) return true;
    }
    return false;
  }

  async commitsBetween(from: ObjectId, to: ObjectId) {
    const found = [];
    for (let at: ObjectId | undefined = to; at !== undefined && at !== from; at = this.commits.get(at)?.parent) {
      found.push(await this.commit(at));
    }
    return found;
  }

  async lastTouched(commit: ObjectId) {
    return this.commit(commit);
  }

  async files(tree: ObjectId): Promise<readonly TreeFile[]> {
    return Object.entries(this.trees.get(tree) ?? {}).map(([path, text]) => ({
      path,
      mode: '100644',
      blob: idOf(text),
      size: Buffer.byteLength(text),
    }));
  }

  async read(blobs: readonly ObjectId[]) {
    return new Map(blobs.flatMap((id) => (this.#blobs.has(id) ? [[id, this.#blobs.get(id) ?? Buffer.alloc(0)]] : [])));
  }

  async changes(base: ObjectId, proposed: ObjectId) {
    const [before, after] = [this.trees.get(base) ?? {}, this.trees.get(proposed) ?? {}];
    const side = (text: string | undefined) =>
      text === undefined ? undefined : ({ mode: '100644', blob: idOf(text) } as const);
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((path) => before[path] !== after[path])
      .sort()
      .map((path) => ({ path, before: side(before[path]), after: side(after[path]) }));
  }

  async applyPatch(base: ObjectId, patch: string): Promise<ObjectId> {
    return this.add({ ...this.trees.get(base), ...JSON.parse(patch) });
  }

  async checkOut(): Promise<void> {}

  /** Refs under refs/castellan, and what was pushed; `pushFault` is what the next pushes meet. */
  readonly kept = new Map<string, ObjectId>();
  readonly pushed: RefUpdate[] = [];
  pushFault: Error | undefined;

  async diff(base: ObjectId, proposed: ObjectId): Promise<string> {
    const after = this.trees.get(proposed) ?? {};
    const paths = (await this.changes(base, proposed)).map(({ path }) => [path, after[path]]);
    return JSON.stringify(Object.fromEntries(paths));
  }

  async writeFile(tree: ObjectId, path: string, content: Buffer): Promise<ObjectId> {
    return this.add({ ...this.trees.get(tree), [path]: content.toString('utf8') });
  }

  async writeCommit({ tree, parents: [parent], message, at }: NewCommit): Promise<ObjectId> {
    const id = idOf(`commit ${tree} ${parent ?? ''} ${message} ${at.toISOString()}`);
    this.commits.set(id, { tree, parent });
    return id;
  }

  async pick(commit: ObjectId, onto: ObjectId): Promise<ObjectId> {
    const { tree, parent } = this.commits.get(commit) ?? { tree: '', parent: undefined };
    const { tree: ontoTree } = await this.commit(onto);
    const before = this.trees.get((await this.commit(parent ?? '')).tree) ?? {};
    const [after, there] = [this.trees.get(tree) ?? {}, this.trees.get(ontoTree) ?? {}];
    const result: Record<string, string> = { ...there };
    for (const path of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const text = after[path];
      if (before[path] === text) continue;
      if (there[path] !== before[path]) throw Object.assign(new Error('it conflicts'), { code: 'change-conflicts' });
      if (text === undefined) delete result[path];
      else result[path] = text;
    }
    const id = idOf(`pick ${commit} ${onto}`);
    this.commits.set(id, { tree: this.add(result), parent: onto });
    return id;
  }

  async keepRef(name: string, id: ObjectId): Promise<void> {
    this.kept.set(name, id);
  }

  async keptRef(name: string): Promise<ObjectId | undefined> {
    return this.kept.get(name);
  }

  async push(updates: readonly RefUpdate[]): Promise<void> {
    if (this.pushFault !== undefined) throw this.pushFault;
    for (const { ref, to, seen } of updates) {
      const branch = ref.replace('refs/heads/', '');
      if (branch !== ref && this.branches.get(branch) !== seen)
        throw Object.assign(new Error('it moved'), { code: 'push-moved' });
      if (branch !== ref) this.branches.set(branch, to);
    }
    this.pushed.push(...updates);
  }
}

export const someProfile: Profile = {
  name: 'plain',
  stacks: ['stacks/*'],
  tier: '1',
  skip: [{ stack: 'stacks/vault', why: 'its role lacks rights' }],
  runner: { kind: 'tofu', program: '/usr/bin/tofu' },
  state: { kind: 'none' },
  env: {},
  credentials: { SOME_NAME: new Secret('not printed') },
  varFiles: [],
  providerMirror: '/mirror',
  kubernetes: undefined,
  endpoints: [],
  charts: undefined,
  timeoutSeconds: 60,
  apply: undefined,
};

export const emptySummary: PlanSummary = {
  counts: { create: 0, update: 1, delete: 0, replace: 0, forget: 0, import: 0, move: 0, read: 0 },
  changes: [],
  drift: [],
  outputs: [],
  checks: [],
  deferred: [],
  executes: [],
  digest: 'd'.repeat(64),
  complete: true,
  risk: { level: 'low', reasons: [] },
  blastRadius: { stacks: [], resources: [], hosts: [], volumes: [], unknown: [] },
  conventions: [],
};

/** Stacks are the folders below `stacks/`; all of them use `modules/`. */
function graphOf(files: ReadonlyMap<string, string>): StackGraph {
  const names = [...new Set([...files.keys()].filter((path) => path.startsWith('stacks/')).map(folderOf))].sort();
  const stacks = new Map(
    names.map((path) => [path, { path, includes: [], dependsOn: [], modules: ['modules/x'], files: ['main.tf'] }]),
  );
  return {
    stacks,
    problems: [],
    dependantsOf: () => [],
    stacksUsing: (paths) =>
      names.filter((name) => paths.some((path) => path.startsWith(`${name}/`) || path.startsWith('modules/'))),
    find: (name) => names.find((path) => path === name || path.endsWith(`/${name}`)),
  };
}

function folderOf(path: string): string {
  return path.split('/').slice(0, 2).join('/');
}

export function standInParts(overrides: Partial<RunParts> = {}): RunParts {
  return {
    readGraph: async ({ files }) => graphOf(files),
    judge: async ({ proposed, changes }) =>
      changes.flatMap(({ path }): readonly Finding[] => {
        const text = proposed.source.files.get(path);
        if (text === '!') return [{ rule: 'edit-never', verdict: 'deny', file: path, message: 'may not' }];
        return text === 'consent'
          ? [{ rule: 'edit-outside', verdict: 'consent', file: path, message: 'needs a human' }]
          : [];
      }),
    summarise: async () => ({ summary: emptySummary, changes: true }),
    explain: async ({ planned }) => planned.diagnostics.map(({ summary }) => summary),
    ...overrides,
  };
}

export const plannedWell: Planned = {
  outcome: 'planned',
  engine: 'OpenTofu 1.10',
  took: { init: 1, plan: 2 },
  state: { lineage: 'a-lineage', serial: 7, sha256: '0'.repeat(64), resources: 3 },
  json: '{}',
  planSha256: '1'.repeat(64),
};

function sealedFor({ seal, run }: PlanRequest, planned: Planned): Planned {
  if (seal !== true || planned.outcome !== 'planned' || planned.sealed !== undefined) return planned;
  const sealed = {
    plan: Buffer.from(`the plan of ${run}`),
    workdir: Buffer.from(`the work directory of ${run}`),
    workdirSha256: '2'.repeat(64),
    engineFolder: '.',
    lockFileSha256: undefined,
    programs: [{ name: 'tofu', sha256: '3'.repeat(64) }],
  };
  return { ...planned, sealed };
}

/** Plans stop until they are let go; each ends as `outcome` says. */
export class StandInPlanner implements Planner {
  readonly requests: PlanRequest[] = [];
  cleaned = 0;
  running = 0;
  mostAtOnce = 0;
  outcome: (request: PlanRequest) => Promise<Planned> = async () => plannedWell;

  async plan(request: PlanRequest, signal: AbortSignal): Promise<Planned> {
    this.requests.push(request);
    this.running += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running);
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    try {
      signal.throwIfAborted();
      return sealedFor(request, await Promise.race([this.outcome(request), aborted]));
    } finally {
      this.running -= 1;
    }
  }

  async cleanUp(): Promise<void> {
    this.cleaned += 1;
  }
}
