import { randomInt } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import type { FieldStep, FieldWish } from '../../change/wire/edit.ts';
import { prepareEdit } from '../../iac/edit/prepare.ts';
import { readStackGraph } from '../../iac/stacks/read.ts';
import { createRedactor } from '../../redaction/index.ts';
import { KeepScratch } from '../config/scratch.fixture.ts';
import type { Tree } from '../runs/parts.ts';
import { originOfObject } from './object-origin.ts';
import { createEdits } from './prepared-edit.ts';

const scratch = new KeepScratch();
afterAll(() => scratch[Symbol.dispose]());
const { profiles } = scratch.load();
const redact = createRedactor().text;

/** Neither is a secret by its form: what gives it away is its name. */
const secret = `quiet-harbour${randomInt(1_000, 9_999)}`;
const guess = `brown-meadow${randomInt(1_000, 9_999)}`;
const object = { kind: 'Deployment', namespace: 'mail', name: 'server' };
const { signal } = new AbortController();

/** How a password comes into the environment of a container; each has a variable beside it that is no secret. */
const sources = {
  'a list of the manifest': {
    env: `[{ name = "DB_PASSWORD", value = "${secret}" }, { name = "LOG_LEVEL", value = "info" }]`,
    more: '',
  },
  'a list over several lines': {
    env: `[
            {
              name  = "DB_PASSWORD"
              value = "${secret}"
            },
            { name = "TZ", value = "Etc/UTC" },
            { name = "ROOM", value = "a" },
            { name = "SIZE", value = "b" },
            { name = "LOG_LEVEL", value = "info" }
          ]`,
    more: '',
  },
  'a variable that says nothing of it': {
    env: '[{ name = "DB_PASSWORD", value = var.given }, { name = "LOG_LEVEL", value = "info" }]',
    more: `variable "given" {\n  default = "${secret}"\n}\n`,
  },
  'a name that is its own': {
    env: '[{ name = "DB_PASSWORD", value = local.db_password }, { name = "LOG_LEVEL", value = "info" }]',
    more: `locals {\n  db_password = "${secret}"\n}\n`,
  },
  'two of one name': {
    env: `[{ name = "DB_PASSWORD", value = "${secret}" }, { name = "LOG_LEVEL", value = "x" }, { name = "LOG_LEVEL", value = "y" }]`,
    more: '',
  },
} as const;

const treeOf = async ({ env, more }: { readonly env: string; readonly more: string }): Promise<Tree> => {
  const manifest = `resource "kubectl_manifest" "server" {
  yaml_body = yamlencode({
    apiVersion = "apps/v1"
    kind       = "Deployment"
    metadata   = { name = "server", namespace = "mail" }
    spec = {
      replicas = 2
      template = { spec = { containers = [{ name = "web", env = ${env} }] } }
    }
  })
}
`;
  const source = { files: new Map(Object.entries({ 'stacks/mail/main.tf': manifest, 'stacks/mail/more.tf': more })) };
  const graph = await readStackGraph(source, { stacks: ['stacks/*'], modules: ['modules/*'] });
  return { tree: 'f'.repeat(40) as Tree['tree'], files: [], source, graph };
};

const containers = ['spec', 'template', 'spec', 'containers'] as const;
const ways: readonly (readonly FieldStep[])[] = [
  [...containers, { name: 'web' }, 'env', { name: 'DB_PASSWORD' }, 'value'],
  [...containers, { only: true }, 'env', { name: 'DB_PASSWORD' }, 'value'],
  [...containers, 0, 'env', 0, 'value'],
];

describe.each(Object.entries(sources))('a password that stands in %s', (_, source) => {
  const ask = async (wishes: readonly FieldWish[]) => {
    const tree = await treeOf(source);
    const editOf = createEdits({ prepare: prepareEdit, profiles, redact });
    return editOf({ base: async () => tree, object, wishes, signal });
  };

  it('answers no guess, however it is asked', async () => {
    for (const path of ways) {
      for (const more of [[], [{ path: ['spec', 'replicas'], value: 3 }], [{ path: ['spec', 'replicas'], value: 2 }]]) {
        const [right, wrong] = [
          await ask([{ path: [...path], value: secret }, ...more]),
          await ask([{ path: [...path], value: guess }, ...more]),
        ];
        expect(right).toEqual(wrong);
        expect(right).toMatchObject({ is: 'refused', why: 'secret' });
        const last = await ask([...more, { path: [...path], value: secret }]);
        expect(last).toEqual(await ask([...more, { path: [...path], value: guess }]));
      }
    }
  });

  it('is in no answer, also where it is taken away or its neighbour is changed', async () => {
    const item = [...containers, 0, 'env', { name: 'DB_PASSWORD' }];
    const neighbour = [...containers, 0, 'env', { name: 'LOG_LEVEL' }, 'value'];
    for (const wishes of [[{ path: item }], [{ path: neighbour, value: 'debug' }], [{ path: [...item, 'value'] }]]) {
      expect(JSON.stringify(await ask(wishes))).not.toContain(secret);
    }
  });

  it('is not told with where it stands', async () => {
    const origin = await originOfObject(await treeOf(source), object, profiles, redact);
    expect(JSON.stringify(origin)).toContain('env[0].value');
    expect(JSON.stringify(origin)).not.toContain(secret);
  });
});

it('what only sounds like one is edited', async () => {
  const tree = await treeOf({ env: '[{ name = "TOKEN_TTL", value = "1h" }]', more: '' });
  const editOf = createEdits({ prepare: prepareEdit, profiles, redact });
  const path = [...containers, 0, 'env', { name: 'TOKEN_TTL' }, 'value'];
  const reply = await editOf({ base: async () => tree, object, wishes: [{ path, value: '2h' }], signal });
  expect(reply).toMatchObject({ is: 'prepared', changes: [{ before: '1h', after: '2h' }] });
  const origin = await originOfObject(tree, object, profiles, redact);
  expect(origin?.fields.find(({ field }) => field.endsWith('env[0].value'))?.literal).toBe('1h');
});
