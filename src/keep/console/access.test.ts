import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSoftApprover, type SoftApprover } from '../approvers/authenticator.fixture.ts';
import { inventedId } from './invented-change.fixture.ts';
import { inventedRequest } from './invented-requests.fixture.ts';
import { consoleRoutes } from './routes.ts';
import { type ScriptedConsole, startScriptedConsole } from './scripted-console.fixture.ts';
import { openSessions } from './sessions.ts';
import { origin, type Visitor, visit } from './visitor.fixture.ts';

/** Who may ask for what, over every route there is: one that is added is asked here too. */
let time: number;
let scripted: ScriptedConsole;
let ada: SoftApprover;
let visitor: Visitor;

beforeEach(async () => {
  time = Date.now();
  scripted = await startScriptedConsole({ port: 0, origin, assets: '/nowhere', now: () => new Date(time) });
  ada = createSoftApprover(scripted.options.relyingParty, 'ada');
  await scripted.rooms.enrolAsRoot(ada);
  visitor = visit(scripted.console.port);
});
afterEach(() => scripted[Symbol.asyncDispose]());

const routesOf = () => {
  const now = () => new Date(time);
  return consoleRoutes({
    ...scripted.options,
    now,
    sessions: openSessions({ approvers: scripted.rooms.approvers, now }),
  });
};

const idAt = (path: string): string => {
  if (path.startsWith('/api/requests/')) return inventedRequest('reveal');
  return inventedId(path.startsWith('/api/changes/') ? 'chg' : 'set', 'mail-memory');
};

const askAll = async (who: Visitor, guard: 'session' | 'enrolment'): Promise<Record<string, number>> => {
  const statuses: Record<string, number> = {};
  for (const { method, path, guard: has } of routesOf()) {
    if (has !== guard) continue;
    const at = path.replace(':id', idAt(path));
    const body = path === '/api/enrol/begin' ? { name: 'eve' } : {};
    const { status } = await (method === 'POST' ? who.post(at, body) : who.get(at));
    statuses[`${method} ${path}`] = status;
  }
  return statuses;
};

const refusedAll = (statuses: Record<string, number>, status: number) =>
  Object.fromEntries(Object.keys(statuses).map((ask) => [ask, status]));

