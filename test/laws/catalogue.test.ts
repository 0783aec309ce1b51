import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../tools/catalogue.ts';
import { catalogueLaws } from './catalogue-laws.ts';
import { listFiles, repository } from './sources.ts';

const files = new Map(listFiles(['tools']).map((path) => [path, readFileSync(new URL(path, repository), 'utf8')]));

describe('the catalogue', () => {
  test('serves something', () => {
    expect(catalogue.flatMap(({ tools }) => tools).length).toBeGreaterThan(0);
  });

  test.each(catalogueLaws)('$name', (law) => {
    expect(law.breaches({ catalogue, files })).toEqual([]);
  });
});
