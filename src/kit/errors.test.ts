import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { CastellanError, declaredErrors, defineErrors } from './errors.ts';

const towerError = defineErrors({
  'tower-closed': { audience: 'agent', meaning: 'The tower is closed.' },
  'tower-absent': { audience: 'operator', meaning: 'There is no tower.' },
});

describe('errors', () => {
  test('carry their code, audience and next step', () => {
    const cause = new Error('driver text');
    const error = towerError('tower-closed', { message: 'the tower is closed', next: 'wait until dawn', cause });
    expect(error).toBeInstanceOf(CastellanError);
    expect(error).toMatchObject({ code: 'tower-closed', audience: 'agent', next: 'wait until dawn', cause });
    expect(error.message).toBe('the tower is closed');
  });

  test('without a cause have none', () => {
    expect('cause' in towerError('tower-absent', { message: 'no tower', next: 'build one' })).toBe(false);
  });

  test('are declared once in the whole program', () => {
    expect(() => defineErrors({ 'tower-closed': { audience: 'operator', meaning: 'Again.' } })).toThrow(
      'error code tower-closed is declared twice',
    );
  });

  test('a code that is not kebab-case cannot be declared', () => {
    for (const code of ['TowerFell', 'tower_fell', 'tower-', '-tower', '']) {
      expect(() => defineErrors({ [code]: { audience: 'agent', meaning: 'It fell.' } })).toThrow('kebab-case');
    }
  });

  test('are listed by code, with what they mean', () => {
    const listed = declaredErrors().filter(({ code }) => code.startsWith('tower-'));
    expect(listed).toEqual([
      { code: 'tower-absent', audience: 'operator', meaning: 'There is no tower.' },
      { code: 'tower-closed', audience: 'agent', meaning: 'The tower is closed.' },
    ]);
  });

  test('keep a driver’s words out of their own message', () => {
    const error = towerError('tower-closed', { message: 'the tower is closed', next: 'wait', cause: 'driver text' });
    expect(`${error.message} ${error.next} ${String(error)}`).not.toContain('driver text');
    expect(inspect(error)).toContain('driver text');
  });
});
