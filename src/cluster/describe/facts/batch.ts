import { ageText, at, listAt, millisecondsSince, numberAt, textAt } from '../../fields.ts';
import { plainText, scheduleText } from '../../words.ts';
import { type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';

const zone = /^[A-Za-z][A-Za-z0-9_+/-]{0,60}$/;

/** When it runs, when it last did, and whether it is switched off. */
export function cronJobFacts({ object, now }: Surroundings): Section | undefined {
  const [spec, status] = [at(object.body, 'spec'), at(object.body, 'status')];
  const timeZone = textAt(spec, 'timeZone');
  const ago = (field: string): string => {
    const since = millisecondsSince(textAt(status, field), now);
    return since === undefined ? 'never, as far as it says' : `${ageText(since)} ago`;
  };
  return section('schedule', [
    `${scheduleText(spec?.['schedule'])}${timeZone === undefined ? '' : ` ${plainText(timeZone, zone)}`}`,
    spec?.['suspend'] === true
      ? 'SUSPENDED: spec.suspend is true, it does not run until that is taken back'
      : undefined,
    `last scheduled ${ago('lastScheduleTime')}, last succeeded ${ago('lastSuccessfulTime')}`,
    `${listAt(status, 'active').length} running now, concurrency ${plainText(textAt(spec, 'concurrencyPolicy'), /^[A-Z][A-Za-z]{1,20}$/)}`,
  ]);
}

/** How often it tried. */
export function jobFacts({ object, now }: Surroundings): Section | undefined {
  const [spec, status] = [at(object.body, 'spec'), at(object.body, 'status')];
  const since = (field: string): string => ageText(millisecondsSince(textAt(status, field), now));
  const ended = textAt(status, 'completionTime');
  return section('job', [
    `${numberAt(status, 'succeeded') ?? 0} of ${numberAt(spec, 'completions') ?? 1} completions, ${numberAt(status, 'failed') ?? 0} failed attempts (${numberAt(spec, 'backoffLimit') ?? 6} allowed), ${numberAt(status, 'active') ?? 0} running`,
    textAt(status, 'startTime') === undefined
      ? 'not started'
      : `started ${since('startTime')} ago${ended === undefined ? '' : `, completed ${since('completionTime')} ago`}`,
    spec?.['suspend'] === true ? 'SUSPENDED: spec.suspend is true' : undefined,
  ]);
}
