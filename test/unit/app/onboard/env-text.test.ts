import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { editEnvText, readEnvText, shownEnvText } from '../../../../src/app/onboard/env-text.ts';
import { removeTree } from '../../../../src/rights/files.ts';
import { atEnd } from '../../../support/suite/at-end.ts';

/** What a shell reads of such a file. */
function readByShell(text: string): Map<string, string> {
  const home = mkdtempSync(join(tmpdir(), 'env-text-'));
  atEnd(() => removeTree(home));
  const path = join(home, 'env');
  writeFileSync(path, text);
  const script = `set -a; . ${path}; set +a; unset PWD OLDPWD SHLVL _; env -0`;
  const said = execFileSync('/bin/sh', ['-c', script], { env: {}, encoding: 'utf8' });
  const all = said.split('\0').filter((one) => one !== '' && !/^(?:PWD|OLDPWD|SHLVL|_)=/.test(one));
  return new Map(all.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]));
}

const GENERATOR = '/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator';

/** What systemd reads of such a file: the generator has the reader of EnvironmentFile, and prints what that says. */
function readBySystemd(text: string): Map<string, string> {
  const home = mkdtempSync(join(tmpdir(), 'env-text-'));
  atEnd(() => removeTree(home));
  mkdirSync(join(home, 'environment.d'));
  writeFileSync(join(home, 'environment.d/test.conf'), text);
  const said = execFileSync(GENERATOR, { env: { XDG_CONFIG_HOME: home }, encoding: 'utf8' });
  const lines = said.split('\n').map((line) => /^(?<name>V\d+|[A-Z])=(?<value>.*)$/.exec(line)?.groups);
  return new Map(
    lines.flatMap((line) => (line ? [[line['name'] ?? '', unquoted(line['value'] ?? '')]] : [])),
  );
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  return value
    .slice(1, -1)
    .replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

const NASTY = [
  'plain',
  'a b',
  "it's",
  `'"both"'`,
  '$HOME',
  '`date`',
  'back\\slash',
  `end\\`,
  `'$(rm -rf /nowhere)'`,
  '#hash',
  'a#b',
  'a;b&c|d',
  '~',
  'a:~root/b',
  '~/a:~/b',
  'two\nlines',
  ' blank ',
  '\\$\\`',
  '!!',
  'é ∆ ü',
  '=',
  'https://x.example/?a=b&c=d',
  '%n',
  '*',
];

it('a value is read by a shell as it was written, whatever is in it', () => {
  const wanted = new Map(NASTY.map((value, at) => [`V${at}`, value]));
  const text = editEnvText('', wanted, [{ heading: 'Nasty', names: [...wanted.keys()] }]);
  expect(readByShell(text)).toEqual(wanted);
  expect(readEnvText(text)).toEqual(wanted);
});

it('a value is read by systemd as it was written, but for one that its generator of environments puts values into', () => {
  const wanted = new Map(NASTY.filter((value) => !value.includes('$')).map((value, at) => [`V${at}`, value]));
  const text = editEnvText('', wanted, [{ heading: 'Nasty', names: [...wanted.keys()] }]);
  expect(readBySystemd(text)).toEqual(wanted);
});

it('what systemd and a shell read differently is written so that they do not', () => {
  const wanted = new Map([
    ['A', '1'],
    ['B', 'two words'],
    ['C', 'three'],
    ['D', 'four'],
  ]);
  const odd = "\ufeffA=1 # why\r\nB='two words'\t# C:\\\r\nC=three\r\n# D:\\\r\nD=4\r\n# end";
  expect(readBySystemd(odd)).not.toEqual(wanted);
  const text = editEnvText(odd, wanted, []);
  expect(text).toBe("# why\nA=1\n# C:\\ \nB='two words'\nC=three\n# D:\\ \nD=four\n# end\n");
  expect(readBySystemd(text)).toEqual(wanted);
  expect(readByShell(text)).toEqual(wanted);
  expect(editEnvText(text, wanted, [])).toBe(text);
});

it('a value that a shell puts a home directory into is none that can be read without it', () => {
  expect(readEnvText('A=~/x\nB=/x:~/y\nC=x~y\n')).toEqual(
    new Map([
      ['A', null],
      ['B', null],
      ['C', 'x~y'],
    ]),
  );
});

it('a file of a person is read as a shell reads it, but for what only a shell can say', () => {
  const text = `# A=0
A=1
export B='two words' # and why
  C="a \\"b\\" \\$d \\\\ e"
D=a#b
E=
F="
two lines"
A=2
G="$A"
H=$(echo h)
`;
  expect(readEnvText(text)).toEqual(new Map([...readByShell(text), ['D', 'a#b'], ['G', null], ['H', null]]));
});

it('an edit touches the lines of what changes, and no other', () => {
  const text = `# top
export A='1' # why
B=2

weird line
A=3 # again
C=$(x)
`;
  const groups = [{ heading: 'New', names: ['A', 'N'] }];
  const wanted = new Map([
    ['A', '3'],
    ['B', null],
    ['N', 'x y'],
  ]);
  expect(editEnvText(text, wanted, groups)).toBe(`# top
export A='1' # why

weird line
# again
A=3
C=$(x)

# New
export N='x y'
`);
  expect(editEnvText(text, new Map([['A', '4']]), groups)).toBe(text.replace('A=3 # again', '# again\nA=4'));
  expect(editEnvText(text, new Map([['B', '2']]), groups)).toBe(text);
});

it('a file is shown without secrets, in whatever line they stand', () => {
  const text = `# note
KEY=word
#KEY=word
export KEY='word' # twice
OTHER=$(cat word)
word
PLAIN=1
`;
  const shown = shownEnvText(text, (name) => name === 'KEY');
  expect(shown).not.toContain('word');
  expect(shown).toContain('# note\nKEY=(secret)\n# KEY=(secret)\n');
  expect(shown).toContain('PLAIN=1\n');
});
