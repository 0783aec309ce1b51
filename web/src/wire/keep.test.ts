import { describe, expect, it, vi } from 'vitest';
import { connectKeep } from './keep.ts';
import { openSessionStore } from './session.ts';

function memory(): {
  getItem(name: string): string | null;
  setItem(name: string, text: string): void;
  removeItem(name: string): void;
} {
  const held = new Map<string, string>();
  return {
    getItem: (name) => held.get(name) ?? null,
    setItem: (name, text) => void held.set(name, text),
    removeItem: (name) => void held.delete(name),
  };
}
const session = { token: 'tok', name: 'ada', expiresAt: '2026-11-26T07:00:00.000Z' };

describe('the session', () => {
  it('outlives a reload, and not a logout', () => {
    const storage = memory();
    openSessionStore(storage).open(session);
    const reloaded = openSessionStore(storage);
    expect(reloaded.current()).toEqual(session);
    reloaded.close();
    expect(reloaded.current()).toBeUndefined();
    expect(openSessionStore(storage).current()).toBeUndefined();
  });

  it.each(['{', '[]', 'null', '{"token":1}', '"x"'])('is nobody’s when %s is stored', (text) => {
    const storage = memory();
    storage.setItem('castellan.session', text);
    expect(openSessionStore(storage).current()).toBeUndefined();
  });
});

describe('the keep behind the page', () => {
  function keepThat(answer: () => Promise<Response>) {
    const store = openSessionStore(memory());
    store.open(session);
    const over = vi.fn();
    const send = vi.fn(answer);
    return { keep: connectKeep(store, over, send), store, over, send };
  }

  it('is told who asks in a header alone, and follows no redirect', async () => {
    const { keep, send } = keepThat(async () => Response.json({}));
    await keep.overview();
    const [path, init] = send.mock.calls[0] as unknown as [string, RequestInit];
    expect(path).toBe('/api/overview');
    expect(new Headers(init.headers).get('authorization')).toBe('Castellan tok');
    expect(init).toMatchObject({ credentials: 'omit', redirect: 'error', cache: 'no-store' });
  });

  it('gives an error with its next step', async () => {
    const error = { code: 'decision-void', message: 'It is over.', next: 'Look at its page.' };
    const { keep, store } = keepThat(async () => Response.json({ error }, { status: 409 }));
    await expect(keep.overview()).rejects.toMatchObject(error);
    expect(store.current()).toEqual(session);
  });

  it('ends the session when the keep says so', async () => {
    const error = { code: 'console-login-needed', message: 'Log in.', next: 'Log in.' };
    const { keep, store, over } = keepThat(async () => Response.json({ error }, { status: 401 }));
    await expect(keep.overview()).rejects.toMatchObject({ code: 'console-login-needed' });
    expect(store.current()).toBeUndefined();
    expect(over).toHaveBeenCalledOnce();
  });

  it('shows nothing of what nobody can read, and says when nobody answers', async () => {
    const proxied = keepThat(async () => new Response('<h1>evil</h1>', { status: 502 }));
    await expect(proxied.keep.overview()).rejects.toThrow('answered 502 and nothing that can be read');
    const silent = keepThat(() => Promise.reject(new TypeError('fetch failed')));
    await expect(silent.keep.overview()).rejects.toMatchObject({ code: 'keep-unreachable' });
  });

  it('keeps an id inside its path', async () => {
    const { keep, send } = keepThat(async () => Response.json({}));
    await keep.set('../documents?x=1');
    const [path] = send.mock.calls[0] as unknown as [string];
    expect(path).toBe('/api/sets/..%2Fdocuments%3Fx%3D1');
  });
});
