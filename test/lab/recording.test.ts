import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { shape, shapeOf } from '../recorded/shape.ts';
import { openApi } from './api.ts';
import { openCache } from './cache.ts';
import { runningLab } from './env.ts';
import { describeWithLab } from './use-lab.ts';

const recorded = join(import.meta.dirname, '../recorded/kubernetes/shape.json');

await describeWithLab('the recorded API', (lab) => {
  it('is not older than the lab: same server, same faults, same fields of every kind (node test/recorded/record.ts)', async () => {
    const running = runningLab(openCache(), lab.name);
    if (running === undefined) throw new Error(`lab ${lab.name} is gone`);
    using api = openApi(running);
    // Objects that other tests made may still be on their way out.
    await expect
      .poll(() => shapeOf(api), { timeout: 90_000, interval: 2_000 })
      .toEqual(shape.parse(JSON.parse(readFileSync(recorded, 'utf8'))));
  });
});
