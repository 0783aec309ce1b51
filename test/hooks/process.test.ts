import { closeSync, constants, openSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { payload, reasonOn, runHook } from './guard.fixture.ts';

describe('the hook as a process', () => {
  test('denies with a decision on stdout and exit 0', async () => {
    const { code, stdout, stderr } = await runHook(payload('cd /srv && kubectl delete pod web-0'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(reasonOn(stdout)).toContain('`kubectl delete pod web-0` (command 2 of 2)');
  });

  test.each(['kubectl get pods', 'echo "kubectl delete pod x"', ''])('says nothing about: %s', async (command) => {
    expect(await runHook(payload(command))).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('does not ask about other tools', async () => {
    expect(await runHook(payload('kubectl delete pod x', 'Write'))).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test.each([
    ['a text that ends too early', payload('bash -c "kubectl delete pod x')],
    ['an input that is no JSON', '{"tool_input": {"command": "kubectl delete'],
    ['a command that is no text', payload(['kubectl', 'delete'])],
    ['a name in pieces, in a text that cannot be read', payload(`ku"bect"l delete pod x; "`)],
  ])('stops %s with exit 2, since a guarded program is named', async (_what, input) => {
    const { code, stdout, stderr } = await runHook(input);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Castellan could not read this command');
  });

  test.each([
    ['a text that ends too early', payload('echo "hello')],
    ['an input that is no JSON', 'hello'],
    ['a command that is no text', payload(7)],
    ['no input', ''],
  ])('lets %s pass where none is named', async (_what, input) => {
    expect(await runHook(input)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('stops a denied command also where nobody takes its decision', async () => {
    const reader = openSync('/dev/null', constants.O_RDONLY);
    try {
      // What cannot be written to, as a stdout that was closed.
      const { code, stderr } = await runHook(payload('kubectl delete pod web-0'), {}, reader);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Castellan denies') });
    } finally {
      closeSync(reader);
    }
  });
});
