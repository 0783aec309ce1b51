import { describe, expect, it } from 'vitest';
import { Secret } from '../../kit/index.ts';
import type { Profile } from '../config/valid.ts';
import { environmentOf } from './commands.ts';

const profile: Profile = {
  name: 'home',
  stacks: ['stacks/*'],
  tier: 'apps',
  skip: [],
  runner: { kind: 'tofu', program: '/usr/bin/tofu' },
  state: { kind: 'none' },
  env: { PLACE: 'home' },
  credentials: { CLOUD_TOKEN: new Secret('reads'), OTHER_TOKEN: new Secret('reads too') },
  varFiles: [],
  providerMirror: '/mirror',
  kubernetes: undefined,
  endpoints: [],
  charts: undefined,
  timeoutSeconds: 60,
  apply: {
    kubernetes: undefined,
    connection: undefined,
    credentials: { CLOUD_TOKEN: new Secret('writes') },
    timeoutSeconds: 60,
  },
};

describe('the environment of a run', () => {
  it('has the credentials that read for a plan, and those that write for an apply alone', () => {
    const planning = environmentOf(profile, '/castellan/bin/tofu', undefined, 'plan');
    const applying = environmentOf(profile, '/castellan/bin/tofu', undefined, 'apply');
    expect(planning).toMatchObject({ CLOUD_TOKEN: 'reads', OTHER_TOKEN: 'reads too', PLACE: 'home' });
    expect(applying).toEqual({ ...planning, CLOUD_TOKEN: 'writes' });
    expect(Object.values(planning)).not.toContain('writes');
  });

  // A variable of the stack is in the plan: another value for it is refused by one engine and ignored by the other.
  it.each([
    ...['PATH', 'LD_PRELOAD', 'TF_CLI_ARGS_apply', 'TF_LOG', 'PG_CONN_STR', 'TF_REATTACH_PROVIDERS', 'GIT_DIR'],
    'TF_VAR_cloud_token',
  ])('never takes %s from what writes', (name) => {
    const apply = { ...profile.apply, kubernetes: undefined, connection: undefined, timeoutSeconds: 60 };
    const bad = { ...profile, apply: { ...apply, credentials: { [name]: new Secret('x') } } };
    expect(() => environmentOf(bad, '/castellan/bin/tofu', undefined, 'apply')).toThrow(
      expect.objectContaining({ code: 'profile-unusable' }),
    );
  });
});
