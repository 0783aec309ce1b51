import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { faultsOfIndex } from '../../../memory/durability/index-faults.fixture.ts';
import {
  by,
  drawText,
  faultsAgainst,
  memoryOver,
  questionAbout,
  type Step,
} from '../../../memory/durability/keeper.fixture.ts';
import { probeFeatures } from '../../../src/store/features.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { openPostgres } from '../../../src/store/postgres.ts';
import { postgresAt } from '../../../src/store/throwaway-postgres.fixture.ts';
import { describeWithLab } from '../use-lab.ts';

interface Line extends Step {
  readonly ready?: true;
  readonly error?: string;
  readonly faults?: readonly string[];
}

/** Two daemons are two processes: nothing but the database tells one what the other did. */
await describeWithLab('two daemons on one Postgres', (lab) => {
  const url = lab.postgres?.castellan;
  if (url === undefined) throw new Error(`lab ${lab.name} has no Postgres: npm run lab -- build`);
  const writers = 8;
  const turns = 25;

  const emptied = async (): Promise<void> => {
    await using database = await openPostgres(postgresAt(url));
    await migrate(database, { build: 'test' });
    await database.execute(
      `truncate castellan.memory, castellan.shelf, castellan.document, castellan.posting, castellan.vocabulary cascade`,
    );
  };
  beforeAll(emptied);
  afterAll(emptied);

  const startWriter = () =>
    spawn(
      process.execPath,
      [fileURLToPath(new URL('./postgres-writer.ts', import.meta.url)), url, String(writers), String(turns)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
  const linesOf = async (
    writer: ReturnType<typeof startWriter>,
    seen: (lines: readonly Line[]) => void = () => undefined,
  ) => {
    const lines: Line[] = [];
    for await (const text of createInterface({ input: writer.stdout })) {
      lines.push(JSON.parse(text));
      seen(lines);
    }
    return lines;
  };
  const stepsOf = (lines: readonly Line[]): readonly Step[] =>
    lines.filter(({ ready, error, faults }) => ready === undefined && error === undefined && faults === undefined);
  const errorsOf = (lines: readonly Line[]) => lines.flatMap(({ error }) => error ?? []);

  it('write 200 times each at once: nobody meets an error, nothing is lost, the index is whole', async () => {
    const both = await Promise.all([startWriter(), startWriter()].map((writer) => linesOf(writer)));
    for (const lines of both) {
      expect(errorsOf(lines)).toEqual([]);
      expect(lines.at(-1)).toEqual({ faults: [] });
      expect(stepsOf(lines).filter(({ will }) => will !== true)).toHaveLength(writers * turns);
    }
    await using database = await openPostgres(postgresAt(url));
    await using memory = memoryOver(database, await probeFeatures(database));
    expect(await faultsAgainst(memory, both.flatMap(stepsOf))).toEqual([]);
    expect(await faultsOfIndex(database)).toEqual([]);
  }, 300_000);

  it('one is killed in the middle: the other goes on, and what either acknowledged is there', async () => {
    const killed = startWriter();
    const gone = once(killed, 'exit');
    const [lines, others] = await Promise.all([
      linesOf(killed, ({ length }) => {
        if (length === 120) killed.kill('SIGKILL');
      }),
      linesOf(startWriter()),
    ]);
    expect(await gone).toEqual([null, 'SIGKILL']);
    expect(errorsOf(others)).toEqual([]);
    expect(others.at(-1)).toEqual({ faults: [] });
    await using database = await openPostgres(postgresAt(url));
    await using memory = memoryOver(database, await probeFeatures(database));
    expect(await faultsAgainst(memory, [...stepsOf(lines), ...stepsOf(others)])).toEqual([]);
    expect(await faultsOfIndex(database)).toEqual([]);
  }, 300_000);

  it('see at once what the other stored, changed and removed', async () => {
    await using here = await openPostgres(postgresAt(url));
    await using there = await openPostgres(postgresAt(url));
    const features = await probeFeatures(here);
    await using first = memoryOver(here, features);
    await using second = memoryOver(there, features);
    const found = async (memory: typeof first, content: string) => {
      const { hits } = await memory.recall({ query: questionAbout(content) }, by, AbortSignal.timeout(30_000));
      return hits.map((hit) => (hit.kind === 'memory' ? hit.entry.content : undefined));
    };
    for (let turn = 0; turn < 20; turn += 1) {
      const [writer, reader] = turn % 2 === 0 ? [first, second] : [second, first];
      const content = drawText();
      const { id } = await writer.store({ content }, by, { force: true });
      expect(await found(reader, content)).toEqual([content]);
      const changed = drawText();
      await reader.update(id, { content: changed }, by, { force: true });
      expect(await found(writer, content)).toEqual([]);
      expect(await found(writer, changed)).toEqual([changed]);
      await writer.remove([id], by);
      expect(await found(reader, changed)).toEqual([]);
    }
    expect(await faultsOfIndex(here)).toEqual([]);
  });
});
