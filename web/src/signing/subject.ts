import type { z } from 'zod';
import type { subject } from '../../../src/keep/console/api.ts';

export type Subject = z.output<typeof subject>;
