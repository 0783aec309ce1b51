import { describe, expect, test } from 'vitest';
import { brokenFloors } from './floors.ts';
import { readSources } from './sources.ts';

const file = (path: string, text: string) => [{ path, text }];

describe('floors', () => {
  test('every file imports its own room or a lower floor', () => {
    expect(brokenFloors(readSources())).toEqual([]);
  });

  test.each([
    ['up', 'src/kit/a.ts', "import { b } from '../config/b.ts';"],
    ['up, for a type only', 'src/store/a.ts', "import type { B } from '../server/b.ts';"],
    ['up, over several lines', 'src/store/a.ts', "import {\n  b,\n  type C,\n} from '../server/b.ts';"],
    ['up, when it runs', 'src/cluster/a.ts', "const b = await import('../../tools/catalogue.ts');"],
    ['up, by passing it on', 'src/cluster/a.ts', "export * from '../cli/b.ts';"],
    ['up, for its effects', 'src/cluster/a.ts', "import '../cli/b.ts';"],
    ['up, into a worker', 'src/redaction/a.ts', "new Worker(new URL('../server/b.ts', import.meta.url));"],
    ['a neighbour', 'src/redaction/a.ts', "import { b } from '../store/b.ts';"],
    ['another group', 'tools/kubectl/a.ts', "import { b } from '../vault/b.ts';"],
    ['the catalogue from a group', 'tools/kubectl/a.ts', "import { b } from '../catalogue.ts';"],
    ['a test', 'src/store/a.ts', "import { b } from './b.fixture.ts';"],
    ['a folder on no floor', 'src/store/a.ts', "import { b } from '../attic/b.ts';"],
    ['from a folder on no floor', 'src/attic/a.ts', ''],
    ['a package into the kit', 'src/kit/a.ts', "import pino from 'pino';"],
    ['a computed name', 'src/cli/a.ts', 'const b = await import(name);'],
  ])('a file may not import %s', (_, path, text) => {
    expect(brokenFloors(file(path, text))).toHaveLength(1);
  });

  test.each([
    ['its own room', 'tools/kubectl/a.ts', "import { b } from './b.ts';"],
    ['a lower floor', 'tools/kubectl/a.ts', "import { b } from '../../src/cluster/b.ts';"],
    ['every group, in the catalogue', 'tools/catalogue.ts', "import { b } from './kubectl/group.ts';"],
    ['zod and node, in the kit', 'src/kit/a.ts', "import { z } from 'zod';\nimport { b } from 'node:util';"],
    ['what tests are fed, in a suite', 'test/lab/a.ts', "import { b } from '../../src/keep/b.fixture.ts';"],
    ['what tests are fed, in a benchmark', 'bench/a.ts', "import { b } from '../memory/b.fixture.ts';"],
    ['anything, in a test', 'src/kit/a.test.ts', "import { b } from '../cli/b.ts';"],
    ['what a comment only names', 'src/kit/a.ts', "/** Unlike `import '../cli/b.ts'`. */\n// from '../cli/b.ts'"],
    ['data', 'src/server/a.ts', "import data from '../../package.json' with { type: 'json' };"],
  ])('a file may import %s', (_, path, text) => {
    expect(brokenFloors(file(path, text))).toEqual([]);
  });
});
