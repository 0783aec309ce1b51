import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWeb } from '../../../scripts/build-web.ts';
import { type ScriptedConsole, startScriptedConsole } from '../../../src/keep/console/scripted-console.fixture.ts';
import { inventedSet } from '../../../src/keep/console/scripted-rooms.fixture.ts';
import { type HumanAtConsole, sitAtConsole } from './browser.ts';

/** The page as it is built, before a console of invented changes, and a human who is enrolled and logged in. */
export interface Scene extends AsyncDisposable {
  readonly scripted: ScriptedConsole;
  readonly human: HumanAtConsole;
  /** Where the built page lies. */
  readonly built: string;
  /** Opens the page of an invented set and waits for it. */
  look(name: string): Promise<void>;
}

type Seat = Omit<Parameters<typeof sitAtConsole>[0], 'origin'>;

export async function openScene(name: string, seat: Seat = {}, stepMs = 200): Promise<Scene> {
  await using opened = new AsyncDisposableStack();
  const built = mkdtempSync(join(tmpdir(), 'castellan-web-'));
  opened.defer(() => rmSync(built, { recursive: true, force: true }));
  await buildWeb(built);
  const scripted = opened.use(await startScriptedConsole({ port: await freePort(), assets: built, stepMs }));
  const human = opened.use(await sitAtConsole({ origin: scripted.origin, ...seat }));
  await human.enrol(scripted.codeFor(name), name);
  await untilEnrolled(scripted, name);
  await human.logIn();
  const all = opened.move();
  return {
    scripted,
    human,
    built,
    async look(set) {
      await human.open(`#/${inventedSet(set)}`);
      await human.page.getByRole('region', { name: 'Decision' }).waitFor();
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Root's command reads the passkeys a moment after the page made them. */
async function untilEnrolled(scripted: ScriptedConsole, name: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setInterval(() => {
    if (scripted.rooms.approvers.list().some((approver) => approver.name === name)) resolve();
  }, 20);
  await promise;
  clearInterval(timer);
}

function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
  return promise;
}
