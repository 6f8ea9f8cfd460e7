/** Pages that show a file of the repository to which a document links. */
import { basename, extname } from 'node:path';

/** By the ending of a name, or the whole name, what the generator calls the language. */
const LANGUAGES: Readonly<Record<string, string>> = {
  '.ts': 'ts',
  '.mjs': 'js',
  '.json': 'json',
  '.yml': 'yaml',
  '.toml': 'toml',
  '.sh': 'sh',
  '.service': 'ini',
  '.timer': 'ini',
  Dockerfile: 'docker',
};

/** The file as it stands, with numbers of lines. It is not searched: the documents are. */
export function sourcePage(path: string, content: string): string {
  const language = LANGUAGES[basename(path)] ?? LANGUAGES[extname(path)] ?? byFirstLine(content);
  const longest = Math.max(2, ...[...content.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const facts = { title: path, search: false, pageClass: 'wide', prev: false, next: false };
  const numbers = language === 'txt' ? '' : ':line-numbers';
  return `---\n${JSON.stringify(facts)}\n---\n\n# ${path.replaceAll('_', '\\_')}\n\n${fence}${language}${numbers}\n${content.trimEnd()}\n${fence}\n`;
}

function byFirstLine(content: string): string {
  return /^#!.*sh\b/.test(content) ? 'sh' : 'txt';
}
