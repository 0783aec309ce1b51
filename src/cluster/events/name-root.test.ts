import fc from 'fast-check';
import { expect, it } from 'vitest';
import { refText } from '../owner.ts';
import { rootByName } from './name-root.ts';

const rootOf = (kind: string, name: string): string =>
  refText(rootByName({ group: '', kind, namespace: 'shop', name })).replace('shop/', '');

it.each([
  ['Pod', 'web-7754fd9cbb-57rbs', 'Deployment web'],
  ['Pod', 'web-api-dc7cbcb4d-wfgxg', 'Deployment web-api'],
  ['ReplicaSet', 'web-7754fd9cbb', 'Deployment web'],
  ['Pod', 'db-0', 'StatefulSet db'],
  ['Pod', 'backup-29410220-x7k2p', 'CronJob backup'],
  ['Job', 'backup-29410220', 'CronJob backup'],
  ['Job', 'migrate', 'Job migrate'],
  ['Pod', 'agent-x7k2p', 'Pod agent-x7k2p'],
  ['Pod', 'standalone', 'Pod standalone'],
  ['Pod', 'web-server', 'Pod web-server'],
  ['Node', 'node-1', 'Node node-1'],
])('%s %s is told of %s', (kind, name, root) => {
  expect(rootOf(kind, name)).toBe(root);
});

it('never leaves a name empty, and keeps the namespace', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('Pod', 'ReplicaSet', 'Job', 'Service'),
      fc.stringMatching(/^[a-z0-9-]{1,40}$/),
      (kind, name) => {
        const root = rootByName({ group: '', kind, namespace: 'shop', name });
        expect(root.name).not.toBe('');
        expect(root.namespace).toBe('shop');
      },
    ),
  );
});
