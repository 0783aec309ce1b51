import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import type { z } from 'zod';
import { changeId, setId } from '../../change/wire/change.ts';
import { requestId } from '../../change/wire/secret.ts';
import type { Approver } from '../approvers/port.ts';
import type { Assets } from './assets.ts';
import { readJson } from './body.ts';
import { consoleError } from './errors.ts';
import { failureOf } from './failures.ts';
import type { ConsoleOptions } from './options.ts';
import { plainAnswer } from './plain-text.ts';
import type { Route } from './route.ts';
import { type Sessions, sessionToken } from './sessions.ts';

type Request = Context<{ Bindings: HttpBindings }>;

export interface ApplicationParts extends Pick<ConsoleOptions, 'redactor' | 'log'> {
  readonly routes: readonly Route[];
  readonly sessions: Sessions;
  readonly assets: Assets;
}

/** The routes behind their guards; then the files of the page; nothing else. */
export function createApplication({ routes, sessions, assets, redactor, log }: ApplicationParts) {
  const app = new Hono<{ Bindings: HttpBindings }>();

  const answer = async (context: Request, route: Route): Promise<Response> => {
    const token = sessionToken(context.req.header('authorization'));
    const approver = sessions.of(token);
    if (route.guard === 'session') proveLogin(approver);
    const body = route.body === undefined ? undefined : await readJson(context.req.raw, route.body);
    const said = await route.run({
      body,
      id: idOf(context.req.param('id'), route.path),
      limit: limitOf(context.req.query('limit')),
      token,
      approver,
      connection: context.env.incoming.socket,
    });
    const sent = proven(plainAnswer(said, route, redactor), route.answer);
    return context.json(sent, 200, unkept);
  };

  for (const route of routes) app.on(route.method, route.path, (context) => answer(context, route));
  for (const path of new Set(routes.map((route) => route.path))) {
    app.all(path, (context) => {
      const allowed = routes.filter((route) => route.path === path).map(({ method }) => method);
      context.header('allow', allowed.join(', '));
      throw consoleError('console-method', {
        message: `this path takes ${allowed.join(', ')}`,
        next: 'reload the page',
      });
    });
  }
  app.all('/api/*', () => {
    throw unknownPath();
  });
  app.all('*', (context) => serveFile(context, assets));
  app.onError((error, context) => {
    const { status, error: said } = failureOf(error, { redactor, log });
    const { code, message: why } = said;
    // Whoever tries what they may not leaves a trace; a fault has its own.
    if (code !== 'console-fault') {
      const approver = sessions.of(sessionToken(context.req.header('authorization')))?.name;
      const asked = `${context.req.method} ${context.req.path.slice(0, longestTold)}`;
      log.warn({ status, code, why, asked, ...(approver === undefined ? {} : { approver }) }, 'web.refused');
    }
    return context.json({ error: said }, status, unkept);
  });
  return app;
}

const longestTold = 200;
const unkept = { 'cache-control': 'no-store' };

function proveLogin(approver: Approver | undefined): asserts approver is Approver {
  if (approver !== undefined) return;
  throw consoleError('console-login-needed', { message: 'nobody is logged in', next: 'log in with your passkey' });
}

/** What does not fit the interface does not leave. */
function proven(said: unknown, schema: z.ZodType): object {
  const parsed = schema.safeParse(said);
  if (parsed.success) return Object(parsed.data);
  const issues = parsed.error.issues.map(({ path, code }) => `${path.map(String).join('.')}: ${code}`);
  throw new Error(`an answer of the console is not what its interface says: ${issues.join('; ')}`);
}

function idOf(text: string | undefined, path: string): string {
  if (text === undefined) return '';
  if (shapeOf(path).safeParse(text).success) return text;
  throw unknownPath();
}

function shapeOf(path: string): z.ZodType {
  if (path.startsWith('/api/changes/')) return changeId;
  return path.startsWith('/api/requests/') ? requestId : setId;
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return 50;
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= 200) return limit;
  throw consoleError('console-malformed', { message: 'limit is a number from 1 to 200', next: 'reload the page' });
}

function serveFile(context: Request, assets: Assets): Response {
  if (context.req.method !== 'GET' && context.req.method !== 'HEAD') {
    context.header('allow', 'GET, HEAD');
    throw consoleError('console-method', { message: 'a file is only read', next: 'reload the page' });
  }
  const found = assets.find(context.req.path);
  if (found === 'missing') {
    throw consoleError('console-not-built', { message: 'the page was never built', next: 'run npm run build:web' });
  }
  if (found === undefined) throw unknownPath();
  return context.body(found.body, 200, { 'content-type': found.type, 'cache-control': found.cache });
}

function unknownPath(): Error {
  return consoleError('console-unknown', { message: 'there is no such page', next: 'open the console at its address' });
}
