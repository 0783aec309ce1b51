import { afterAll, expect, it } from 'vitest';
import { CastellanError } from '../../kit/index.ts';
import { openScratchDatabase } from '../../store/scratch-database.fixture.ts';
import { describeKnowledge } from './knowledge.contract.ts';
import { subject } from './knowledge.fixture.ts';
import { openKnowledge } from './open.ts';

const scratch = await openScratchDatabase();
afterAll(() => scratch[Symbol.asyncDispose]());

describeKnowledge('the embedded database', async () => scratch.database);

it('that cannot be asked is not knowing nothing', async () => {
  const knowledge = openKnowledge({
    database: {
      whenOpen: async () => {
        throw new CastellanError('store-unavailable', 'operator', { message: 'there is none', next: 'none' });
      },
    },
  });
  await expect(knowledge.about([subject()], new Date())).rejects.toMatchObject({ code: 'store-unavailable' });
  await expect(knowledge.issues()).rejects.toMatchObject({ code: 'store-unavailable' });
});
