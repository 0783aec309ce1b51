/**
 * Outages of houses that are not there. Each is told once, or a second time in other words: `again` is the same cause with
 * another face. `asked` is how somebody who sees only the symptom would ask.
 */
export interface Telling {
  readonly title: string;
  readonly services: readonly string[];
  readonly symptom: string;
  readonly cause: string;
  readonly fix: string;
}

export interface Outage {
  readonly first: Telling;
  readonly again?: Telling;
  readonly asked: string;
}

export const telling = (title: string, services: string, symptom: string, cause: string, fix: string): Telling => ({
  title,
  services: services.split(' '),
  symptom,
  cause,
  fix,
});
