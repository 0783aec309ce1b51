import type { Untrusted } from '../../../kit/index.ts';
import { ageText, millisecondsSince } from '../../fields.ts';
import type { FoundBy } from '../../findings/survey.ts';
import { type Condition, conditionsOf } from '../../health/verdict.ts';
import { quoted, type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';

const comparedLength = 100;

/** Types that are bad news when they are true. */
const badWhenTrue =
  /(?:Degraded|Fail(?:ed|ure|ureTarget)|Stalled|Error|Pressure|Unavailable|Limited|Remaining|DisruptionTarget|Invalid|Conflict\w*)$/;

/** Types whose being false says nothing is wrong. */
const quietWhenFalse =
  /^(?:Issuing|Reconciling|Progressing|Paused|Unused|Suspended|Terminating|Complete|SuccessCriteriaMet|Hibernated?)$/;

/** Only those that are not as they should be; what a finding quotes already is not said twice. */
export function unhealthyConditions({ object, now }: Surroundings, found: readonly FoundBy[]): Section | undefined {
  const isTold = (message: string): boolean =>
    found.some(({ detail }) => detail?.test((text) => text.includes(message.slice(0, comparedLength))) === true);
  const all = conditionsOf(object).filter(isUnhealthy);
  const isOnceMore = ({ type }: Condition): boolean =>
    type === 'ContainersReady' && all.some((condition) => condition.type === 'Ready');
  const bad = all.filter((condition) => !isOnceMore(condition));
  return section(
    'unhealthy conditions',
    bad.map((condition) => lineOf(condition, now, isTold)),
  );
}

export function isUnhealthy({ type, status, reason }: Condition): boolean {
  if (badWhenTrue.test(type)) return status !== 'False';
  if (status === 'True') return false;
  if (quietWhenFalse.test(type)) return status !== 'False' || /fail|error|exceeded/i.test(reason ?? '');
  return true;
}

/** All of it is written by controllers, types and reasons too. */
function lineOf(
  { type, status, reason, message, since }: Condition,
  now: Date,
  isTold: (message: string) => boolean,
): Untrusted {
  const age = since === undefined ? '' : `, ${ageText(millisecondsSince(since, now))}`;
  const news = message === undefined || isTold(message) ? undefined : message;
  const said = [`${type}=${status}`, reason, news].filter((part) => part !== undefined && part !== '');
  return quoted(`for${age === '' ? ' an unknown time' : age.slice(1)}`, said.join(' '));
}
