import { randomDigits } from '../../kit/index.ts';

/** 130 random bits. */
export function newId(prefix: 'run' | 'chg' | 'set' | 'req'): string {
  return `${prefix}_${randomDigits(26)}`;
}

export function newRunId(): string {
  return newId('run');
}
