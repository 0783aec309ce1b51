import { describe, expect, it } from 'vitest';
import type { PrepareEdit } from '../../../src/iac/edit/port.ts';
import { prepareEdit } from '../../../src/iac/edit/prepare.ts';
import { type Corpus, drawCorpus } from './corpus.fixture.ts';
import { judge } from './judge.fixture.ts';
import { shellWords } from './shell-words.fixture.ts';

/** Whoever measures with a crooked rule finds what he likes: patches that are a little wrong must be found out. */
describe('the judge', async () => {
  const corpus: Corpus = await drawCorpus();
  const entryOf = (begins: RegExp) => {
    const found = corpus.entries.find(({ command }) => begins.test(command));
    if (found === undefined) throw new Error(`no command is ${begins}`);
    return found;
  };
  const scale = entryOf(/^kubectl scale deploy\/\S+ --replicas=3 -n/);
  const memory = entryOf(/^kubectl set resources deploy \S+ --limits=memory=512Mi/);
  const nobody = entryOf(/coredns/);
  const changed =
    (change: (patch: string) => string): PrepareEdit =>
    async (...asked) => {
      const outcome = await prepareEdit(...asked);
      return outcome.is === 'prepared' ? { ...outcome, patch: change(outcome.patch) } : outcome;
    };

  it('takes the right one for right', async () => {
    expect(await judge(scale, corpus, prepareEdit)).toMatchObject({ is: 'correct' });
    expect(await judge(memory, corpus, prepareEdit)).toMatchObject({ is: 'correct' });
    expect(await judge(nobody, corpus, prepareEdit)).toMatchObject({ is: 'right' });
  });

  it.each<[string, (patch: string) => string]>([
    ['another value', (patch) => patch.replace(/^\+(.*)3$/m, '+$14')],
    ['another line as well', (patch) => patch.replace(/^\+( .*)$/m, '+$1\n+  min_available = 0')],
    ['a comment as well', (patch) => patch.replace(/^\+( .*)$/m, '+$1\n+  # one more')],
    ['nothing', (patch) => patch.replace(/^\+(.*)3$/m, '+$12')],
  ])('finds a patch that makes it %s', async (_, change) => {
    expect(await judge(scale, corpus, changed(change))).toMatchObject({ is: 'WRONG' });
  });

  it('finds one that reaches another object, or a field of the same one that was not foreseen', async () => {
    const elsewhere: PrepareEdit = (sources, object, wishes) =>
      prepareEdit(sources, { ...object, name: 'notes', namespace: 'notes' }, wishes);
    expect(await judge(scale, corpus, elsewhere)).toMatchObject({ is: 'WRONG' });
    const { also, ...unforeseen } = memory.expect.is === 'patch' ? memory.expect : { also: undefined };
    expect(also).toBeDefined();
    if (!('fields' in unforeseen)) return expect.unreachable();
    const strict = { ...memory, expect: unforeseen };
    expect(await judge(strict, corpus, prepareEdit)).toMatchObject({
      is: 'WRONG',
      found: expect.stringContaining('it also changes'),
    });
  });

  it('finds a patch where none was expected, and a refusal for another reason', async () => {
    const hasOwner: PrepareEdit = async (sources, object, wishes) =>
      prepareEdit(sources, { ...object, name: 'notes', namespace: 'notes' }, wishes);
    expect(await judge(nobody, corpus, hasOwner)).toMatchObject({ is: 'WRONG' });
    const refused = {
      is: 'refused',
      why: 'same',
      field: undefined,
      stack: undefined,
      place: undefined,
      others: [],
    } as const;
    expect(await judge(nobody, corpus, async () => refused)).toMatchObject({ is: 'missed' });
    expect(await judge(scale, corpus, async () => refused)).toMatchObject({ is: 'missed' });
  });

  it('has words split as a shell splits them', () => {
    expect(shellWords(`a  'b "c"'d e\\ f "" 'g\nh'`)).toEqual(['a', 'b "c"d', 'e f', '""', 'g\nh']);
  });
});
