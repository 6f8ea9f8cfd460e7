import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ObjectStore } from '../../../src/store/object-store.ts';

/** What a machine does with its nth request, from 1; it must end the answer, now or later. */
type Behaviour = (response: ServerResponse, nth: number, succeed: () => Promise<void>) => unknown;

/** Machines behind one address that answer as update_config does, with the index that the store has. */
export class PlayedFleet {
  /** Ids in the order in which requests came. */
  readonly asked: string[] = [];
  readonly headers: IncomingHttpHeaders[] = [];
  readonly url: string;
  readonly #server: Server;
  readonly #store: ObjectStore;
  readonly #behaviours = new Map<string, Behaviour>();

  static async start(store: ObjectStore): Promise<PlayedFleet> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new PlayedFleet(server, store);
  }

  private constructor(server: Server, store: ObjectStore) {
    this.#server = server;
    this.#store = store;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/showcase/update_config`;
    server.on('request', (request, response) => {
      const id = String(request.headers['fly-force-instance-id'] ?? '127.0.0.1');
      this.asked.push(id);
      this.headers.push(request.headers);
      const nth = this.asked.filter((one) => one === id).length;
      const succeed = () => this.#succeed(id, request.url ?? '', response);
      void (this.#behaviours.get(id) ?? succeed)(response, nth, succeed);
    });
  }

  /** @param id of one machine */
  behave(id: string, behaviour: Behaviour): void {
    this.#behaviours.set(id, behaviour);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #succeed(id: string, path: string, response: ServerResponse): Promise<void> {
    const head = await this.#store.head('db/index.sqlite3');
    const etag = head.kind === 'found' ? head.object.etag : null;
    const outcome = path.includes('state=1') ? 'state' : path.includes('dry_run=1') ? 'dry-run' : 'updated';
    const result = { machine: id, outcome, index: { etag }, files: [], reload: true, pendingReload: false };
    response.end(`[2026-01-02T03:04:05.678Z] Run of ${id} ✓ Success\nRESULT ${JSON.stringify(result)}\n`);
  }
}
