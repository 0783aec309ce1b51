import type { z } from 'zod';
import type { Approver } from '../approvers/port.ts';

/**
 * One thing that the page may ask. Who may ask it stands in the route itself and is proved before its body is read:
 *
 *  anybody     what comes before a login
 *  enrolment   root's one-time code, or a session
 *  session     everything else; whoever is logged in is given to the work
 */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly guard: 'anybody' | 'enrolment' | 'session';
  readonly body: z.ZodType | undefined;
  readonly answer: z.ZodType;
  /** Ids, keys and signed text, which go out as they are; everything else is made plain first. */
  readonly isExact: boolean;
  /** The one text of an answer that goes out as it is, while all the rest is made plain: what a human asked to be shown. */
  readonly shows: 'value' | 'kubeconfig' | undefined;
  run(asked: Asked<unknown>): Promise<unknown>;
}

export interface Asked<Body> {
  readonly body: Body;
  /** `:id` of the path. */
  readonly id: string;
  readonly limit: number;
  readonly token: string | undefined;
  readonly approver: Approver | undefined;
  /** The same as long as the connection is. */
  readonly connection: object;
}

export interface AskedByApprover<Body> extends Asked<Body> {
  readonly approver: Approver;
}

type Schema<Value> = z.ZodType<Value>;
type Flags = Partial<Pick<Route, 'isExact' | 'shows'>>;

export function withoutLogin<Body, Answer>(
  guard: 'anybody' | 'enrolment',
  ask: `${'GET' | 'POST'} /api/${string}`,
  body: Schema<Body> | undefined,
  answer: Schema<Answer>,
  run: (asked: Asked<Body>) => Promise<Answer>,
  { isExact = false, shows }: Flags = {},
): Route {
  // The body was parsed by this schema when it comes here.
  return { ...placeOf(ask), guard, body, answer, isExact, shows, run: (asked) => run(asked as Asked<Body>) };
}

export function withLogin<Body, Answer>(
  ask: `${'GET' | 'POST'} /api/${string}`,
  body: Schema<Body> | undefined,
  answer: Schema<Answer>,
  run: (asked: AskedByApprover<Body>) => Promise<Answer>,
  { isExact = false, shows }: Flags = {},
): Route {
  return {
    ...placeOf(ask),
    guard: 'session',
    body,
    answer,
    isExact,
    shows,
    run: async (asked) => {
      const { approver } = asked;
      if (approver === undefined) throw new Error(`${ask} was reached without a session`);
      return run({ ...(asked as Asked<Body>), approver });
    },
  };
}

function placeOf(ask: string): Pick<Route, 'method' | 'path'> {
  const [method, path = ''] = ask.split(' ');
  return { method: method === 'POST' ? 'POST' : 'GET', path };
}
