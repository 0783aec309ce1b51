import { expect, it } from 'vitest';
import { z } from 'zod';
import { describeWithLab, kubectlAs } from '../../../test/lab/use-lab.ts';
import { readDeniedCommand } from './read.ts';
import { shellWords } from './shell-words.fixture.ts';
import type { Path } from './wishes.ts';

const deployment = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.looseObject({ template: z.looseObject({ spec: z.looseObject({ containers: z.array(z.looseObject({})) }) }) }),
});
const list = z.object({ items: z.array(deployment) });

/** The server’s own book-keeping, which no command asks for. */
const bookKeeping = ['managedFields', 'resourceVersion', 'generation', 'status'];

/** The fields of an object by their paths; items of lists that have names go by them. */
function* fieldsOf(value: unknown, path: readonly string[] = []): Generator<readonly [string, unknown]> {
  if (bookKeeping.includes(path.at(-1) ?? '')) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* fieldsOf(item, [...path, itemKey(item, index)]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* fieldsOf(inner, [...path, key]);
  } else yield [path.join('\u0000'), value];
}

function itemKey(item: unknown, index: number): string {
  const name = typeof item === 'object' && item !== null && 'name' in item ? item.name : undefined;
  return typeof name === 'string' ? `=${name}` : String(index);
}

function keyOf(path: Path, container: string): string {
  return path
    .map((step, at) => {
      if (typeof step === 'string') return step;
      // The sample's pods have one container, and a position counts containers alone here.
      if (typeof step === 'number' || 'only' in step)
        return path[at - 1] === 'containers' ? `=${container}` : String(step);
      return `=${step.name}`;
    })
    .join('\u0000');
}

const patch = (type: string, body: unknown): string => `patch @ --type=${type} -p '${JSON.stringify(body)}'`;
const inContainer = (fields: object) => ({ spec: { template: { spec: { containers: [{ name: '#', ...fields }] } } } });
const first = '/spec/template/spec/containers/0';

/** `@` is a Deployment, `#` its container. */
const commands: readonly string[] = [
  'scale @ --replicas=7',
  '--v 0 scale --current-replicas=-1 --replicas 0 @',
  'set image @ #=example.net/x:1',
  "set image @ '*=example.net/x:1'",
  'set env @ CASTELLAN_A=1 CASTELLAN_B=b=c,d',
  'set env @ -c # CASTELLAN_A= LOG_LEVEL-',
  'set env -e CASTELLAN_A=x,y @ LOG_LEVEL=debug',
  'set resources @ --limits=memory=333Mi,cpu=250m --requests=cpu=20m',
  'set resources @ -c=# --limits memory=1Gi',
  'set serviceaccount @ robot',
  'label @ castellan-a=b example.net/c=d',
  'label @ --overwrite app.kubernetes.io/managed-by=robin',
  'label -- @ app.kubernetes.io/managed-by-',
  'annotate @ note=a=b,c',
  patch('strategic', { spec: { replicas: 7 } }),
  patch('strategic', inContainer({ image: 'x:1', env: [{ name: 'LOG_LEVEL', value: 'debug' }] })),
  patch('strategic', inContainer({ resources: { limits: { memory: '333Mi' } } })),
  patch('strategic', { metadata: { labels: { 'app.kubernetes.io/managed-by': null, 'castellan-a': 'b' } } }),
  patch('merge', { spec: { replicas: 0 }, metadata: { annotations: { note: 'x' } } }),
  patch('json', [{ op: 'replace', path: '/spec/replicas', value: 7 }]),
  patch('json', [{ op: 'add', path: '/metadata/labels/example.net~1c', value: 'd' }]),
  patch('json', [{ op: 'replace', path: `${first}/image`, value: 'x:1' }]),
  patch('json', [{ op: 'add', path: `${first}/env/-`, value: { name: 'CASTELLAN_A', value: '1' } }]),
  patch('json', [
    { op: 'replace', path: '/spec/replicas', value: 5 },
    { op: 'replace', path: '/spec/replicas', value: 7 },
  ]),
  'patch @ -p \'spec: {replicas: 7, template: {metadata: {annotations: {note: "yes"}}}}\'',
  'patch @ --subresource=scale --type=merge -p \'{"spec":{"replicas":7}}\'',
];

await describeWithLab('what is read from a command is what kubectl does with it', (lab) => {
  const kubectl = async (args: readonly string[]): Promise<unknown> => {
    const { ok, stdout, stderr } = await kubectlAs('admin', lab, args);
    if (!ok) throw new Error(stderr);
    return JSON.parse(stdout);
  };
  const sample = async () => {
    const ours = ['get', 'deploy', '-A', '-o', 'json', '-l', 'app.kubernetes.io/managed-by=terraform'];
    const { items } = list.parse(await kubectl(ours));
    const found = items.find((one) => {
      const { containers } = one.spec.template.spec;
      return containers.length === 1 && JSON.stringify(containers).includes('LOG_LEVEL');
    });
    if (found === undefined) throw new Error('no Deployment of the homelab has a LOG_LEVEL');
    return found;
  };

  it.each(commands)('kubectl %s', async (command) => {
    const found = await sample();
    const { name, namespace } = found.metadata;
    const said = command.replaceAll('@', `deploy/${name}`).replaceAll('#', name);
    const read = readDeniedCommand({ argv: ['kubectl', '-n', namespace, ...shellWords(said)] });
    if (read.is !== 'edit') return expect.unreachable(JSON.stringify(read));
    expect(read).toMatchObject({ kind: 'Deployment', name, namespace });
    const [own, behind] = [said.replace(/ -- .*/, ''), / -- .*/.exec(said)?.[0] ?? ''];
    const words = ['-n', namespace, ...shellWords(`${own} --dry-run=server -o json${behind}`)];
    const [before, after] = [new Map(fieldsOf(found)), new Map(fieldsOf(await kubectl(words)))];
    // The scale of an object is answered in place of it.
    if (said.includes('--subresource')) return expect(after.get('spec\u0000replicas')).toBe(read.wishes[0]?.value);
    const expected = new Map(before);
    for (const { path, value } of read.wishes) {
      const key = keyOf(path, name);
      if (value !== undefined) expected.set(key, value);
      else for (const one of before.keys()) if (one === key || one.startsWith(`${key}\u0000`)) expected.delete(one);
      const item = path.at(-2);
      if (typeof item === 'object' && 'name' in item)
        expected.set(keyOf([...path.slice(0, -1), 'name'], name), item.name);
    }
    // An environment variable with an empty value is sent without one; a service account has an old name as well.
    const plain = (fields: ReadonlyMap<string, unknown>) =>
      [...fields].filter(([key, value]) => value !== '' && !key.endsWith('\u0000serviceAccount')).sort();
    expect(plain(after)).toEqual(plain(expected));
  });
});
