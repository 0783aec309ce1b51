import { join } from 'node:path';
import { answersPlainly } from '../plain-probe.ts';
import type { Part } from './part.ts';

/** Answers Loki's query API: a stand-in of the lab's own, under test/lab/loki. */
export const loki: Part = {
  name: 'loki',
  programs: [],
  needs: [],
  ports: ['loki'],
  command(lab) {
    const script = join(import.meta.dirname, '../loki/main.ts');
    return { file: process.execPath, args: [script, `--port=${lab.port('loki')}`] };
  },
  ready(lab) {
    return answersPlainly(lab.port('loki'), '/ready');
  },
  env(lab) {
    return { loki: `http://127.0.0.1:${lab.port('loki')}` };
  },
};
