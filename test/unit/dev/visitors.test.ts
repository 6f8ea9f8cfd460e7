import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Visitors } from '../../../dev/demo/visitors.ts';

const PAGE = { path: '/page', status: 200, holds: '</html>' };

let server: Server;
afterEach(async () => {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
});

async function visit(listener: RequestListener, question = PAGE): Promise<Visitors> {
  server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new Visitors(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, [question]);
}

describe('the visitors of the demo', () => {
  it('count the requests that the server has answered', async () => {
    let answered = 0;
    const visitors = await visit((_, response) => {
      answered++;
      response.end('<html></html>');
    });
    await visitors.waitFor(50);
    const { requests, failures } = await visitors.stop();
    expect([requests, failures]).toEqual([answered, []]);
    expect(requests).toBeGreaterThanOrEqual(50);
  });

  it('count one that is answered with another status, or cut short, as failed', async () => {
    let asked = 0;
    const visitors = await visit((_, response) => {
      asked++;
      if (asked === 10) response.writeHead(503).end('</html>');
      else if (asked === 20) response.end('<html>');
      else if (asked === 30) {
        const cut = () => response.socket?.destroy();
        response.writeHead(200, { 'content-length': 1000 }).write('<html></html>', cut);
      } else response.end('<html></html>');
    });
    await visitors.waitFor(60);
    const { failures } = await visitors.stop();
    expect(failures.toSorted()).toEqual([
      '/page: 503 in place of 200',
      '/page: aborted',
      '/page: an answer without "</html>"',
    ]);
  });

  it('count every one as failed while nobody listens', async () => {
    const visitors = await visit((_, response) => void response.end('<html></html>'));
    await visitors.waitFor(10);
    server.close();
    server.closeAllConnections();
    await visitors.waitFor(10);
    const { failures } = await visitors.stop();
    expect(failures.some((failure) => failure.includes('ECONNREFUSED'))).toBe(true);
    server = createServer().listen(0);
  });

  it('log in where the question says so', async () => {
    const seen = new Set<string | undefined>();
    const login = { userid: 'ada', password: 'viennese-waltz' };
    const visitors = await visit(
      ({ headers }, response) => {
        seen.add(headers.authorization);
        response.end('</html>');
      },
      { ...PAGE, login } as typeof PAGE,
    );
    await visitors.waitFor(4);
    await visitors.stop();
    expect([...seen]).toEqual([`Basic ${Buffer.from('ada:viennese-waltz').toString('base64')}`]);
  });
});
