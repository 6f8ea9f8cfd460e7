/**
 * `npm run docs`: makes a site of all documents, which can be searched and needs no server but one for files. Nothing is
 * asked of another host, neither when it is built nor by the pages.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { readFreePort, runTool, WrongOption } from '../options.mjs';
import { brokenLinks } from './broken-links.ts';
import { drawDiagrams } from './diagrams.ts';
import { DOCUMENTS, READERS } from './readers.ts';
import { addressOf } from './site-paths.ts';
import { stageDocuments } from './stage.ts';

const USAGE = `Usage: npm run docs -- [options]

  --out DIR    where the site goes (default: website). A site of an earlier run is
               replaced; a directory with anything else in it is left alone
  --base PATH  the path under which it will be served (default: /)
  --serve      shows it on this machine until Ctrl-C, and prints its address
  --port PORT  of that address (default: 8080)
`;

const ROOT = resolve(import.meta.dirname, '../..');
/** A file of each site, by which the next run knows that it may replace it. */
const MARK = '.made-by-npm-run-docs';

interface Wish {
  readonly out: string;
  /** With a slash at both ends. */
  readonly base: string;
  /** null when the site is not to be shown. */
  readonly port: number | null;
}

const OPTIONS = {
  out: { type: 'string', default: join(ROOT, 'website') },
  base: { type: 'string', default: '/' },
  serve: { type: 'boolean', default: false },
  port: { type: 'string', default: '8080' },
} as const;

/** The site cannot be made as the documents are, as the message tells; no trace of calls helps. */
class Refusal extends Error {}

await runTool(USAGE, OPTIONS, async (values) => {
  const wish = await readWish(values);
  try {
    await build(wish);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    return;
  }
  const shown = relative(process.cwd(), wish.out) || '.';
  process.stdout.write(`${shown}: ${DOCUMENTS.length} documents\n`);
  if (wish.port === null) process.stdout.write('npm run docs -- --serve shows them in a browser.\n');
  else await serve(wish, wish.port);
});

async function readWish(
  values: {
    readonly [name in 'out' | 'base' | 'port']: string;
  } & { readonly serve: boolean },
): Promise<Wish> {
  const base = `/${values.base}/`.replaceAll(/\/{2,}/g, '/');
  if (!/^[\w./~-]+$/.test(base)) throw new WrongOption(`--base ${values.base} is no path of an address`);
  const out = resolve(values.out);
  if (existsSync(out) && !isReplaceable(out))
    throw new WrongOption(`${values.out} is there, and no site of an earlier run: choose another --out`);
  return { out, base, port: values.serve ? await readFreePort(values.port) : null };
}

function isReplaceable(out: string): boolean {
  try {
    const names = readdirSync(out);
    return names.length === 0 || names.includes(MARK);
  } catch {
    return false;
  }
}

async function build({ out, base }: Wish): Promise<void> {
  // Below this directory, so that the generator finds its packages.
  const stage = mkdtempSync(join(import.meta.dirname, '.stage-'));
  try {
    const diagrams = stageDocuments(ROOT, stage, DOCUMENTS);
    await drawDiagrams(stage, diagrams);
    cpSync(join(import.meta.dirname, 'vitepress'), join(stage, '.vitepress'), { recursive: true });
    writeFileSync(join(stage, '.vitepress/site.json'), JSON.stringify(siteFacts()));
    const made = join(stage, 'site');
    await run('vitepress', ['build', stage, '--outDir', made, '--base', base]);
    const broken = brokenLinks(made, base);
    if (broken.length > 0) throw new Refusal(`Links that lead nowhere:\n${broken.join('\n')}`);
    writeFileSync(join(made, MARK), '');
    rmSync(out, { recursive: true, force: true });
    cpSync(made, out, { recursive: true });
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

function siteFacts() {
  const { name, version, description } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  ) as Record<'name' | 'version' | 'description', string>;
  const sidebar = READERS.map(({ name: text, documents }) => ({
    text,
    items: Object.entries(documents).map(([path, short]) => ({ text: short, link: addressOf(path) })),
  }));
  return { title: name, version, description, sidebar };
}

/** Runs a program of the generator's packages; what it says is shown if it fails. */
async function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, `node_modules/${program}/bin/${program}.js`), ...args],
    {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const [said, complained, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  if (code !== 0) throw new Refusal(`${program} ended with ${code}:\n${said}${complained}`);
}

async function serve({ out, base }: Wish, port: number): Promise<void> {
  const args = [
    'preview',
    '--outDir',
    out,
    '--base',
    base,
    '--host',
    '127.0.0.1',
    '--port',
    `${port}`,
    '--strictPort',
  ];
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'node_modules/vite/bin/vite.js'), ...args],
    {
      cwd: import.meta.dirname,
      stdio: 'inherit',
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
  const [code] = (await once(child, 'close')) as [number | null];
  process.exitCode = code ?? 0;
}
