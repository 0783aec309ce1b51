import { examine } from '../../src/guard/decide.ts';
import { Meter } from '../../src/guard/limits.ts';
import { hostile, hostileCalls } from '../../test/hooks/hostile.fixture.ts';
import { circumstances } from '../figures.ts';

/**
 * What the guard spends on texts made to take long, each as long as a command may be: processor time and steps, dearest first.
 * Run: node bench/guard/hostile.ts
 */
function endOf(command: string, meter: Meter): string {
  try {
    return `${examine(command, meter).findings.length} findings`;
  } catch (error) {
    return error instanceof Error ? error.message : 'no error';
  }
}

const rows = Object.entries({ ...hostile, ...hostileCalls }).map(([name, text]) => {
  const meter = new Meter();
  const begun = process.cpuUsage();
  const end = endOf(`${text}\nkubectl delete pod x`, meter);
  const { user, system } = process.cpuUsage(begun);
  return { name, ms: (user + system) / 1_000, steps: meter.steps, end };
});

console.log(`${circumstances(new Date())}\n\n| text | CPU | steps | ends |\n|---|---:|---:|---|`);
for (const { name, ms, steps, end } of rows.toSorted((a, b) => b.ms - a.ms)) {
  console.log(`| ${name} | ${ms.toFixed(0)} ms | ${steps} | ${end} |`);
}
