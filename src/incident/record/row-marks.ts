import { z } from 'zod';
import type { Queryable } from '../../store/database.ts';
import { digestOf, invalid, prove, words } from './fields.ts';
import { nothingRemembered } from './keys.ts';
import type { IncidentRecord, RowMark } from './port.ts';
import { type RecordGround, write } from './writing.ts';

const markShape = z.object({
  row: z.string().regex(/^[0-9a-f]{8}$/),
  note: words(1_000).optional(),
  excluded: z.object({ reason: words(1_000) }).optional(),
});
const mostMarks = 2_000;

export function markDigest(mark: RowMark): string {
  return digestOf(z.encode(markShape, mark));
}

export async function readMarks(queryable: Queryable, incident: string): Promise<readonly RowMark[]> {
  const rows = await queryable.query<{ row: string; note: string | null; excluded: string | null }>(
    'select row, note, excluded from castellan.incident_row_mark where incident = $1 order by row',
    [incident],
  );
  return rows.map(({ row, note, excluded }) => ({
    row,
    ...(note === null ? {} : { note }),
    ...(excluded === null ? {} : { excluded: { reason: excluded } }),
  }));
}

/** A mark replaces the one before; without note and reason it takes it back. */
export function createAnnotate(ground: RecordGround): IncidentRecord['annotate'] {
  return async (incident, mark, given) => {
    const input = prove('mark', markShape, mark);
    await write(ground, {
      incident,
      write: given,
      input: ['annotate', input],
      remembering: nothingRemembered,
      work: async (transaction, state) => {
        const [counted] = await transaction.query<{ count: number }>(
          'select count(*) as count from castellan.incident_row_mark where incident = $1 and row <> $2',
          [incident, input.row],
        );
        if ((counted?.count ?? 0) >= mostMarks) throw invalid(`${mostMarks} rows are marked`, 'mark those that matter');
        await transaction.query(
          `insert into castellan.incident_row_mark (incident, row, note, excluded) values ($1, $2, $3, $4)
           on conflict (incident, row) do update set note = excluded.note, excluded = excluded.excluded`,
          [incident, input.row, input.note ?? null, input.excluded?.reason ?? null],
        );
        const how = input.excluded !== undefined ? 'left out' : input.note !== undefined ? 'explained' : 'as it was';
        return {
          incident: state.incident,
          event: {
            kind: 'row',
            text: `row ${input.row} ${how}`,
            reason: input.excluded?.reason ?? input.note,
            binds: { [`row ${input.row}`]: markDigest(input) },
          },
          answer: () => undefined,
        };
      },
    });
  };
}
