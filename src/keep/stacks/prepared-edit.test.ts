import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import type { EditOutcome, EditSources, PrepareEdit } from '../../iac/edit/port.ts';
import { prepareEdit } from '../../iac/edit/prepare.ts';
import type { ObjectId } from '../../iac/repository.ts';
import { readStackGraph } from '../../iac/stacks/read.ts';
import { createRedactor } from '../../redaction/index.ts';
import { KeepScratch } from '../config/scratch.fixture.ts';
import type { Tree } from '../runs/parts.ts';
import { createEdits } from './prepared-edit.ts';

const scratch = new KeepScratch();
afterAll(() => scratch[Symbol.dispose]());
const { profiles } = scratch.load();
const redact = createRedactor().text;

const files = {
  'stacks/mail/main.tf': 'module "app" {\n  source = "../../modules/app"\n  memory = "64Mi"\n}\n',
  'stacks/blog/main.tf': 'module "app" {\n  source = "../../modules/app"\n}\n',
  'modules/app/main.tf': 'variable "memory" { default = "64Mi" }\n',
};
const options = { stacks: ['stacks/*', 'elsewhere/*'], modules: ['modules/*'] };
const treeOf = async (more: Readonly<Record<string, string>> = {}): Promise<Tree> => {
  const source = { files: new Map(Object.entries({ ...files, ...more })) };
  return { tree: 'f'.repeat(40) as ObjectId, files: [], source, graph: await readStackGraph(source, options) };
};

const patchOf = (file: string, after: string, context = '}'): string =>
  `--- a/${file}\n+++ b/${file}\n@@ -3,2 +3,2 @@\n-  memory = "64Mi"\n+  memory = ${JSON.stringify(after)}\n ${context}\n`;
const range = { start: 0, end: 1, line: 3, column: 3 } as never;
const done = (change: Partial<Extract<EditOutcome, { is: 'prepared' }>> = {}): EditOutcome => ({
  is: 'prepared',
  stack: 'stacks/mail',
  address: 'module.app.kubectl_manifest.deployment',
  patch: patchOf('stacks/mail/main.tf', '96Mi'),
  place: { file: 'stacks/mail/main.tf', range },
  changes: [{ field: 'spec.memory', before: '64Mi', after: '96Mi' }],
  also: [{ field: 'spec.request', before: '64Mi', after: '96Mi' }],
  ...change,
});

const object = { kind: 'Deployment', namespace: 'mail', name: 'server' };
const wishes = [{ path: ['spec', 'memory'], value: '96Mi' }];
const { signal } = new AbortController();
const ask = async (prepare: PrepareEdit, more: Partial<Parameters<ReturnType<typeof createEdits>>[0]> = {}) =>
  createEdits({ prepare, profiles, redact })({ base: () => treeOf(), object, wishes, signal, ...more });

describe('an edit of the trusted base', () => {
  it('is worked out over every stack, and told with its places and what else it moves', async () => {
    let seen: EditSources | undefined;
    const reply = await ask(
      async (sources, ...asked) => {
        seen = sources;
        expect(asked).toEqual([object, wishes]);
        return done();
      },
      { base: () => treeOf({ 'elsewhere/x/main.tf': 'locals {}\n' }) },
    );
    expect([...(seen?.stacks.keys() ?? [])]).toEqual(['elsewhere/x', 'stacks/blog', 'stacks/mail']);
    expect(seen?.text('stacks/mail/main.tf')).toBe(files['stacks/mail/main.tf']);
    expect(reply).toEqual({
      is: 'prepared',
      stack: 'stacks/mail',
      address: 'module.app.kubectl_manifest.deployment',
      place: { file: 'stacks/mail/main.tf', line: 3 },
      patch: patchOf('stacks/mail/main.tf', '96Mi'),
      changes: [{ field: 'spec.memory', before: '64Mi', after: '96Mi' }],
      also: [{ field: 'spec.request', before: '64Mi', after: '96Mi' }],
    });
  });

  it('is told as refused with where it stands, and at most five of those that share it', async () => {
    const others = Array.from({ length: 9 }, (_, index) => `stacks/s${index} x.y`);
    const place = { file: 'modules/app/main.tf', range };
    const refused = {
      is: 'refused',
      why: 'shared',
      field: 'spec.memory',
      stack: 'stacks/mail',
      place,
      others,
    } as const;
    expect(await ask(async () => refused)).toEqual({
      ...refused,
      place: { file: 'modules/app/main.tf', line: 3 },
      others: others.slice(0, 5),
    });
  });
});

describe('a secret', () => {
  it('by its kind is refused before anything is read', async () => {
    for (const kind of ['Secret', 'secret', 'SECRET']) {
      const reply = await ask(() => Promise.reject(new Error('asked')), {
        object: { ...object, kind },
        base: () => Promise.reject(new Error('read')),
      });
      expect(reply).toEqual({ is: 'refused', why: 'secret', others: [] });
    }
  });

  it('that somebody wishes into the source is refused before anything is read', async () => {
    const value = `ghp_${randomBytes(18).toString('hex')}`;
    const reply = await ask(() => Promise.reject(new Error('asked')), {
      wishes: [{ path: ['spec', 'token'], value }],
      base: () => Promise.reject(new Error('read')),
    });
    expect(reply).toEqual({ is: 'refused', why: 'secret', others: [] });
  });

  it('in a line beside the edit keeps the diff from being given out', async () => {
    const token = `ghp_${randomBytes(18).toString('hex')}`;
    const patch = patchOf('stacks/mail/main.tf', '96Mi', `  token = "${token}"`);
    const reply = await ask(async () => done({ patch }));
    expect(reply).toEqual({
      is: 'refused',
      why: 'secret',
      field: 'spec.memory',
      stack: 'stacks/mail',
      place: { file: 'stacks/mail/main.tf', line: 3 },
      others: [],
    });
    expect(JSON.stringify(reply)).not.toContain(token);
  });

  it('whose name stands in a line that stays keeps the diff from being given out', async () => {
    const patch = '--- a/x.tf\n+++ b/x.tf\n@@ -1,2 +1,2 @@\n name  = "DB_PASSWORD"\n';
    for (const line of ['-value = "quiet-harbour7"', '+value = "quiet-harbour7"']) {
      const reply = await ask(async () => done({ patch: `${patch}${line}\n` }));
      expect(reply).toMatchObject({ is: 'refused', why: 'secret' });
    }
  });

  it('among the values that change is masked', async () => {
    const token = `ghp_${randomBytes(18).toString('hex')}`;
    const reply = await ask(async () => done({ also: [{ field: 'spec.x', before: token, after: 'y' }] }));
    expect(reply.is).toBe('prepared');
    expect(JSON.stringify(reply)).not.toContain(token);
  });
});

