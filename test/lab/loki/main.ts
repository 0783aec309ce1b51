import { parseArgs } from 'node:util';
import { z } from 'zod';
import { leaveWithLab } from '../leave-with-lab.ts';
import { createLokiServer } from './server.ts';
import { LogStore } from './store.ts';

/** The process behind the part `loki`. */
const { values } = parseArgs({ options: { port: { type: 'string' } } });
const { port } = z.object({ port: z.coerce.number().int() }).parse(values);
leaveWithLab();
createLokiServer(new LogStore()).listen(port, '127.0.0.1');
