import { afterAll } from 'vitest';
import { openScratchDatabase } from '../../store/scratch-database.fixture.ts';
import { describeHistory } from './history.contract.ts';

const scratch = await openScratchDatabase();
afterAll(() => scratch[Symbol.asyncDispose]());

describeHistory('the embedded database', async () => scratch.database);
