import { afterAll } from 'vitest';
import { openScratchDatabase } from '../../src/store/scratch-database.fixture.ts';
import { describeRecall } from './recall.contract.ts';
import { describeShown } from './shown.contract.ts';

const scratch = await openScratchDatabase();
afterAll(() => scratch[Symbol.asyncDispose]());

describeRecall('the embedded database', async () => scratch.database);
describeShown('the embedded database', async () => scratch.database);
