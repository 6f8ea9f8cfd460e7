import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Script } from 'node:vm';
import { readPreamble, renderExecutable } from '../../../dev/build/executable.mjs';
import { ROOT } from '../machine/machine.ts';

const preamble = await readPreamble(ROOT);

/** Makes an executable of the project's own kind, of these parts. The first one is run. */
export function makeProgram(path: string, name: string, parts: Readonly<Record<string, string>>): void {
  const list = Object.entries(parts).map(([part, text]) => [{ name: `./${part}.js`, text }]);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, renderExecutable(preamble, { name, version: '0', parts: list }), { mode: 0o755 });
}

/**
 * Compiled code that the cache cannot tell from that of one of its parts, and that does something else. V8 looks at no
 * more than the length of the source.
 *
 * @param text the part's own
 * @param other what is run in its place: as long
 */
export function poison(
  program: string,
  part: string,
  [text, other]: readonly [string, string],
): { name: string; content: Buffer } {
  if (text.length !== other.length) throw new Error('V8 would see that it is another source');
  const digest = /openCache\(`([0-9a-f]{16}) \$\{size/.exec(readFileSync(program, 'latin1'))?.[1];
  const { size, mtimeMs } = statSync(program);
  const key = `${digest} ${size} ${mtimeMs} ${process.version} ${process.arch}`;
  const wrapped = `[(function (exports, require, module, __filename, __dirname) {\n${other}})\n]\n`;
  const script = new Script(wrapped, { filename: program });
  const payload = script.createCachedData();
  const sha1 = (...pieces: (string | Buffer)[]) =>
    pieces.reduce((hash, piece) => hash.update(piece), createHash('sha1')).digest();
  const mark = Buffer.from('showcase-config code cache 1');
  return {
    name: `program-${sha1(key).toString('hex', 0, 8)}-${part}`,
    content: Buffer.concat([mark, sha1(key, `./${part}.js`, payload), payload]),
  };
}
