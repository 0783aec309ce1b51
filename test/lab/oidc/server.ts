import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';
import type Provider from 'oidc-provider';
import { createProvider } from './provider.ts';
import { userNamed, users } from './users.ts';

/** The process of the lab's OpenID provider. The client's secret comes in a file: arguments can be seen by everybody. */
const { values } = parseArgs({
  options: { port: { type: 'string' }, 'client-id': { type: 'string' }, 'client-secret-file': { type: 'string' } },
});
const { port, 'client-id': clientId, 'client-secret-file': secretFile } = values;
if (port === undefined || clientId === undefined || secretFile === undefined) {
  throw new Error('needs --port, --client-id and --client-secret-file');
}
const issuer = `http://127.0.0.1:${port}`;
const provider = createProvider({ issuer, clientId, clientSecret: readFileSync(secretFile, 'utf8') });
provider.on('server_error', (_context, cause) => console.error(cause));
const answer = provider.callback();

createServer((request, response) => {
  if (request.url?.startsWith('/interaction/') !== true) {
    void answer(request, response);
    return;
  }
  interact(provider, request, response).catch((cause: unknown) => {
    console.error(cause);
    response.writeHead(400, { 'content-type': 'text/plain' });
    response.end('This login is not, or no longer, under way.\n');
  });
}).listen(Number(port), '127.0.0.1');

/** Whoever the client hints at is logged in at once, so that a flow can be scripted; a person chooses on the page. */
async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params } = await provider.interactionDetails(request, response);
  if (prompt.name !== 'login') throw new Error(`nobody here answers the prompt ${prompt.name}`);
  const login = request.method === 'POST' ? await chosen(request) : params['login_hint'];
  const user = userNamed(login);
  if (user !== undefined) {
    return provider.interactionFinished(request, response, { login: { accountId: user.login } });
  }
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(page);
}

async function chosen(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw new Error('a form comes in bytes');
    size += chunk.length;
    if (size > 1_000) throw new Error('a login is shorter than that');
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8')).get('login');
}

const page = `<!doctype html>
<html lang="en">
<title>Log in to the lab</title>
<h1>Who are you?</h1>
<form method="post">
${users.map(({ login, name }) => `<button name="login" value="${login}">${name}</button>`).join('\n')}
</form>
</html>
`;
