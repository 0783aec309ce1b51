import { afterAll } from 'vitest';
import { openScratchDatabase } from '../../src/store/scratch-database.fixture.ts';
import { describeCorpora } from './corpora.contract.ts';

const scratch = await openScratchDatabase();
afterAll(() => scratch[Symbol.asyncDispose]());

describeCorpora('the embedded database', async () => scratch.database);
