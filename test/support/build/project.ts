/** A small project of two packages, set up by the real dev/setup.mjs, with the real npm, from a registry of its own. */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from '../machine/machine.ts';

interface Package {
  readonly name: string;
  readonly integrity: string;
  readonly archive: Buffer;
  readonly manifest: Readonly<Record<string, unknown>>;
}

/** A package that would run scripts, and have gyp called, were it let to. */
export const PLAIN = { name: 'plain', files: { 'binding.gyp': '{}', 'index.js': '' } };

/** Packs a package as the registry has it. */
export function pack(
  parent: string,
  { name, files, ...more }: { name: string; files: Record<string, string>; [field: string]: unknown },
): Package {
  const folder = join(parent, `packed-${name}`, 'package');
  const manifest = { name, version: '1.0.0', ...more };
  for (const [path, content] of Object.entries({ 'package.json': JSON.stringify(manifest), ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
    if (path.startsWith('bin/')) chmodSync(join(folder, path), 0o755);
  }
  const options = { cwd: dirname(folder), maxBuffer: 2 ** 26 };
  const archive = execFileSync('tar', ['--gzip', '--create', 'package'], options);
  const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  return { name, integrity, archive, manifest };
}

const versionOf = ({ manifest }: Package): string => String(manifest['version']);

/** Serves packages as a registry does: what the list holds at that moment. */
export async function startRegistry(packages: readonly Package[]): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const [, name = '', file] = (request.url ?? '').split('/');
    const found = packages.find((each) => each.name === name);
    if (!found) return response.writeHead(404).end('{}');
    if (file === '-') return response.end(found.archive);
    const version = versionOf(found);
    const dist = { tarball: `${url}/${name}/-/${name}-${version}.tgz`, integrity: found.integrity };
    const versions = { [version]: { ...found.manifest, dist } };
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify({ name, versions, 'dist-tags': { latest: version } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, server };
}

type Lock = { packages: Record<string, Record<string, unknown>> };

/** Lays the project: the first package is a dependency, the others are optional ones. */
export function layProject(dir: string, [first, ...optional]: readonly [Package, ...Package[]]): void {
  mkdirSync(join(dir, 'dev'), { recursive: true });
  for (const name of ['dev/setup.mjs', 'dev/setup', '.npmrc']) {
    cpSync(join(ROOT, name), join(dir, name), { recursive: true });
  }
  const project = {
    name: 'project',
    version: '1.0.0',
    devDependencies: { [first.name]: versionOf(first) },
    optionalDependencies: Object.fromEntries(optional.map(({ name }) => [name, '1.0.0'])),
  };
  const lock: Lock & Record<string, unknown> = {
    name: 'project',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: { '': project },
  };
  for (const { name, integrity, manifest } of [first, ...optional]) {
    const { name: _, scripts: __, ...facts } = manifest;
    const kind = name === first.name ? { dev: true } : { optional: true };
    lock.packages[`node_modules/${name}`] = { ...facts, integrity, ...kind };
  }
  writeFileSync(join(dir, 'package.json'), JSON.stringify(project));
  writeFileSync(join(dir, 'package-lock.json'), JSON.stringify(lock));
}

/** Changes what the lock says of one package. */
export function changeLock(dir: string, name: string, facts: Readonly<Record<string, unknown>>): void {
  const path = join(dir, 'package-lock.json');
  const lock = JSON.parse(readFileSync(path, 'utf8')) as Lock;
  Object.assign(lock.packages[`node_modules/${name}`] ?? {}, facts);
  writeFileSync(path, JSON.stringify(lock));
}

export interface Done {
  readonly code: number | null;
  /** All that it wrote. */
  readonly said: string;
}

/** Runs a command in the project's directory, with these variables and no others. */
export async function runIn(dir: string, command: readonly string[], env: NodeJS.ProcessEnv): Promise<Done> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, complaints, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, said: out + complaints };
}
