import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { FleetSimProcess } from '../fleet/fleet-sim.ts';
import { type Published, startPublished, storeEnvironment } from '../machine/published.ts';

/** What a host is in need of: a store, machines, the web part and a dashboard. One for all tests of a file. */
export class Surroundings {
  readonly published: Published;
  readonly sim: FleetSimProcess;
  /** Answers `/showcase/up`, and as a dashboard at `/api/deploys`. */
  readonly url: string;
  /** Compiled code, for all runs of a file. */
  readonly cache = mkdtempSync(join(tmpdir(), 'onboard-cache-'));
  readonly #server: Server;

  static async start(): Promise<Surroundings> {
    const published = await startPublished();
    const sim = await FleetSimProcess.start(
      ['--machines', '3', '--delay', '5'],
      storeEnvironment(published.settings),
    );
    const server = createServer((request, response) => {
      const isDashboard = request.url === '/api/deploys';
      const isUp = request.url?.startsWith('/showcase') ?? false;
      response.writeHead(isDashboard || isUp ? 200 : 404, { 'Content-Type': 'application/json' });
      response.end(isDashboard ? '{"nvoi_dashboard":1,"signature":["sha256","v1"]}' : '{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await published.publish(makeSampleIndex(), new Date('2026-01-02T03:04:05Z'));
    return new Surroundings(published, sim, server);
  }

  private constructor(published: Published, sim: FleetSimProcess, server: Server) {
    this.published = published;
    this.sim = sim;
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await this.sim.stop();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.published.close();
    rmSync(this.cache, { recursive: true, force: true });
  }
}

/** A host that nobody has set up yet: an application with an index, and nothing else. */
export class NewHost {
  readonly home = mkdtempSync(join(tmpdir(), 'new-host-'));
  readonly appRoot = join(this.home, 'rails');
  readonly dbDir = join(this.home, 'db');
  readonly surroundings: Surroundings;

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
    for (const path of [this.appRoot, this.dbDir, join(this.home, 'home')]) mkdirSync(path);
    writeFileSync(join(this.dbDir, 'index.sqlite3'), changeSample(makeSampleIndex()).index);
  }

  get envFile(): string {
    return join(this.appRoot, 'config/showcase.env');
  }

  /** Only what leads to the machines that are played, and no answer. */
  env(more: Record<string, string> = {}): Record<string, string> {
    const { FLEET_FLY_URL = '', FLY_API_HOSTNAME = '' } = this.surroundings.sim.variables;
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: join(this.home, 'home'),
      USER: 'admin',
      FLEET_FLY_URL,
      FLY_API_HOSTNAME,
      UPDATE_CONFIG_CACHE_DIR: this.surroundings.cache,
      ...more,
    };
  }

  read(name: string): string {
    return readFileSync(join(this.appRoot, name), 'utf8');
  }

  mode(name: string): number {
    return statSync(join(this.appRoot, name)).mode & 0o777;
  }

  /** Everything of the application and its db dir: path, mode and bytes. The state directory of config-update aside. */
  tree(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const root of [this.appRoot, this.dbDir]) {
      for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
        if (name.startsWith('.update_config')) continue;
        const path = join(root, name);
        const stats = statSync(path);
        found[path] = `${stats.mode} ${stats.isFile() ? readFileSync(path).toString('base64') : ''}`;
      }
    }
    return found;
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
