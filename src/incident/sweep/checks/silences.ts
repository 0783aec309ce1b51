import type { Check } from '../port.ts';
import { daysBetween, found, unknown } from '../results.ts';

const [longestDays, soonHours] = [30, 24];

export const silences: Check = {
  id: 'silences',
  title: 'No silence hides everything, or for ever',
  needs: ['alerts'],
  look({ alerts, at }) {
    if (alerts === undefined) return unknown('nobody looked');
    const active = alerts.silences.filter(({ state }) => state === 'active');
    const wide = active
      .filter(({ matchers }) => matchers.every((matcher) => /(?:=~"?\.[*+]"?)$|^severity/.test(matcher)))
      .map(({ id, by }) => `${id} of ${by} matches nearly everything`);
    const long = active
      .filter(({ to }) => daysBetween(at, to) > longestDays)
      .map(({ id, by, to }) => `${id} of ${by} lasts until ${to.toISOString().slice(0, 10)}`);
    const ending = active.filter(({ to }) => daysBetween(at, to) * 24 < soonHours).length;
    return found(
      { warn: [...new Set([...wide, ...long])] },
      `${active.length} active${ending === 0 ? '' : `, ${ending} ending within a day`}`,
    );
  },
};
