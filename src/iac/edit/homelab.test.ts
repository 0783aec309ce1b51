import { describe, expect, test } from 'vitest';
import { appThat, claimName } from '../../../test/lab/homelab/model.ts';
import type { EditOutcome, FieldPath } from './port.ts';
import { prepareEdit } from './prepare.ts';
import { applyDiff, sampleHomelab, sourcesOf } from './sources.fixture.ts';

const { files, stacks } = sampleHomelab();
const sources = await sourcesOf(files);
const container: FieldPath = ['spec', 'template', 'spec', 'containers', { only: true }];

function app(does: string) {
  const { stack, app: found } = appThat(stacks, does);
  return {
    file: `stacks/${stack.name}/main.tf`,
    found,
    object: { kind: 'Deployment', namespace: found.namespace, name: found.name },
  };
}

/** Lines that the edit takes out and puts in. */
function lines(outcome: EditOutcome): readonly string[] {
  if (outcome.is !== 'prepared') return [outcome.why, ...outcome.others];
  const now = applyDiff(files, outcome.patch);
  expect(Object.keys(now).filter((path) => now[path] !== files[path])).toHaveLength(1);
  return outcome.patch
    .split('\n')
    .filter((line) => /^[-+](?![-+])/.test(line))
    .map((line) => line.replace(/\s+/g, ' '));
}

describe('on the sample homelab', () => {
  test('replicas are changed where the module is called', async () => {
    const { object, file } = app('photo library');
    const outcome = await prepareEdit(sources, object, [{ path: ['spec', 'replicas'], value: 3 }]);
    expect(lines(outcome)).toEqual(['- replicas = 1', '+ replicas = 3']);
    expect(outcome).toMatchObject({
      place: { file },
      changes: [{ field: 'spec.replicas', before: 1, after: 3 }],
      also: [],
    });
  });

  test('an image is', async () => {
    const { object, found } = app('photo library');
    const image = `registry.example.net/photos/${found.name}:3.0.0`;
    const outcome = await prepareEdit(sources, object, [{ path: [...container, 'image'], value: image }]);
    expect(lines(outcome)[1]).toBe(`+ image = "${image}"`);
  });

  test('one literal is request and limit of the memory, which is told', async () => {
    const { object } = app('photo library');
    const outcome = await prepareEdit(sources, object, [
      { path: [...container, 'resources', 'limits', 'memory'], value: '1Gi' },
    ]);
    expect(lines(outcome)).toEqual(['- memory = "256Mi"', '+ memory = "1Gi"']);
    expect(outcome).toMatchObject({
      also: [{ field: 'spec.template.spec.containers[0].resources.requests.memory', after: '1Gi' }],
    });
  });

  test('both at once are one edit; two values for one literal are none', async () => {
    const { object } = app('photo library');
    const wish = (part: string, value: string) => ({ path: [...container, 'resources', part, 'memory'], value });
    const both = await prepareEdit(sources, object, [wish('limits', '1Gi'), wish('requests', '1Gi')]);
    expect(lines(both)).toEqual(['- memory = "256Mi"', '+ memory = "1Gi"']);
    expect(both).toMatchObject({ changes: [{}, {}], also: [] });
    expect(lines(await prepareEdit(sources, object, [wish('limits', '1Gi'), wish('requests', '512Mi')]))[0]).toBe(
      'not-proven',
    );
  });

  test('variables of the environment are changed, added and taken out', async () => {
    const { object } = app('photo library');
    const env = (name: string): FieldPath => [...container, 'env', { name }];
    expect(
      lines(await prepareEdit(sources, object, [{ path: [...env('TZ'), 'value'], value: 'Europe/Berlin' }]))[1],
    ).toBe('+ env = { LOG_LEVEL = "info", TZ = "Europe/Berlin" }');
    expect(lines(await prepareEdit(sources, object, [{ path: [...env('DEBUG'), 'value'], value: '1' }]))[1]).toBe(
      '+ env = { LOG_LEVEL = "info", TZ = "Etc/UTC", DEBUG = "1" }',
    );
    expect(lines(await prepareEdit(sources, object, [{ path: env('LOG_LEVEL'), value: undefined }]))[1]).toBe(
      '+ env = { TZ = "Etc/UTC" }',
    );
    const several = await prepareEdit(sources, object, [
      { path: [...env('LOG_LEVEL'), 'value'], value: 'debug' },
      { path: env('TZ'), value: undefined },
      { path: [...env('A'), 'value'], value: 'b' },
    ]);
    expect(lines(several)[1]).toBe('+ env = { LOG_LEVEL = "debug", A = "b" }');
  });

  test('a label of the pods is an argument more', async () => {
    const { object } = app('photo library');
    const path: FieldPath = ['spec', 'template', 'metadata', 'labels', 'example.net/ring'];
    expect(lines(await prepareEdit(sources, object, [{ path, value: 'one' }]))).toEqual([
      '+ pod_labels = { "example.net/ring" = "one" }',
    ]);
  });

  test('a label of the object itself would be every object’s', async () => {
    const { object } = app('photo library');
    const outcome = await prepareEdit(sources, object, [{ path: ['metadata', 'labels', 'ring'], value: 'one' }]);
    expect(outcome).toMatchObject({ is: 'refused', why: 'shared' });
  });

  test('a default that is nobody’s own becomes an argument of the one call', async () => {
    const { found, file } = app('photo library');
    const object = { kind: 'CronJob', namespace: found.namespace, name: `${found.name}-backup` };
    const outcome = await prepareEdit(sources, object, [{ path: ['spec', 'suspend'], value: true }]);
    expect(lines(outcome)).toEqual(['+ suspend = true']);
    expect(outcome).toMatchObject({ place: { file } });
  });

  test('what a module says for all of its callers is shared', async () => {
    const { object } = app('photo library');
    const path: FieldPath = [...container, 'resources', 'requests', 'cpu'];
    const outcome = await prepareEdit(sources, object, [{ path, value: '20m' }]);
    expect(outcome).toMatchObject({ is: 'refused', why: 'shared' });
  });

  test('the size of a claim', async () => {
    const { found } = app('photo library');
    const object = { kind: 'PersistentVolumeClaim', namespace: found.namespace, name: claimName(found) };
    const path = ['spec', 'resources', 'requests', 'storage'];
    expect(lines(await prepareEdit(sources, object, [{ path, value: '300Gi' }]))[1]).toContain('storage = "300Gi"');
  });

  test.each([
    ['same', ['spec', 'replicas'], 1],
    ['no-place', ['spec', 'nowhere', 'else'], 1],
    ['not-proven', ['metadata', 'name'], 'other'],
  ])('is refused as %s', async (why, path, value) => {
    const { object } = app('photo library');
    const outcome = await prepareEdit(sources, object, [{ path, value }]);
    expect(outcome).toMatchObject({ is: 'refused' });
    expect([why, 'shared', 'not-proven']).toContain(lines(outcome)[0]);
  });

  test('nobody owns what no stack makes', async () => {
    const { object } = app('photo library');
    expect(
      lines(await prepareEdit(sources, { ...object, name: 'nobody' }, [{ path: ['spec', 'replicas'], value: 2 }])),
    ).toEqual(['no-owner']);
    expect(
      lines(await prepareEdit(sources, { ...object, namespace: 'other' }, [{ path: ['spec', 'replicas'], value: 2 }])),
    ).toEqual(['no-owner']);
  });
});
