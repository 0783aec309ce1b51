import type { OperatorCommand } from '../../../src/kit/index.ts';
import type { IacPorts } from '../port.ts';
import { prepare } from './prepare.ts';

/** What the plugin's guard asks of the daemon. */
export const commands: readonly OperatorCommand<IacPorts>[] = [prepare];
