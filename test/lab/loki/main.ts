import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createLokiServer } from './server.ts';
import { LogStore } from './store.ts';

/** The process behind the part `loki`. */
const { values } = parseArgs({ options: { port: { type: 'string' } } });
const { port } = z.object({ port: z.coerce.number().int() }).parse(values);
createLokiServer(new LogStore()).listen(port, '127.0.0.1');
