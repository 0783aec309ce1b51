import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePorts } from './port.ts';

it('gives each name a port that nobody has and nobody is promised', async () => {
  const promised = new Set(Array.from({ length: 11_900 }, (_, index) => 20_000 + index));
  const holder = createServer().listen(31_950, '127.0.0.1');
  await once(holder, 'listening');
  try {
    const names = Array.from({ length: 40 }, (_, index) => `part-${index}`);
    const ports = Object.values(await freePorts(names, promised));
    expect(new Set(ports).size).toBe(40);
    for (const port of ports) {
      expect(promised.has(port)).toBe(false);
      expect(port).not.toBe(31_950);
    }
  } finally {
    holder.close();
  }
});
