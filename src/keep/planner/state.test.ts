import { createHash, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readState } from './state.ts';

const stateOf = (resources: readonly object[]): Buffer =>
  Buffer.from(JSON.stringify({ version: 4, lineage: 'l', serial: 7, outputs: {}, resources }));

const one = (type: string, attributes: object | null, mode = 'managed') => ({
  mode,
  type,
  name: 'a',
  instances: [{ attributes }],
});

describe('a state', () => {
  it('is told by lineage, serial, its bytes and how much it holds', () => {
    const bytes = stateOf([
      { ...one('a', {}), instances: [{ attributes: {} }, { attributes: null, deposed: 'x' }] },
      one('b', {}, 'data'),
    ]);
    expect(readState(bytes)?.facts).toEqual({
      lineage: 'l',
      serial: 7,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      resources: 2,
    });
    expect(readState(Buffer.from(' \n'))).toBeUndefined();
  });

  it('tells which Secrets it holds, and no others', () => {
    const metadata = { namespace: 'mail', name: 'login' };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata };
    const read = readState(
      stateOf([
        one('kubernetes_secret', { metadata: [metadata] }),
        one('kubernetes_secret_v1', { metadata: [{ ...metadata, name: 'v1', namespace: '' }] }),
        one('kubernetes_secret', { metadata: [{ ...metadata, name: 'read' }] }, 'data'),
        one('kubectl_manifest', { kind: 'Secret', api_version: 'v1', namespace: 'mail', name: 'manifest' }),
        one('kubectl_manifest', { kind: 'ConfigMap', api_version: 'v1', namespace: 'mail', name: 'no' }),
        one('kubectl_manifest', { kind: 'Secret', api_version: 'example.net/v1', namespace: 'mail', name: 'no' }),
        one('kubernetes_manifest', { manifest: { type: [], value: { ...secret, metadata: { name: 'typed' } } } }),
        one('kubernetes_manifest', { manifest: { value: { ...secret, kind: 'ConfigMap' } } }),
        one('helm_release', { namespace: 'mail', name: 'relay' }),
        one('terraform_data', { metadata: [metadata] }),
        one('kubernetes_secret', null),
        one('kubernetes_secret', { metadata: [] }),
      ]),
    );
    expect(read?.secrets).toEqual([
      { namespace: 'mail', name: 'login' },
      { namespace: 'default', name: 'v1' },
      { namespace: 'mail', name: 'read' },
      { namespace: 'mail', name: 'manifest' },
      { namespace: 'default', name: 'typed' },
      { namespace: 'mail', helmRelease: 'relay' },
    ]);
  });

  it('that is none is refused without a word of it', () => {
    const secret = randomBytes(12).toString('hex');
    for (const text of [secret, `{"lineage":"${secret}"`, `{"lineage":"${secret}","serial":"1"}`]) {
      const error = (() => {
        try {
          return readState(Buffer.from(text));
        } catch (thrown) {
          return thrown;
        }
      })();
      expect(error).toMatchObject({ code: 'state-unreadable' });
      expect(inspect(error, { depth: 9 })).not.toContain(secret);
    }
  });

  it('of any shape is read or refused', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('kubernetes_secret', 'helm_release', 'kubectl_manifest'), fc.json())),
        (all) => {
          const bytes = stateOf(all.map(([type, json]) => one(type, JSON.parse(json))));
          try {
            readState(bytes);
          } catch (error) {
            expect(error).toMatchObject({ code: 'state-unreadable' });
          }
        },
      ),
    );
  });
});