describe('what is asked of the console', () => {
  it('is open to anybody only where somebody logs in', () => {
    const free = routesOf().filter(({ guard }) => guard === 'anybody');
    expect(free.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /api/hello',
      'POST /api/login/options',
      'POST /api/login',
      'POST /api/logout',
    ]);
    const enrolment = routesOf().filter(({ guard }) => guard === 'enrolment');
    expect(enrolment.map(({ path }) => path)).toEqual(['/api/enrol/begin', '/api/enrol']);
  });

  it('is answered to whoever is logged in', async () => {
    expect((await visitor.login(ada)).status).toBe(200);
    const statuses = await askAll(visitor, 'session');
    expect(Object.keys(statuses).length).toBeGreaterThan(10);
    expect(Object.values(statuses)).not.toContain(401);
    for (const [ask, status] of Object.entries(statuses))
      if (ask.startsWith('GET')) expect([ask, status]).toEqual([ask, 200]);
  });

  const wrong: Record<string, () => Promise<void>> = {
    'without a session': async () => undefined,
    'with a token nobody gave': async () => {
      visitor.token = randomBytes(32).toString('base64url');
    },
    'with a token cut short': async () => {
      await visitor.login(ada);
      visitor.token = visitor.token?.slice(0, 42);
    },
    'after half an hour of silence': async () => {
      await visitor.login(ada);
      time += 30 * 60_000;
    },
    'after eight hours, however busy': async () => {
      await visitor.login(ada);
      for (let minutes = 0; minutes < 8 * 60; minutes += 20) {
        expect((await visitor.get('/api/approvers')).status).toBe(200);
        time += 20 * 60_000;
      }
    },
    'after a logout': async () => {
      await visitor.login(ada);
      expect((await visitor.post('/api/logout', {})).status).toBe(200);
    },
    'of an approver who was revoked since': async () => {
      await visitor.login(ada);
      const other = visit(scripted.console.port);
      await other.login(scripted.bea);
      expect((await other.sign({ kind: 'revoke', name: 'ada' }, scripted.bea)).status).toBe(200);
    },
    'of a keep that was started anew': async () => {
      await visitor.login(ada);
      await scripted[Symbol.asyncDispose]();
      scripted = await startScriptedConsole({ port: 0, origin, assets: '/nowhere' });
      await scripted.rooms.enrolAsRoot(ada);
      const { token } = visitor;
      visitor = visit(scripted.console.port);
      visitor.token = token;
    },
    'with a token in a cookie': async () => {
      await visitor.login(ada);
      const { token, get, post } = visitor;
      visitor.token = undefined;
      const headers = { cookie: `session=${token}; authorization=Castellan ${token}` };
      visitor = {
        ...visitor,
        get: (path) => get(path, { headers }),
        post: (path, body) => post(path, body, { headers }),
      };
    },
    'with a token in the query': async () => {
      await visitor.login(ada);
      const { token, get, post } = visitor;
      visitor.token = undefined;
      const query = `?token=${token}&authorization=Castellan%20${token}`;
      visitor = { ...visitor, get: (path) => get(path + query), post: (path, body) => post(path + query, body) };
    },
    'with another scheme': async () => {
      await visitor.login(ada);
      const { token, get, post } = visitor;
      visitor.token = undefined;
      const headers = { authorization: `Bearer ${token}` };
      visitor = {
        ...visitor,
        get: (path) => get(path, { headers }),
        post: (path, body) => post(path, body, { headers }),
      };
    },
  };

  it.each(Object.keys(wrong))('is refused on every route %s', async (name) => {
    await wrong[name]?.();
    const statuses = await askAll(visitor, 'session');
    expect(Object.keys(statuses).length).toBeGreaterThan(10);
    expect(statuses).toEqual(refusedAll(statuses, 401));
    const { 'POST /api/enrol/begin': begin, 'POST /api/enrol': finish } = await askAll(visitor, 'enrolment');
    expect([begin, finish]).toEqual([401, 400]);
  });

  it('leaves a line in the log wherever it is refused: what was asked, why, and in whose session', async () => {
    const lines: object[] = [];
    const log = {
      info: () => undefined,
      warn: (fields: object, event: string) => void lines.push({ event, ...fields }),
      error: () => undefined,
    };
    await using logging = await startScriptedConsole({ port: 0, origin, assets: '/nowhere', overrides: { log } });
    await logging.rooms.enrolAsRoot(ada);
    const stranger = visit(logging.console.port);
    stranger.token = 'x'.repeat(43);
    await stranger.get('/api/overview?token=secret');
    expect(lines).toEqual([
      {
        event: 'web.refused',
        status: 401,
        code: 'console-login-needed',
        why: 'nobody is logged in',
        asked: 'GET /api/overview',
      },
    ]);
    await stranger.login(ada);
    await stranger.get('/api/overview');
    await stranger.post('/api/documents', { kind: 'approve', set: inventedId('set', 'of nobody') });
    expect(lines.slice(1)).toEqual([
      expect.objectContaining({ event: 'web.refused', asked: 'POST /api/documents', approver: 'ada' }),
    ]);
  });

  it('changes nothing for whoever is refused', async () => {
    const set = inventedId('set', 'mail-memory');
    await visitor.post(`/api/sets/${set}/reject`, { words: 'no' });
    await visitor.post('/api/foreign/seen', { stack: 'stacks/proxy', at: '2026-11-26T03:14:00.000Z' });
    await visitor.post(`/api/changes/${inventedId('chg', 'search-failed-expectation')}/revert`, {});
    const words = scripted.rooms.stored.filter(({ view }) => view.set === set).map(({ view }) => view.state);
    expect(words).toEqual(['awaiting-approval']);
    await visitor.post(`/api/requests/${inventedRequest('reveal')}/reject`, { words: 'no' });
    expect(scripted.rooms.secrets.views.find(({ id }) => id === inventedRequest('reveal'))?.state).toBe('waiting');
    expect(scripted.rooms.foreignApplies).toHaveLength(2);
    expect(scripted.rooms.stored.some(({ view }) => view.agent === 'console' && view.stack === 'stacks/search')).toBe(
      false,
    );
  });
});
