/** What is in a release, apart from the executables: pages and completion of each, documents, units. */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../../src/app/options/all-commands.ts';
import { renderCompletion } from '../../src/app/options/completion.ts';
import { renderManual } from '../../src/app/options/manual.ts';
import type { ReleaseFile } from './archive.ts';
import { type Commit, committedFiles } from './commit.ts';
import type { Target } from './targets.ts';

/** The names that the shells look for, below the directories of their own. */
const COMPLETIONS = { bash: (name: string) => name, zsh: (name: string) => `_${name}`, fish: fishName };

function fishName(name: string): string {
  return `${name}.fish`;
}

/** The manual pages, and what makes shells complete, of every executable. */
export function commandFiles({ time, version }: Commit): ReleaseFile[] {
  const day = new Date(time * 1000).toISOString().slice(0, 10);
  return COMMANDS.flatMap((command) => {
    const page = renderManual(command, { version, day });
    const completions = Object.entries(COMPLETIONS).map(([shell, nameOf]) =>
      plain(`completion/${shell}/${nameOf(command.name)}`, renderCompletion(command, shell)),
    );
    return [plain(`man/man1/${command.name}.1`, page), ...completions];
  });
}

/** Documents, without pictures, and installations to be copied, units of systemd among them. */
export function documentFiles(root: string): ReleaseFile[] {
  const files = committedFiles(root, 'LICENSE', 'CHANGELOG.md', 'SECURITY.md', 'docs', 'examples');
  return files
    .filter(({ path }) => !path.startsWith('docs/pictures/'))
    .map(({ path, isExecutable }) => ({
      path,
      content: readFileSync(join(root, path)),
      mode: isExecutable ? 0o755 : 0o644,
    }));
}

/** The page that says what to do with the archive. */
export function readmeFile(root: string, { version, id, changed }: Commit, target: Target): ReleaseFile {
  const text = readFileSync(join(root, 'dev/release/in-archive.md'), 'utf8');
  const facts: Record<string, string> = {
    VERSION: version,
    COMMIT: changed.length > 0 ? `${id}, with changes that are not committed` : id,
    TARGET: target.name,
    MACHINE: target.machine,
  };
  return plain(
    'README.md',
    text.replace(/@([A-Z]+)@/g, (_, name: string) => facts[name] ?? ''),
  );
}

/** SHA-256 of every other file, as sha256sum reads it. */
export function sumsFile(files: readonly ReleaseFile[]): ReleaseFile {
  const lines = files.map(({ path, content }) => sumLine(path, content));
  return plain('SHA256SUMS', lines.join(''));
}

export function sumLine(path: string, content: string | Buffer): string {
  return `${hash('sha256', content)}  ${path}\n`;
}

function plain(path: string, content: string | Buffer): ReleaseFile {
  return { path, content, mode: 0o644 };
}
