/**
 * Runs tools of dev/ one after another in this process, as each would run in one of its own, and prints what each ended with
 * and complained of. To start one and load what it needs takes longer than all that such a command line has it do.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [node = '', own = '', given = '[]'] = process.argv;
const complained: string[] = [];
process.stderr.write = (text: string | Uint8Array) => {
  complained.push(String(text));
  return true;
};

const ends: { code: typeof process.exitCode; stderr: string }[] = [];
for (const [at, [path = '', ...args]] of (JSON.parse(given) as string[][]).entries()) {
  process.argv = [node, path, ...args];
  process.exitCode = 0;
  // Each time anew, although several command lines are of one tool.
  await import(`${pathToFileURL(resolve(path))}?${at}`);
  ends.push({ code: process.exitCode, stderr: complained.splice(0).join('') });
}
process.argv = [node, own];
process.exitCode = 0;
process.stdout.write(JSON.stringify(ends));
