/** A site that commands of a document are run on: an admin host, two real machines, and their store. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Machine, WebRig } from '../../../dev/web/rig.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { FEW } from '../indexes/few.ts';
import { ROOT } from '../machine/machine.ts';
import { type Published, startPublished } from '../machine/published.ts';
import type { Shown } from './console-blocks.ts';

/** The machine of the documents' examples. */
const EXAMPLE_ID = '3d8d9930b32d89';
/** As the settings have it, unless somebody changes that. */
const EXAMPLE_LISTEN = '127.0.0.1:9898';

export interface Said {
  readonly code: number | null;
  readonly output: string;
}

export class Operated {
  readonly rig: WebRig;
  readonly published: Published;
  /** More variables, by host. */
  env: Readonly<Record<string, Readonly<Record<string, string>>>> = {};
  /** More that stands otherwise in the documents than here: what is written there, and what it is here. */
  places: Readonly<Record<string, string>> = {};
  /** Where showcase-web is told to listen. */
  webPort = 0;

  private constructor(rig: WebRig, published: Published) {
    this.rig = rig;
    this.published = published;
  }

  /** Everybody has the same index. @param env variables of the admin host and of all machines */
  static async start(env: Readonly<Record<string, string>> = {}): Promise<Operated> {
    const published = await startPublished();
    const { UPDATE_CONFIG_STORE_TIMEOUT: _, ...store } = published.env;
    const rig = await WebRig.start({
      store: { ...store, ...env },
      machines: 2,
      sample: FEW,
      env: { FLEET_ATTEMPTS: '1' },
    });
    const operated = new Operated(rig, published);
    await rig.configUpdate();
    operated.link(join(rig.home, 'admin'));
    for (const { id } of rig.machines) operated.link(join(rig.home, 'fleet', id));
    return operated;
  }

  /** The programs stand in the application's directory, as in production. */
  link(home: string): void {
    for (const name of ['cgi-bin', 'scripts']) {
      const path = join(home, 'rails', name);
      mkdirSync(join(home, 'rails'), { recursive: true });
      if (!existsSync(path)) symlinkSync(join(ROOT, name), path);
    }
  }

  /** The one that documents name. */
  get machine(): Machine {
    const [first] = this.rig.machines;
    if (!first) throw new Error('there is no machine');
    return first;
  }

  get machineHome(): string {
    return join(this.rig.home, 'fleet', this.machine.id);
  }

  get adminHome(): string {
    return join(this.rig.home, 'admin');
  }

  /** Runs SQL on the index of the admin host, or on another database. */
  edit(sql: string, path = this.rig.indexPath): void {
    const db = openDatabase(path);
    db.exec(sql);
    db.close();
  }

  /** Gives a program of that name to whoever runs a command, before all others. */
  provide(name: string, script: string): void {
    mkdirSync(join(this.rig.home, 'bin'), { recursive: true });
    writeFileSync(join(this.rig.home, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  /** Paths and addresses of the documents, as they are here. */
  #here(command: string, home: string): string {
    const own = Object.entries(this.places).reduce((text, [from, to]) => text.replaceAll(from, to), command);
    return own
      .replaceAll('https://smooth.fly.dev', this.rig.simUrl)
      .replaceAll(EXAMPLE_ID, this.machine.id)
      .replaceAll(EXAMPLE_LISTEN, `127.0.0.1:${this.webPort}`)
      .replaceAll('/data/db', join(home, 'db'))
      .replaceAll('/rails/', `${join(home, 'rails')}/`);
  }

  async run({ host, command }: Pick<Shown, 'host' | 'command'>): Promise<Said> {
    const isMachine = host === 'machine';
    const home = isMachine ? this.machineHome : join(this.rig.home, host);
    const { id, region } = this.machine;
    const own = {
      APP_ROOT: join(home, 'rails'),
      RAILS_DB_VOLUME: join(home, 'db'),
      ...(isMachine ? { FLY_APP_NAME: 'smooth', FLY_REGION: region, FLY_MACHINE_ID: id } : {}),
    };
    const { PATH = '' } = this.rig.env;
    const path = [join(this.rig.home, 'bin'), PATH].join(delimiter);
    const child = spawn('bash', ['-c', `${this.#here(command, home)} 2>&1`], {
      cwd: join(home, 'rails'),
      env: { ...this.rig.env, ...own, ...this.env[host], PATH: path },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
    // Lines name things as the documents do.
    const as = output.replaceAll(id, EXAMPLE_ID).replaceAll(`127.0.0.1:${this.webPort}`, EXAMPLE_LISTEN);
    return { code: code as number | null, output: as };
  }

  async close(): Promise<void> {
    await this.rig.close();
    await this.published.close();
  }
}
