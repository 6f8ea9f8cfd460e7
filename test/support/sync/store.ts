import { openImage } from '../../../src/database/image.ts';
import { type Published, startPublished, storeEnvironment } from '../machine/published.ts';
import { type FaultProxy, startFaultProxy } from '../store/fault-proxy.ts';
import { eventOf } from './events.ts';

/** The embedded store behind a proxy that can spoil its answers, as what uploads and inventories left in it. */
export class EventStore {
  readonly published: Published;
  readonly proxy: FaultProxy;

  private constructor(published: Published, proxy: FaultProxy) {
    this.published = published;
    this.proxy = proxy;
  }

  static async start(): Promise<EventStore> {
    const published = await startPublished();
    return new EventStore(published, await startFaultProxy(published.settings.endpoint));
  }

  /** The variables of a machine that reaches the store through the proxy. */
  get env(): Record<string, string> {
    return storeEnvironment(this.published.settings, this.proxy.endpoint);
  }

  /** What the database in the store says; null when there is none. */
  async event(name: string): Promise<string | null> {
    const bytes = await this.bytes(`db/${name}.sqlite3`);
    return bytes ? eventOf(openImage(bytes)) : null;
  }

  async bytes(key: string): Promise<Buffer | null> {
    const got = await this.published.store.get(key, { maxBytes: 1e9 });
    return got.kind === 'found' ? got.bytes : null;
  }

  /** `last-modified` of an object, as it was written. */
  async lastModified(name: string): Promise<string | undefined> {
    const head = await this.published.store.head(`db/${name}.sqlite3`);
    return head.kind === 'found' ? head.object.metadata['last-modified'] : undefined;
  }

  async etag(name: string): Promise<string | null> {
    const head = await this.published.store.head(`db/${name}.sqlite3`);
    return head.kind === 'found' ? head.object.etag : null;
  }

  async inventory(region: string): Promise<Record<string, Record<string, unknown>> | null> {
    const bytes = await this.bytes(`inventory/${region}.json`);
    return bytes ? JSON.parse(bytes.toString()) : null;
  }

  /** As another program would. */
  async put(key: string, bytes: Buffer | string, lastModified?: string): Promise<string> {
    const answer = await this.published.store.put(key, Buffer.from(bytes), {
      condition: { replaces: 'anything' },
      metadata: lastModified === undefined ? {} : { 'last-modified': lastModified },
      contentType: 'application/octet-stream',
    });
    if (answer.kind !== 'stored') throw new Error(answer.kind);
    return answer.etag;
  }

  /** Requests since the last call of `proxy.plan`, such as `PUT db/2026-boston.sqlite3`. */
  requests(): string[] {
    return this.proxy.requests.map(({ method, path }) => {
      const [key = '', query = ''] = path.replace(/^\/showcase\/?/, '').split('?');
      const prefix = new URLSearchParams(query).get('prefix');
      return prefix === null ? `${method} ${key}` : `LIST ${prefix}`;
    });
  }

  async close(): Promise<void> {
    await this.proxy.close();
    await this.published.close();
  }
}