describe('an edit that cannot be sure', () => {
  it('is none where a stack that uses the file cannot be read', async () => {
    const patch = patchOf('modules/app/main.tf', '96Mi');
    const place = { file: 'modules/app/main.tf', range };
    const prepare = async () => done({ patch, place });
    expect((await ask(prepare)).is).toBe('prepared');
    const reply = await ask(prepare, { base: () => treeOf({ 'stacks/blog/more.tf': 'resource {{{ not HCL' }) });
    expect(reply).toMatchObject({ is: 'refused', why: 'shared', others: ['stacks/blog'] });
  });

  it('is none in a stack that the keep never plans', async () => {
    const base = () => treeOf({ 'elsewhere/x/main.tf': 'locals {}\n' });
    expect(await ask(async () => done({ stack: 'elsewhere/x' }), { base })).toMatchObject({ why: 'not-proven' });
  });

  it('is none where it is longer than an answer', async () => {
    const patch = patchOf('stacks/mail/main.tf', 'x'.repeat(70_000));
    expect(await ask(async () => done({ patch }))).toMatchObject({ is: 'refused', why: 'not-proven' });
  });
});

describe('those who ask', () => {
  it('are served one after the other, and told when too many wait', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    let working = 0;
    const editOf = createEdits({
      profiles,
      redact,
      prepare: async () => {
        working += 1;
        expect(working).toBe(1);
        await gate;
        working -= 1;
        return done();
      },
    });
    const base = () => treeOf();
    const all = Array.from({ length: 9 }, () => editOf({ base, object, wishes, signal }));
    await expect(editOf({ base, object, wishes, signal })).rejects.toMatchObject({ code: 'edit-busy' });
    open();
    expect((await Promise.all(all)).map(({ is }) => is)).toEqual(Array(9).fill('prepared'));
    expect((await editOf({ base, object, wishes, signal })).is).toBe('prepared');
  });

  it('leave room between each other for whatever else the keep does', async () => {
    let others = 0;
    let isOver = false;
    const other = (): void => {
      others += 1;
      if (!isOver) setImmediate(other);
    };
    setImmediate(other);
    const seen: number[] = [];
    const prepare: PrepareEdit = async () => {
      seen.push(others);
      return done();
    };
    const editOf = createEdits({ profiles, redact, prepare });
    const tree = await treeOf();
    await Promise.all(Array.from({ length: 6 }, () => editOf({ base: async () => tree, object, wishes, signal })));
    isOver = true;
    expect(new Set(seen).size).toBe(6);
  });

  it('cost nothing when they have left before their turn, and a failure is theirs alone', async () => {
    let asked = 0;
    const editOf = createEdits({
      profiles,
      redact,
      prepare: async () => {
        asked += 1;
        if (asked === 1) throw new Error('a fault');
        return done();
      },
    });
    const base = () => treeOf();
    const left = new AbortController();
    const first = editOf({ base, object, wishes, signal });
    const second = editOf({ base, object, wishes, signal: left.signal });
    left.abort(new Error('left'));
    await expect(first).rejects.toThrowError('a fault');
    await expect(second).rejects.toThrowError('left');
    expect((await editOf({ base, object, wishes, signal })).is).toBe('prepared');
    expect(asked).toBe(2);
  });
});

it('the real proof and the keep’s tree go together: one replica more is one line of one file', async () => {
  const manifest = [
    'resource "kubectl_manifest" "server" {',
    '  yaml_body = yamlencode({',
    '    apiVersion = "apps/v1"',
    '    kind       = "Deployment"',
    '    metadata   = { name = "server", namespace = "mail" }',
    '    spec       = { replicas = 2 }',
    '  })',
    '}',
    '',
  ].join('\n');
  const base = () => treeOf({ 'stacks/mail/server.tf': manifest });
  const editOf = createEdits({ prepare: prepareEdit, profiles, redact });
  const asked = { base, object, signal };
  const reply = await editOf({ ...asked, wishes: [{ path: ['spec', 'replicas'], value: 3 }] });
  expect(reply).toMatchObject({
    is: 'prepared',
    stack: 'stacks/mail',
    address: 'kubectl_manifest.server',
    place: { file: 'stacks/mail/server.tf', line: 6 },
    changes: [{ field: 'spec.replicas', before: '2', after: '3' }],
    also: [],
  });
  expect(reply.is === 'prepared' && reply.patch).toContain('+    spec       = { replicas = 3 }\n');
  expect(await editOf({ ...asked, wishes: [{ path: ['spec', 'replicas'], value: 2 }] })).toMatchObject({ why: 'same' });
  expect(await editOf({ ...asked, object: { ...object, name: 'none' }, wishes })).toMatchObject({ why: 'no-owner' });
});
