import type { Signature } from '../../change/document/documents.ts';
import { requestView } from '../../change/wire/secret.ts';
import { Secret } from '../../kit/index.ts';
import type { SecretKind } from '../decisions/port.ts';
import * as api from './api.ts';
import { openCarriedOnce } from './carried-once.ts';
import { consoleError } from './errors.ts';
import { signedBy } from './login.ts';
import type { ConsoleOptions } from './options.ts';
import { overviewOf } from './overview.ts';
import { quietly } from './quietly.ts';
import { type AskedByApprover, type Route, withLogin } from './route.ts';
import { requestPageOf } from './secret-request-page.ts';
import { documentOf } from './signer.ts';
import type { Tries } from './tries.ts';

type Parts = Omit<ConsoleOptions, 'now'> & { readonly tries: Tries; readonly now: () => Date };

/**
 * What agents ask of humans about secrets. A value passes here in two places, `shows` of a route and `value` of what was typed: it
 * is carried, and stands in no log, no error and nothing that is kept.
 */
export function secretRequestRoutes(options: Parts): readonly Route[] {
  const { requests, tries, log, now } = options;
  const once = openCarriedOnce(now);

  /** Everything that a session can tell of a signature; the work proves it. */
  const carry = <Body extends { document: string; assertion: api.AssertionAnswer }, Result>(
    kind: SecretKind,
    { id, body, approver, connection }: AskedByApprover<Body>,
    work: (signature: Signature) => Promise<Result>,
    typed?: Secret,
  ): Promise<Result> =>
    tries.count(connection, async () => {
      const document = documentOf(body.document, approver);
      if (document.kind !== kind || document.request !== id) throw aboutSomethingElse();
      once.carry(body.document);
      const signature = { document: body.document, assertion: signedBy(body.assertion) };
      const result = await quietly(() => work(signature), { log, ...(typed === undefined ? {} : { typed }) });
      log.info({ kind, subject: id, approver: approver.name }, 'human.signed');
      return result;
    });

  return [
    withLogin('GET /api/requests/:id', undefined, api.requestPage, ({ id }) => requestPageOf(id, options)),
    withLogin('POST /api/requests/:id/reject', api.rejection, api.overview, async ({ id, body, approver }) => {
      await requests.reject(id, body.words, approver.name);
      log.info({ request: id, approver: approver.name }, 'human.rejected');
      return overviewOf(approver.name, options);
    }),
    withLogin(
      'POST /api/requests/:id/reveal',
      api.signing,
      api.revealed,
      async (asked) => {
        const { view, value } = await carry('reveal', asked, (signature) => requests.reveal(signature));
        return { request: view, value: value.reveal() };
      },
      { shows: 'value' },
    ),
    withLogin('POST /api/requests/:id/write', api.typing, requestView, (asked) => {
      const { value: text, salt } = asked.body;
      const value = new Secret(text);
      return carry('write', asked, (signature) => requests.write(signature, { value, salt }), value);
    }),
    withLogin('POST /api/requests/:id/generate', api.signing, requestView, (asked) =>
      carry('generate', asked, (signature) => requests.generate(signature)),
    ),
    withLogin(
      'POST /api/requests/:id/lease',
      api.signing,
      api.leased,
      async (asked) => {
        const { view, kubeconfig } = await carry('token', asked, (signature) => requests.lease(signature));
        return { request: view, kubeconfig: kubeconfig.reveal() };
      },
      { shows: 'kubeconfig' },
    ),
  ];
}

function aboutSomethingElse(): Error {
  return consoleError('console-refused', {
    message: 'the document is about something else than this request',
    next: 'reload the page, read it again and sign there',
  });
}
