import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ScriptedConsole, startScriptedConsole } from './scripted-console.fixture.ts';
import { origin, type Visitor, visit } from './visitor.fixture.ts';

let folder: string;
let scripted: ScriptedConsole;
let visitor: Visitor;
const script = 'document.title = "a page";\n';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-assets-'));
  const built = join(folder, 'web');
  mkdirSync(join(built, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'keep.txt'), 'outside');
  writeFileSync(join(built, 'index.html'), '<!doctype html><title>Castellan</title>');
  writeFileSync(join(built, 'assets', 'index-B3x_9aQz.js'), script);
  writeFileSync(join(built, 'assets', 'index-B3x_9aQz.js.map'), '{}');
  writeFileSync(join(built, 'assets', 'index-C4y-0bRa.css'), 'a{}');
  writeFileSync(join(built, 'icon.svg'), '<svg/>');
  symlinkSync(join(folder, 'keep.txt'), join(built, 'link.txt'));
  scripted = await startScriptedConsole({ port: 0, origin, assets: built, empty: true });
  visitor = visit(scripted.console.port);
});
afterAll(async () => {
  await scripted[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

describe('the files of the page', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', 'no-store'],
    ['/index.html', 'text/html; charset=utf-8', 'no-store'],
    ['/icon.svg', 'image/svg+xml', 'no-store'],
    ['/assets/index-B3x_9aQz.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/index-C4y-0bRa.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
  ])('%s is served as %s and kept as %s', async (path, type, cache) => {
    const answer = await visitor.get(path);
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': type, 'cache-control': cache } });
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.text).not.toBe('');
  });

  it('answer HEAD without themselves', async () => {
    const answer = await visitor.get('/assets/index-B3x_9aQz.js', { method: 'HEAD' });
    expect(answer).toMatchObject({ status: 200, text: '' });
    expect(answer.headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  it.each([
    '/../keep.txt',
    '/assets/../../keep.txt',
    '/%2e%2e/keep.txt',
    '/..%2fkeep.txt',
    '/assets/%2e%2e%2f%2e%2e%2fkeep.txt',
    '/..%5ckeep.txt',
    '/..\\keep.txt',
    '/%252e%252e/keep.txt',
    '/.%00./keep.txt',
    '/index.html%00',
    '/./index.html/',
    '/assets',
    '/assets/',
    '/link.txt',
    '/assets/index-B3x_9aQz.js.map',
    '/toString',
    '/__proto__',
    '/constructor',
    '/sets/x',
    '/%ff',
    '//index.html',
  ])('are all there is: %s leads nowhere', async (path) => {
    const answer = await visitor.get(path);
    expect([path, answer.status >= 400 && answer.status < 500]).toEqual([path, true]);
    expect(answer.text).not.toContain('outside');
    expect(answer.text).toContain('"code"');
  });

  it('stay as they were when the keep first showed them', async () => {
    writeFileSync(join(folder, 'web', 'assets', 'index-B3x_9aQz.js'), 'alert("changed")');
    expect((await visitor.get('/assets/index-B3x_9aQz.js')).text).toBe(script);
  });

  it('need not be there for the rest to work', async () => {
    const built = join(folder, 'later');
    await using bare = await startScriptedConsole({ port: 0, origin, assets: built, empty: true });
    const other = visit(bare.console.port);
    const answer = await other.get('/');
    expect(answer).toMatchObject({ status: 503, code: 'console-not-built' });
    expect(answer.text).toContain('run npm run build:web');
    expect((await other.get('/api/hello')).status).toBe(200);
    mkdirSync(built);
    writeFileSync(join(built, 'index.html'), '<!doctype html>');
    expect((await other.get('/')).status).toBe(200);
  });
});
