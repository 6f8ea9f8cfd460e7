import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface OldNode {
  /** A directory that holds it as `node`: a whole PATH. */
  readonly path: string;
  readonly version: string;
}

/** This machine's own Node where it is older than 22, else the present one under an old name, made in `parent`. */
export function oldNode(parent: string): OldNode {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const node = join(directory, 'node');
    if (!existsSync(node)) continue;
    const version = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
    if (Number.parseInt(version, 10) < 22) return { path: directory, version };
  }
  return renamedNode(parent, '20.20.2', '9');
}

/** The present Node, which says that it is of this version and has that Node-API. */
export function renamedNode(parent: string, version: string, napi: string): OldNode {
  const directory = join(parent, `node-${version}`);
  mkdirSync(directory);
  const rename = join(directory, 'rename.cjs');
  writeFileSync(
    rename,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}', napi: '${napi}' } });
     Object.defineProperty(process, 'version', { value: 'v${version}' });`,
  );
  const node = join(directory, 'node');
  writeFileSync(node, `#!/bin/sh\nexec '${process.execPath}' --require '${rename}' "$@"\n`);
  chmodSync(node, 0o755);
  return { path: directory, version };
}
