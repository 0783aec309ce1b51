import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseHcl } from '../../src/iac/hcl/parse.ts';
import { snippetOf } from './snippets.ts';

const visible = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme-ascii' });

it('any key is quoted so that YAML and HCL read it back as it was', async () => {
  await fc.assert(
    fc.asyncProperty(visible, async (key) => {
      const reference = { mount: 'secret', path: 'apps/my mail', key };
      const yaml = parse(snippetOf('external-secret', reference, undefined));
      expect(yaml.data[0].remoteRef.property.replace(/\\(.)/g, '$1')).toBe(key);
      expect(parse(snippetOf('secret-key-ref', reference, undefined)).env).toHaveLength(1);
      await expect(parseHcl('main.tf', snippetOf('hcl', reference, undefined))).resolves.toBeDefined();
    }),
    { numRuns: 60 },
  );
});

it('a key cannot begin a template in HCL', () => {
  const text = snippetOf('hcl', { mount: 'secret', path: 'a', key: `\${file("/etc/passwd")}%{if true}` }, undefined);
  expect(text).not.toMatch(/(?<!\$)\$\{|(?<!%)%\{/);
});

it('a key with a line end makes no text', () => {
  expect(() => snippetOf('hcl', { mount: 'secret', path: 'a', key: 'x\n}\nresource "y" {' }, undefined)).toThrow(
    expect.objectContaining({ code: 'vault-snippet-impossible' }),
  );
});
