import fc from 'fast-check';
import { expect, test } from 'vitest';
import { locate } from '../../src/config/locate.ts';
import { dataDirectory } from '../../src/guard/places.ts';

test('the guard looks for the daemon where the daemon says its data directory is', () => {
  const path = fc.constantFrom('', '/a', '/a/b/', 'relative', '../up', './x', '/x/../y', '~', ' ');
  const environment = fc.record(
    { CASTELLAN_HOME: path, XDG_STATE_HOME: path, HOME: path, XDG_CONFIG_HOME: path },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(environment, fc.constantFrom('/', '/srv/work'), (given, cwd) => {
      const { home } = locate({ flags: {}, environment: given, cwd });
      expect(dataDirectory(given, cwd)).toBe(home);
    }),
    { numRuns: 1_000 },
  );
});
