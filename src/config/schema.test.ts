import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { rawSchema } from './raw.ts';
import { configJsonSchema, describeConfig } from './schema.ts';
import { garden, lights } from './scratch.fixture.ts';

describe('the schema for editors', () => {
  test('takes nothing it does not know, at any depth', () => {
    const open: string[] = [];
    const look = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      if ('properties' in schema && (!('additionalProperties' in schema) || schema.additionalProperties !== false)) {
        open.push(path);
      }
      for (const [key, inner] of Object.entries(schema)) look(inner, `${path}/${key}`);
    };
    look(configJsonSchema([lights, garden]), '');
    expect(open).toEqual([]);
  });

  test('needs no section', () => {
    expect(configJsonSchema([lights, garden])['required']).toBeUndefined();
  });
});

describe('the description', () => {
  const keys = describeConfig([lights, garden]);
  const key = (path: string) => keys.find((one) => one.path === path);

  test('has every key, with its type, default and variable', () => {
    expect(key('http.listen')).toMatchObject({
      type: 'text',
      required: false,
      fallback: '"127.0.0.1:7420"',
      variable: 'CASTELLAN_HTTP_LISTEN',
    });
    expect(key('log.level')).toMatchObject({ type: 'debug, info, warn or error', fallback: '"info"' });
    expect(key('http')).toMatchObject({ type: 'false or section', fallback: undefined });
    expect(key('garden')).toMatchObject({ type: 'false or section', required: false, fallback: undefined });
    expect(key('garden.beds')).toMatchObject({ fallback: '2', required: false });
    expect(key('database.postgres.host')).toMatchObject({ required: true });
    expect(key('lights.tokenFrom')).toMatchObject({ description: 'where its token is', variable: undefined });
  });

  test('says something of every key', () => {
    expect(keys.filter(({ description }) => description === '')).toEqual([]);
  });
});

describe('sections', () => {
  const slice = { ...lights, config: z.object({ a: z.string().optional() }) };

  test('of groups are strict, though the group forgot it', () => {
    expect(rawSchema([slice]).safeParse({ lights: { b: 1 } }).success).toBe(false);
  });

  test('have one owner each', () => {
    expect(() => rawSchema([slice, slice])).toThrow('lights');
    expect(() => rawSchema([{ ...slice, configKey: 'http' }])).toThrow('http');
  });
});
