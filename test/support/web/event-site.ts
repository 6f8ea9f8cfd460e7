import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { atEnd } from '../suite/at-end.ts';

/** The public site as far as requests matter to it: it has the events that were opened, and answers 404 for others. */
export class EventSite {
  /** With the base path, without a slash at the end. */
  readonly url: string;
  /** Paths that were asked for, below the base. */
  readonly asked: string[] = [];
  readonly #server: Server;
  #isOpen: (path: string) => boolean = () => true;

  /** Starts one, which ends with the tests of the file. */
  static async start(): Promise<EventSite> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const site = new EventSite(server, (server.address() as AddressInfo).port);
    atEnd(() => {
      server.closeAllConnections();
      server.close();
    });
    return site;
  }

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}/showcase`;
    this.#server.on('request', (request, response) => {
      const path = decodeURIComponent((request.url ?? '').replace('/showcase/', ''));
      this.asked.push(path);
      response.writeHead(this.#isOpen(path) ? 200 : 404, { 'Content-Type': 'text/html' });
      response.end(
        `<!doctype html><html lang="en"><title>Event</title><h1>The event ${encodeURI(path)}</h1>`,
      );
    });
  }

  /** Which events it has from now on; all where nothing was said. */
  has(isOpen: (path: string) => boolean): void {
    this.#isOpen = isOpen;
  }
}
