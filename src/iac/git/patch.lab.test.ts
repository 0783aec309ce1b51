import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeOrigin, mirrored, never, refusal } from './origin.fixture.ts';

const mail = 'module "mail" {\n  memory = "256Mi"\n}\n';
const memory = `diff --git a/stacks/mail/main.tf b/stacks/mail/main.tf
--- a/stacks/mail/main.tf
+++ b/stacks/mail/main.tf
@@ -1,3 +1,3 @@
 module "mail" {
-  memory = "256Mi"
+  memory = "512Mi"
 }
`;

/** A patch that adds one file of one line. */
const adding = (path: string, mode = '100644', line = 'x'): string =>
  [
    `diff --git a/${path} b/${path}`,
    `new file mode ${mode}`,
    '--- /dev/null',
    `+++ b/${path}`,
    '@@ -0,0 +1 @@',
    `+${line}`,
    ...(mode === '120000' ? ['\\ No newline at end of file'] : []),
    '',
  ].join('\n');

const start = () => mirrored({ 'stacks/mail/main.tf': mail, 'stacks/dns/main.tf': 'dns\n' });

describe('a patch', () => {
  it('makes a tree of the base, and leaves nothing else behind', async () => {
    const { origin, repository, head, tree } = await start();
    const proposed = await repository.applyPatch(tree, memory);
    expect(await repository.applyPatch(head, memory)).toBe(proposed);
    const [change, ...others] = await repository.changes(tree, proposed);
    expect(others).toEqual([]);
    const blob = change?.after?.blob ?? '';
    expect((await repository.read([blob])).get(blob)?.toString()).toBe(mail.replace('256', '512'));
    expect(readdirSync(join(origin.folder, 'mirror.git')).filter((name) => name.includes('index'))).toEqual([]);
  });

  it('may come without the line that git puts in front', async () => {
    const { repository, tree } = await start();
    const plain = memory.split('\n').slice(1).join('\n');
    expect(await repository.applyPatch(tree, plain)).toBe(await repository.applyPatch(tree, memory));
  });

  it('that does not fit says where', async () => {
    const { repository, tree } = await start();
    const { code, message } = await refusal(repository.applyPatch(tree, memory.replace('256', '128')));
    expect(code).toBe('patch-unusable');
    expect(message).toContain('line 1 of stacks/mail/main.tf does not fit');
    const missing = await refusal(repository.applyPatch(tree, memory.replaceAll('mail/main', 'post/main')));
    expect(missing.message).toContain('has no file stacks/post/main.tf');
    const there = await refusal(repository.applyPatch(tree, adding('stacks/mail/main.tf')));
    expect(there.message).toContain('has stacks/mail/main.tf already');
  });

  it('renames, copies, modes and links end up as what they lead to', async () => {
    const { repository, tree } = await start();
    const move = ['diff --git a/stacks/dns/main.tf b/x.tf', 'similarity index 100%'];
    const renamed = [...move, 'rename from stacks/dns/main.tf', 'rename to x.tf', ''].join('\n');
    const copied = [...move, 'copy from stacks/dns/main.tf', 'copy to x.tf', ''].join('\n');
    const mode = 'diff --git a/stacks/dns/main.tf b/stacks/dns/main.tf\nold mode 100644\nnew mode 100755\n';
    const sides = async (patch: string) =>
      (await repository.changes(tree, await repository.applyPatch(tree, patch))).map(({ path, before, after }) => [
        path,
        before?.mode,
        after?.mode,
      ]);
    expect(await sides(renamed)).toEqual([
      ['stacks/dns/main.tf', '100644', undefined],
      ['x.tf', undefined, '100644'],
    ]);
    expect(await sides(copied)).toEqual([['x.tf', undefined, '100644']]);
    expect(await sides(mode)).toEqual([['stacks/dns/main.tf', '100644', '100755']]);
    expect(await sides(adding('l', '120000', '/etc/passwd'))).toEqual([['l', undefined, '120000']]);
  });

  it('with other line ends than the base has is refused', async () => {
    const { repository, tree } = await start();
    expect((await refusal(repository.applyPatch(tree, memory.replaceAll('\n', '\r\n')))).code).toBe('patch-unusable');
    const added = await repository.applyPatch(tree, adding('windows.txt', '100644', 'x\r'));
    const blob = (await repository.changes(tree, added))[0]?.after?.blob ?? '';
    expect((await repository.read([blob])).get(blob)?.toString()).toBe('x\r\n');
  });
});

