/**
 * `npm run package`: a release of the commit that is checked out, one archive for each kind of machine, and their sums.
 * The same commit gives the same bytes, wherever it is done. CONTRIBUTING.md says how a release is made.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { addonFor } from './build/addon.mjs';
import { runTool, WrongOption } from './options.mjs';
import { pack, type ReleaseFile } from './release/archive.ts';
import { type Commit, readCommit } from './release/commit.ts';
import { commandFiles, documentFiles, readmeFile, sumsFile } from './release/contents.ts';
import { putRelease } from './release/put.ts';
import { renderBom } from './release/sbom.ts';
import { TARGETS, type Target } from './release/targets.ts';

const USAGE = `Usage: npm run package -- [options]

  --out DIR       directory that gets the archives (default: dist)
  --target NAME   ${TARGETS.map(({ name }) => name).join(', ')}
                  may be given several times (default: all)
`;

const root = resolve(import.meta.dirname, '..');
const NAMES = TARGETS.map(({ name }) => name);
const OPTIONS = {
  out: { type: 'string', default: join(root, 'dist') },
  target: { type: 'string', multiple: true, default: NAMES },
} as const;
await runTool(USAGE, OPTIONS, async ({ out, target }) => {
  const unknown = target.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0)
    throw new WrongOption(`--target takes ${NAMES.join(', ')}, not ${unknown.join(', ')}`);
  await main({ out, target });
});

async function main({
  out,
  target,
}: {
  readonly out: string;
  readonly target: readonly string[];
}): Promise<void> {
  const commit = readCommit(root, process.env);
  const name = `showcase-config-${commit.version}`;
  if (commit.changed.length > 0)
    process.stderr.write(
      `Not what is committed, so this is ${commit.version}:\n${commit.changed.join('\n')}\n`,
    );
  const executables = buildAnew();
  const licenses = executables.filter(({ path }) => path.endsWith('/THIRD_PARTY_LICENSES'));
  const bom = renderBom(
    root,
    commit,
    licenses.map(({ content }) => content.toString()),
  );
  const common = [
    ...executables,
    ...commandFiles(commit),
    ...documentFiles(root),
    { path: 'sbom.cdx.json', content: bom, mode: 0o644 } as const,
  ];
  const archives = new Map<string, Buffer>();
  for (const one of TARGETS.filter((each) => target.includes(each.name))) {
    const files = await filesFor(one, common, commit);
    const directory = `${name}-${one.name}`;
    archives.set(`${directory}.tar.gz`, pack(directory, files, commit.time));
  }
  const { written, foreign } = await putRelease(resolve(out), name, archives);
  if (foreign.length > 0)
    throw new WrongOption(
      `Not made by this, and in its way:\n  ${foreign.join('\n  ')}\nMove them away, or choose another --out.`,
    );
  process.stdout.write(written.map((path) => `${path}\n`).join(''));
}

/** The executables and licenses, built for nothing but this: no executable that was built before is believed. */
function buildAnew(): ReleaseFile[] {
  const directory = mkdtempSync(join(tmpdir(), 'package-'));
  try {
    execFileSync(process.execPath, [join(root, 'build.mjs'), '--out', directory], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return ['cgi-bin', 'scripts'].flatMap((folder) =>
      readdirSync(join(directory, folder))
        .filter((file) => !file.endsWith('.node'))
        .map((file) => {
          const path = join(folder, file);
          const isText = file === 'THIRD_PARTY_LICENSES';
          return {
            path,
            content: readFileSync(join(directory, path)),
            mode: isText ? 0o644 : 0o755,
          } as const;
        }),
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The same for all, but for the addon and what names the target. */
async function filesFor(
  target: Target,
  common: readonly ReleaseFile[],
  commit: Commit,
): Promise<ReleaseFile[]> {
  const { arch, libc } = target;
  const content = readFileSync(await addonFor(root, { platform: 'linux', arch, libc }));
  const addons = ['cgi-bin', 'scripts'].map(
    (folder) => ({ path: `${folder}/better_sqlite3.node`, content, mode: 0o644 }) as const,
  );
  const files = [...common, ...addons, readmeFile(root, commit, target)];
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return [...files, sumsFile(files)];
}
