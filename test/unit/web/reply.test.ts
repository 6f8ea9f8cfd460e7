import { beforeAll, describe, expect, it } from 'vitest';
import { html } from '../../../src/html/html.ts';
import { goTo, showPage } from '../../../src/web/reply.ts';
import type { Route } from '../../../src/web/route.ts';
import { ROUTES } from '../../../src/web/routes.ts';
import { startWeb, type TestServer } from '../../support/web/web-server.ts';

const NOTICE = 'Boston <b>is saved</b> & pushed';
const PROBES: readonly Route[] = [
  {
    method: 'GET',
    path: '/probe/:id',
    who: 'user',
    answer: (call) => showPage(call, { title: 'A row', section: null, main: html`<h1>A row</h1>` }),
  },
  {
    method: 'POST',
    path: '/studios/:key/probe',
    who: 'owner',
    answer: (call, context) => goTo(call, context, '/probe/7?page=2', NOTICE),
  },
];

let server: TestServer;
beforeAll(async () => {
  server = await startWeb({ routes: [...ROUTES, ...PROBES] });
});

/** Where the form sends the browser to. */
async function sent(): Promise<URL> {
  const path = `/studios/${server.studios.owned}/probe`;
  const answer = await server.post(path, {}, 'owner');
  expect(answer.status).toBe(303);
  const location = answer.headers.get('location') ?? '';
  // Behind a proxy with another base it must lead to the same place.
  expect(location).toMatch(/^\.\.\/\.\.\/probe\/7\?page=2&notice=/);
  return new URL(location, `${server.url}${path}`);
}

const read = async (url: URL, as: 'owner' | 'user' = 'owner'): Promise<string> =>
  await (await server.ask(`${url.pathname.slice(server.context.base.length)}${url.search}`, as)).text();

describe('what a page is told by the one before', () => {
  it('is shown there, as text', async () => {
    expect(await read(await sent())).toContain('Boston &lt;b&gt;is saved&lt;/b&gt; &amp; pushed</p>');
  });

  it('is shown to nobody else', async () => {
    expect(await read(await sent(), 'user')).not.toContain('Boston');
  });

  it.each(['notice', 'seal'])('is not shown with another %s', async (name) => {
    const url = await sent();
    url.searchParams.set(name, 'You have won');
    expect(await read(url)).not.toMatch(/role="status"/);
  });
});
