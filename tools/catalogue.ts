import type { Group } from '../src/kit/index.ts';
import { iac } from './iac/group.ts';
import { incident } from './incident/group.ts';
import { kubectl } from './kubectl/group.ts';
import { memory } from './memory/group.ts';
import { monitoring } from './monitoring/group.ts';
import { vault } from './vault/group.ts';

/** Every group there is. The only file that sees them all. */
export const catalogue: readonly Group[] = [kubectl, iac, vault, monitoring, memory, incident];
