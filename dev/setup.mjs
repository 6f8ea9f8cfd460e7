/**
 * `npm run setup`: installs what is missing, and is quick when nothing is: the npm packages and the Node that the project
 * runs on, with `--system`, `--radosgw` or `--browser` the programs that tests run against, and with `--docs` the packages
 * that the site of the documents is built with, which nothing else needs. Runs on any Node 18 or newer and needs no
 * package. What it must say ends it with exit code 1.
 */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from './setup/failure.mjs';
import { ensureNode } from './setup/node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { BROWSER, ensurePrograms, RADOSGW, SYSTEM } from './setup/programs.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const options = process.argv.slice(2);

try {
  const isNew = ensurePackages(root);
  ensureNode(root, isNew);
  if (options.includes('--docs'))
    ensurePackages(join(root, 'dev/docs-site'), ' for the site of the documents');
  if (options.includes('--system')) ensurePrograms(SYSTEM);
  if (options.includes('--radosgw')) ensurePrograms(RADOSGW);
  if (options.includes('--browser')) ensurePrograms(BROWSER);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
