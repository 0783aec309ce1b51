import { describe, expect, it } from 'vitest';
import { type Diagnostic, maskDiagnostics } from './mask-diagnostics.ts';
import { drawSecret, redact, sourceWith, type WrittenSource, waysToWrite } from './plan.fixture.ts';

const mask = (diagnostic: Partial<Diagnostic>, source: WrittenSource = {}, secrets: readonly string[] = []) =>
  maskDiagnostics([{ summary: 'Error', detail: '', ...diagnostic }], {
    origins: sourceWith(source),
    secrets: new Set(secrets),
    redact,
  }).lines[0];

const secret = drawSecret();

describe('an error about the source', () => {
  it('is told with the names that stand in the source, and its place', () => {
    expect(
      mask(
        {
          summary: 'Reference to undeclared resource',
          detail: 'A managed resource "kubectl_manifest" "relay" has not been declared in the root module.',
          file: 'stacks/mail/main.tf',
          line: 12,
        },
        { words: ['kubectl_manifest', 'relay'] },
      ),
    ).toBe(
      'Reference to undeclared resource: A «…» resource "kubectl_manifest" "relay" has not been declared in the root module. (stacks/mail/main.tf:12)',
    );
  });

  it('is told without what does not stand there', () => {
    const line = mask({
      summary: 'Unsupported argument',
      detail: `An argument named "${secret}" is not expected here.`,
    });
    expect(line).toBe('Unsupported argument: An argument named "«…»" is not expected here.');
  });
});

describe('an error about values', () => {
  it('is told by its heading and the words before the first value', () => {
    expect(
      mask({
        summary: 'Invalid function argument',
        detail: 'Invalid value for "path" parameter: no file exists at "value"; this function works only with files.',
      }),
    ).toBe('Invalid function argument: Invalid value for «…»');
  });

  it('tells nothing by words that a proposal chose', () => {
    const of = (word: string) =>
      mask(
        { summary: 'Error in function call', detail: `Call to function "file" failed: no file exists at ${word}.` },
        { words: ['alpha', 'beta', 'file'] },
      );
    expect(of('alpha')).toBe(of('beta'));
    expect(of('the value')).toBe(of('a list'));
  });

  it('names an instance only when its keys are literal', () => {
    const address = 'module.app["blue"].kubectl_manifest.a[0]';
    expect(mask({ summary: 'Invalid index', address })).toContain(address);
    expect(mask({ summary: 'Invalid index', address }, { hasLiteralKeys: false })).toContain(
      'module.app["«computed»"].kubectl_manifest.a["«computed»"]',
    );
  });
});

describe('the message of a check', () => {
  it.each([
    'Resource precondition failed',
    'Resource postcondition failed',
    'Check block assertion failed',
    'Invalid value for variable',
    'Module output value precondition failed',
  ])('is not told: %s', (summary) => {
    const detail = 'the value is not valid';
    expect(mask({ summary, detail, file: 'main.tf', line: 3 }, { words: [detail] })).toBe(
      `${summary}: «the message in the source» (main.tf:3)`,
    );
  });
});

describe('an error of a provider or a tool', () => {
  it.each([
    ['Get "https://192.0.2.1:6443/api": dial tcp 192.0.2.1:6443: connect: connection refused', 'connection refused'],
    ['relay failed to fetch resource from kubernetes: deployments.apps "relay" is forbidden', 'it is not allowed'],
    ['context deadline exceeded', 'it took too long'],
    ['yaml: line 3: could not find expected ":"', 'a text could not be parsed'],
    [`something odd happened to ${secret}`, '«…»'],
  ])('comes down to what went wrong: %s', (detail, reason) => {
    expect(mask({ summary: `error of ${secret}`, detail })).toBe(`an error of a provider or a tool: ${reason}`);
  });

  it('tells nothing by words that a proposal chose', () => {
    expect(mask({ summary: 'the value', detail: 'a list of the names' })).toBe(
      mask({ summary: 'a list', detail: 'the other' }),
    );
  });
});

describe('a secret in an error', () => {
  const places: readonly ((text: string) => Partial<Diagnostic>)[] = [
    (text) => ({ summary: text }),
    (text) => ({ summary: 'Unsupported argument', detail: text }),
    (text) => ({ summary: 'Unsupported argument', detail: `An argument named "${text}"` }),
    (text) => ({ summary: 'Invalid index', detail: `the value ${text}` }),
    (text) => ({ summary: 'Resource precondition failed', detail: text }),
    (text) => ({ summary: 'Invalid index', file: text }),
    (text) => ({ summary: 'Invalid index', file: `${text}.tf` }),
    (text) => ({ summary: 'Invalid index', address: `a.b["${text}"]` }),
    (text) => ({ summary: 'Invalid index', address: text }),
  ];

  it('is not told, wherever and however it stands, even if the source holds it', () => {
    for (const place of places) {
      for (const way of waysToWrite(secret)) {
        const line = mask(place(way), { literals: '*', words: waysToWrite(secret) }, [secret]) ?? '';
        expect(line).not.toContain(secret);
      }
    }
  });
});

describe('many errors', () => {
  it('are cut, and alike ones are one', () => {
    const many = Array.from({ length: 200 }, (_, index) => ({
      summary: 'Invalid index',
      detail: '',
      file: 'main.tf',
      line: index,
    }));
    const { lines } = maskDiagnostics(many, { origins: sourceWith(), secrets: new Set(), redact });
    expect(lines).toHaveLength(51);
    const alike = many.map((one) => ({ ...one, line: 1 }));
    expect(
      maskDiagnostics(alike.slice(0, 9), { origins: sourceWith(), secrets: new Set(), redact }).lines,
    ).toHaveLength(1);
  });
});
