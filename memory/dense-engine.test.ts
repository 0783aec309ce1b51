import { afterAll } from 'vitest';
import { openScratchDatabase } from '../src/store/scratch-database.fixture.ts';
import { describeDenseEngine } from './dense-engine.contract.ts';

const scratch = await openScratchDatabase();
afterAll(() => scratch[Symbol.asyncDispose]());

describeDenseEngine('the embedded database', async () => scratch.database);
