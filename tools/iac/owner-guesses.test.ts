import { randomInt } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import type { ObjectOrigin } from '../../src/change/wire/stacks.ts';
import { createRedactor } from '../../src/redaction/index.ts';
import { callTool } from './keep.fixture.ts';
import { owner } from './owner.ts';
import { scriptedKeep } from './scripted-keep.fixture.ts';

/** Short enough to be guessed, and written into the source under a name that gives nothing away. */
const pin = `pin${randomInt(100_000, 999_999)}`;
const redactor = createRedactor();
redactor.addLayer({
  name: 'known',
  find: (text) => {
    const start = text.indexOf(pin);
    return start === -1 ? [] : [{ start, end: start + pin.length, rule: 'known', guessable: true }];
  },
});

const file = 'stacks/mail/main.tf';
const env = 'spec.template.spec.containers[0].env';
const origin: ObjectOrigin = {
  stack: 'stacks/mail',
  address: 'kubectl_manifest.server',
  place: { file, line: 12 },
  fields: [
    { field: `${env}[0].name`, file, line: 32, literal: 'GREETING' },
    { field: `${env}[0].value`, file, line: 32, literal: pin },
    { field: `${env}[1].name`, file, line: 33, literal: 'LOG_LEVEL' },
    { field: `${env}[1].value`, file, line: 33, literal: 'info' },
  ],
  ignored: [],
};
const keep = await scriptedKeep((request) => {
  if (!('of' in request) || request.of !== 'edit') return { object: origin };
  const isRight = request.wishes.every(({ value }) => value === pin);
  return { edit: { is: 'refused', why: isRight ? 'same' : 'shared', stack: 'stacks/mail', others: [] } };
});
afterAll(() => keep[Symbol.asyncDispose]());

const ask = async (field: string, value: string): Promise<string> =>
  (await callTool(owner, keep, { target: 'deploy/server', namespace: 'mail', field, value }, { redactor })).text;

it('a literal that Vault has as well answers no guess', async () => {
  expect(await ask('env.GREETING', pin)).toBe(await ask('env.GREETING', 'other'));
  expect(await ask('env.GREETING', pin)).toContain('NO EDIT: it is a secret');
  expect(await ask('env.LOG_LEVEL', 'debug')).toContain('NO EDIT: the field stands at');
});

it('it stays masked among others, though the agent sends it along', async () => {
  const listed = await ask('env', pin);
  expect(listed).toContain('LOG_LEVEL');
  expect(listed).not.toContain(pin);
});
