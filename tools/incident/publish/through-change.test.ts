import { describe, expect, it } from 'vitest';
import type { ChangeView } from '../../../src/change/wire/change.ts';
import type { KeepReply, KeepRequest } from '../../../src/change/wire/protocol.ts';
import { incidentError } from '../../../src/incident/errors.ts';
import type { InfraRepository } from '../../../src/incident/sources/port.ts';
import { scripted } from '../incident.fixture.ts';
import { proposeReport } from './through-change.ts';

const [first, second] = [`chg_${'a2'.repeat(13)}`, `chg_${'b3'.repeat(13)}`];
const set = `set_${'a2'.repeat(13)}`;
const incident = 'inc_shopweb234';
const report = (words: string): string => `---\nincident_id: "${incident}"\n---\n${words}\n`;
const viewOf = (view: object): ChangeView => ({ set, ...view }) as ChangeView;
const reason = `post-mortem of ${incident}, version 3: a document, nothing of it is applied`;

/** What the keep was asked to propose, and what came of it. */
async function proposing(
  known: readonly ChangeView[],
  mirror?: { readonly head: string | undefined; readonly knows: readonly string[] },
) {
  const proposals: (KeepRequest & { readonly verb: 'propose' })[] = [];
  const repository =
    mirror === undefined
      ? undefined
      : scripted<InfraRepository>('repository', {
          head: async () => ({ commit: 'head', at: new Date(), stale: undefined }),
          file: async (_path, commit) => {
            if (commit === 'head' || mirror.knows.includes(commit)) return mirror.head;
            throw incidentError('infra-file-unusable', { message: 'no such commit', next: 'x' });
          },
        });
  const done = await proposeReport(
    {
      path: 'docs/a.md',
      stack: 'stacks/docs',
      markdown: report('three'),
      incident,
      version: 3,
      earlier: [
        { change: second, markdown: report('two') },
        { change: first, markdown: report('one') },
      ],
      by: { agent: 'agent:claude', human: 'human:robin' },
    },
    {
      keep: {
        ask: async (request) => {
          const keep: KeepReply['keep'] = { version: '1', boundary: 'separate user', problems: [] };
          if (request.verb === 'propose') {
            proposals.push(request);
            return { keep, changes: [viewOf({ id: `chg_${'c4'.repeat(13)}`, state: 'draft' })] };
          }
          const ofOne = 'id' in request ? known.filter((one) => one.id === request.id) : known;
          return { keep, changes: 'open' in request && request.open === true ? [] : [...ofOne] };
        },
      },
      repository,
      signal: AbortSignal.timeout(20_000),
    },
  );
  const [proposal] = proposals;
  return { done, patch: proposal?.kind === 'change' ? (proposal.patch ?? '') : '' };
}

const landedFirst = viewOf({ id: first, state: 'landed', landedAs: 'one' });
const landedSecond = viewOf({ id: second, state: 'landed', landedAs: 'two' });
const rejectedSecond = viewOf({ id: second, state: 'rejected' });

describe('a correction', () => {
  it.each([
    ['the last version, which landed', [landedFirst, landedSecond], undefined, '-two'],
    ['the one before, where the last was rejected', [landedFirst, rejectedSecond], undefined, '-one'],
    ['the last, where the keep has forgotten it', [], undefined, '-two'],
    [
      'the mirror, where a human edited the file since',
      [landedSecond],
      { head: report('by hand'), knows: ['two'] },
      '-by hand',
    ],
    ['the keep, where the mirror is older', [landedFirst, landedSecond], { head: report('one'), knows: [] }, '-two'],
  ] as const)('stands on %s', async (_, known, mirror, line) => {
    const { patch } = await proposing(known, mirror);
    expect(patch.split('\n')).toEqual(expect.arrayContaining([line, '+three']));
    expect(patch).not.toContain('new file mode');
  });

  it.each([
    ['everything before was rejected', [rejectedSecond, viewOf({ id: first, state: 'expired' })], undefined],
    ['the file was taken away since', [landedSecond], { head: undefined, knows: ['two'] }],
  ] as const)('makes the file where %s', async (_, known, mirror) => {
    expect((await proposing(known, mirror)).patch).toContain('new file mode');
  });

  it('that landed before whoever proposed it could write that down is found, and not made again', async () => {
    const { done, patch } = await proposing([viewOf({ id: first, state: 'landed', incident, reason })]);
    expect([done.change, done.state, patch]).toEqual([first, 'landed', '']);
  });
});
