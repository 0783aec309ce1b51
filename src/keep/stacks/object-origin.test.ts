import { afterAll, expect, it } from 'vitest';
import { readStackGraph } from '../../iac/stacks/read.ts';
import { createRedactor } from '../../redaction/index.ts';
import { KeepScratch } from '../config/scratch.fixture.ts';
import { originOfObject } from './object-origin.ts';

const scratch = new KeepScratch();
afterAll(() => scratch[Symbol.dispose]());
const { profiles } = scratch.load();
const redact = createRedactor().text;

const files = {
  'stacks/mail/main.tf': 'module "app" {\n  source   = "../../modules/app"\n  replicas = 2\n}\n',
  'modules/app/main.tf': [
    'variable "replicas" { type = number }',
    'resource "kubectl_manifest" "server" {',
    '  yaml_body = yamlencode({',
    '    kind     = "Deployment"',
    '    metadata = { name = "server", namespace = "mail" }',
    '    spec     = { replicas = var.replicas }',
    '  })',
    '}',
    '',
  ].join('\n'),
};

it('an object is told with the module calls that lead to it, and each field with the line it is given at', async () => {
  const source = { files: new Map(Object.entries(files)) };
  const graph = await readStackGraph(source, { stacks: ['stacks/*'], modules: ['modules/*'] });
  const base = { tree: 'f'.repeat(40), files: [], source, graph };
  const object = { kind: 'Deployment', namespace: 'mail', name: 'server' };
  const origin = await originOfObject(base, object, profiles, redact);
  expect(origin).toMatchObject({
    stack: 'stacks/mail',
    address: 'module.app.kubectl_manifest.server',
    place: { file: 'modules/app/main.tf', line: 2 },
    calls: [{ file: 'stacks/mail/main.tf', line: 1 }],
  });
  expect(origin?.fields).toContainEqual({
    field: 'spec.replicas',
    file: 'stacks/mail/main.tf',
    line: 3,
    literal: '2',
  });
});
