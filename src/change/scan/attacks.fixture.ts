import { expect } from 'vitest';
import { type Files, homelab, scan } from './trees.fixture.ts';

/** A proposal and what must be said of it, as `deny scan-provider`; `from` when its base is not the homelab. */
export interface Attack {
  readonly from?: Files;
  readonly to: Files;
  readonly says: string;
  /** Where, as `file:line`. */
  readonly at?: string;
}

export async function expectSaid({ from = homelab, to, says, at }: Attack): Promise<void> {
  const findings = await scan(from, to);
  const said = findings.map(({ verdict, rule }) => `${verdict} ${rule}`);
  expect(said).toContain(says);
  if (at === undefined) return;
  expect(findings.filter(({ rule }) => says.endsWith(` ${rule}`)).map(({ file, line }) => `${file}:${line}`)).toContain(
    at,
  );
}