describe('an attack by patch', () => {
  const submodule = `diff --git a/v b/v\nnew file mode 160000\nindex 0000000..${'a'.repeat(40)}\n--- /dev/null\n+++ b/v\n@@ -0,0 +1 @@\n+Subproject commit ${'a'.repeat(40)}\n`;
  const binary = `diff --git a/b b/b\nnew file mode 100644\nindex 0000000..ce01362\nGIT binary patch\nliteral 6\nNcmWgdEJ#gZ0sshd0j>Z5\n\nliteral 0\nHcmV?d00001\n\n`;
  const through = adding('stacks/link', '120000', '/etc') + adding('stacks/link/passwd');
  const attacks: Readonly<Record<string, string>> = {
    'out of the tree': adding('../outside'),
    'out of the tree further in': adding('stacks/../../outside'),
    'to an absolute path behind the prefix': adding('/etc/x'),
    'into .git': adding('.git/config'),
    'into .GIT': adding('.GIT/hooks/post-checkout'),
    'into .git of a folder': adding('stacks/.git/config'),
    'into a short name of .git': adding('git~1/config'),
    'into .git with letters that do not show': adding('.g\u200cit/config'),
    'a link and a file through it': through,
    'a link for .gitmodules': adding('.gitmodules', '120000', 'x'),
    'a submodule': submodule,
    'a binary file': binary,
    'a mention of one': 'diff --git a/b b/b\nBinary files a/b and b/b differ\n',
    'a directory': adding('d', '040000'),
    'a name with a line break': adding('"a\\nb"').replaceAll('a/"', '"a/').replaceAll('b/"', '"b/'),
    'a name that turns around': adding('a\u202eft.b'),
    nothing: '',
    'no patch': 'please make it larger\n',
    'no change': memory.replace('512', '256'),
    'a patch larger than is read': adding('x', '100644', 'x'.repeat(256 * 1024)),
    'NUL characters': adding('x', '100644', 'a\0b'),
    'half a character': adding('x', '100644', '\ud800'),
    'more files than are taken': Array.from({ length: 501 }, (_, index) => adding(`f${index}`)).join(''),
    'counts that are not true': memory.replace('@@ -1,3 +1,3 @@', '@@ -1,3 +1,999999999 @@'),
    'counts that are too large': memory.replace('-1,3', '-1,99999999999999999999999'),
    'a path that is too long': adding(`${'d/'.repeat(520)}x`),
    'both a file and a folder of a name': adding('n') + adding('n/m'),
    'a change and the removal of what it changed': `${memory}diff --git a/stacks/mail/main.tf b/stacks/mail/main.tf\ndeleted file mode 100644\n--- a/stacks/mail/main.tf\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-${mail.trimEnd().replaceAll('\n', '\n-')}\n`,
  };

  it.each(Object.keys(attacks))('with %s is refused', async (name) => {
    const { repository, tree } = await start();
    expect((await refusal(repository.applyPatch(tree, attacks[name] ?? ''))).code).toBe('patch-unusable');
  });

  it('to an absolute path or of a device stays a plain file in the tree', async () => {
    const { repository, tree } = await start();
    for (const patch of [adding('etc/x').replaceAll('b/etc/x', '/etc/x'), adding('etc/x', '020666')]) {
      const changes = await repository.changes(tree, await repository.applyPatch(tree, patch));
      expect(changes.map(({ path, after }) => [path, after?.mode])).toEqual([['etc/x', '100644']]);
    }
  });

  it('through a link that the base has is refused', async () => {
    const { origin, repository } = await start();
    origin.link('link', '/etc');
    await origin.commit({});
    await repository.fetch(never);
    const head = await repository.resolve('main');
    expect((await refusal(repository.applyPatch(head, adding('link/passwd')))).code).toBe('patch-unusable');
  });

  it('runs nothing that the attributes of the tree ask for', async () => {
    const origin = await makeOrigin();
    await origin.commit({ '.gitattributes': '* filter=x diff=x merge=x text eol=crlf ident\n', 'a.tf': '$Id$\n' });
    const repository = await origin.open();
    await repository.fetch(never);
    const head = await repository.resolve('main');
    const patch = 'diff --git a/a.tf b/a.tf\n--- a/a.tf\n+++ b/a.tf\n@@ -1 +1 @@\n-$Id$\n+$Id: mine$\n';
    const proposed = await repository.applyPatch(head, patch);
    const blob = (await repository.changes(head, proposed))[0]?.after?.blob ?? '';
    expect((await repository.read([blob])).get(blob)?.toString()).toBe('$Id: mine$\n');
  });

  it('of any text either gives a tree or is refused', async () => {
    const { repository, tree } = await start();
    const lines = memory.split('\n');
    const mutated = fc
      .array(fc.tuple(fc.nat(lines.length - 1), fc.oneof(fc.string(), fc.constantFrom(...lines))), { maxLength: 4 })
      .map((edits) => {
        const copy = [...lines];
        for (const [at, line] of edits) copy[at] = line;
        return copy.join('\n');
      });
    await fc.assert(
      fc.asyncProperty(mutated, async (patch) => {
        const outcome = await repository.applyPatch(tree, patch).catch((error: { code?: string }) => error.code);
        expect(outcome).toMatch(/^([0-9a-f]{40}|patch-unusable)$/);
      }),
      { numRuns: 60 },
    );
  });
});
