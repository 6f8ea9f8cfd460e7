import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { type Done, layProject, PLAIN, pack, runIn, startRegistry } from './project.ts';

export const SOMEBODY = 1234;
/** Before a command, to run it as an ordinary user. */
export const AS_SOMEBODY = ['setpriv', `--reuid=${SOMEBODY}`, `--regid=${SOMEBODY}`, '--clear-groups'];

const NODE = {
  name: 'node-here',
  os: process.platform,
  cpu: process.arch,
  bin: { node: 'bin/node' },
  files: { 'bin/node': `#!/bin/sh\nNODE_OPTIONS= exec '${process.execPath}' "$@"\n` },
};

/** Packages that a registry has for them. */
function packAll(home: string) {
  return {
    plain: pack(home, { ...PLAIN, scripts: { install: 'touch "$INIT_CWD/ran"' } }),
    node: pack(home, NODE),
    elsewhere: pack(home, { ...NODE, name: 'node-elsewhere', os: 'plan9' }),
    broken: pack(home, { ...NODE, name: 'node-broken', files: { 'bin/node': '#!/no/such/loader\n' } }),
    /** For this platform, and for no Node that is old. */
    native: pack(home, {
      name: 'native',
      os: process.platform,
      engines: { node: '>=20' },
      files: { 'index.js': '' },
    }),
    large: pack(home, { name: 'large', files: { noise: randomBytes(2 ** 21).toString('hex') } }),
  };
}

/** A new project for each test of a file, of the packages `plain`, `node` and `elsewhere`. */
export class Project {
  readonly #home = mkdtempSync(join(tmpdir(), 'setup-'));
  readonly packages = packAll(this.#home);
  #registry: { url: string; server: Server } | undefined;
  dir = '';
  env: NodeJS.ProcessEnv = {};

  static use(): Project {
    const project = new Project();
    chmodSync(project.#home, 0o755);
    beforeAll(async () => {
      project.#registry = await startRegistry(Object.values(project.packages));
    });
    beforeEach(() => project.#lay());
    afterAll(() => {
      project.#registry?.server.close();
      rmSync(project.#home, { recursive: true });
    });
    return project;
  }

  #lay(): void {
    const { plain, node, elsewhere } = this.packages;
    this.dir = mkdtempSync(join(this.#home, 'project-'));
    layProject(this.dir, [plain, node, elsewhere]);
    this.env = {
      PATH: process.env['PATH'],
      HOME: this.dir,
      npm_config_registry: this.#registry?.url,
      npm_config_cache: join(this.dir, '.npm'), // as npm would say; asking it is half of a set-up
      npm_config_userconfig: '/dev/null',
      npm_config_fetch_retries: '0',
    };
  }

  /** Where it has its Node. */
  get link(): string {
    return join(this.dir, 'node_modules/.bin/node');
  }

  /** @param before what the set-up is run by */
  setUp(more: NodeJS.ProcessEnv = {}, before: readonly string[] = []): Promise<Done> {
    return runIn(this.dir, [...before, process.execPath, 'dev/setup.mjs'], { ...this.env, ...more });
  }

  async expectRefused(
    advice: string,
    more: NodeJS.ProcessEnv = {},
    before: readonly string[] = [],
  ): Promise<string> {
    const { code, said } = await this.setUp(more, before);
    expect(said).toContain(advice);
    expect(code).toBe(1);
    return said;
  }

  /** Variables that make a Node too old for the project: the one that runs the set-up, and npm. */
  underOldNode(): NodeJS.ProcessEnv {
    const pretend = join(this.dir, 'pretend.cjs');
    writeFileSync(
      pretend,
      `Object.defineProperty(process, 'version', { value: 'v18.0.0' });
       Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.0.0', napi: '9' } });`,
    );
    return { NODE_OPTIONS: `--require=${pretend}` };
  }
}
