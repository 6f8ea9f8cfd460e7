/** docs/SETTINGS.md, against what the code reads. */
import { describe, expect, it } from 'vitest';
import { readText, sourceText } from '../../support/project/documents.ts';

const SOURCE = sourceText();

/** What an operator can set: variables of ours, and those of the platform that decide what we do. */
const OURS =
  /\b(?:(?:UPDATE_CONFIG|FLEET|READY|NAVIGATOR|FLY_API|WEB|METRICS)_[A-Z_]*[A-Z]|SHOWCASE_WEB|[A-Z_]+_DEADLINE)\b/g;
const names = (text: string): string[] => [...new Set(text.match(OURS) ?? [])].sort();

/** Named like settings: the marks of children. */
const NO_SETTINGS = [
  'FLEET_SIM',
  'FLEET_TABLES',
  'UPDATE_CONFIG_CHILD',
  'UPDATE_CONFIG_INSPECT',
  'UPDATE_CONFIG_SUPERVISED',
];

/** Read with a default, and set by others: the application, the shell, a web server. */
const OF_OTHERS = ['RAILS_ENV', 'USER', 'REQUEST_METHOD'];

const ROWS = readText('docs/SETTINGS.md')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const [names = '', , preset = ''] = line.replace(/^\| | \|$/g, '').split(' | ');
    return {
      variables: [...names.matchAll(/\b[A-Z][A-Z0-9_]+\b/g)].map(([name]) => name),
      presets: preset.split(', '),
    };
  });

/** The default of a variable, as its row has it: without what is said behind it. */
function presetOf(variable: string): string {
  const row = ROWS.find(({ variables }) => variables.includes(variable));
  const preset = row?.presets[row.variables.indexOf(variable)] ?? row?.presets[0] ?? '';
  return preset.replace(/[:,].*/, '').replaceAll('`', '');
}

describe('the page of settings', () => {
  it('lists every setting that the code reads, and no other', () => {
    const known = names(SOURCE).filter((name) => !NO_SETTINGS.includes(name));
    expect(names(readText('docs/SETTINGS.md'))).toEqual(known);
  });

  it('has one row for each setting', () => {
    const listed = ROWS.flatMap(({ variables }) => variables);
    expect(listed.filter((name, at) => listed.indexOf(name) !== at)).toEqual([]);
  });

  it.each(found(/read(?:WholeNumber|Seconds)\([\w.]+, '(\w+)', ([\d_]+)/g))(
    'has the default that the code has, of numbers: %s is %s',
    (name, preset) => expect(presetOf(name)).toBe(preset),
  );

  it.each(found(/env\['(\w+)'\] \|\| '([^']+)'/g).filter(([name]) => !OF_OTHERS.includes(name)))(
    'has the default that the code has, of texts: %s is %s',
    (name, preset) => expect(presetOf(name)).toBe(preset),
  );
});

/** Variables that the code reads with a default of its own, and these. */
function found(reading: RegExp): (readonly [name: string, preset: string])[] {
  return [...SOURCE.matchAll(reading)].map(([, name = '', preset = '']) => [name, preset]);
}
