import { join } from 'node:path';
import { accessArguments } from '../monitoring/kube-access.ts';
import type { Part } from './part.ts';

/** Brings what containers print to Loki. */
export const logShipper: Part = {
  name: 'log-shipper',
  programs: [],
  needs: ['kube-apiserver', 'kwok', 'loki'],
  ports: [],
  command(lab) {
    const script = join(import.meta.dirname, '../monitoring/log-shipper.ts');
    const loki = `--loki=http://127.0.0.1:${lab.port('loki')}`;
    return { file: process.execPath, args: [script, loki, ...accessArguments(lab)] };
  },
  /** It serves nothing: whether it lives is all there is to know, and that is asked before this. */
  async ready() {
    return true;
  },
};
