import { describe, expect, it } from 'vitest';
import { readCall } from '../../../../src/app/arguments.ts';
import { choice, defineCommand, text, wholeNumber } from '../../../../src/app/options/command.ts';
import { FORM_OPTIONS } from '../../../../src/app/options/form.ts';
import { nearest } from '../../../../src/app/options/nearest.ts';
import { parse } from '../../../../src/app/options/parse-arguments.ts';

const PLAIN = {
  name: 'tool',
  folder: 'scripts',
  startedBy: 'whoever likes',
  summary: 'do something',
  about: [],
  examples: [],
  environment: [],
  exits: [],
  page: 'README.md',
} as const;

const OPTIONS = {
  'dry-run': { short: 'n', help: 'do nothing' },
  rollback: { help: 'go back', operand: 'RUN' },
  user: { short: 'u', help: 'who', value: text('NAME') },
  only: { help: 'which', value: choice('WHAT', ['tenants', 'pages']), many: true },
  times: { help: 'how often', value: wholeNumber('N', 1, 9), preset: '3' },
  ...FORM_OPTIONS,
} as const;

const TOOL = defineCommand({ ...PLAIN, options: OPTIONS }, (values) => values);
const SECRETIVE = defineCommand({ ...PLAIN, isSecretive: true, options: OPTIONS }, (values) => values);

const SECRET = 'a secret of some length, which is longer than what is usually shown of a text';

const given = (...args: string[]) => parse(TOOL, args).values;
const problem = (args: readonly string[], tool = TOOL) => parse(tool, args).problem?.message ?? null;

describe('a command line', () => {
  it('that is empty gives each option what counts without it', () => {
    expect(parse(TOOL, [])).toEqual({
      values: {
        'dry-run': false,
        rollback: false,
        user: null,
        only: null,
        times: 3,
        json: false,
        events: false,
        help: false,
        version: false,
        completion: null,
      },
      subcommand: null,
      form: 'lines',
      problem: null,
    });
  });

  it.each([
    [['--user', 'ada'], { user: 'ada' }],
    [['--user=ada=x'], { user: 'ada=x' }],
    [['--user='], { user: '' }],
    [['--user', '-'], { user: '-' }],
    [['-u', 'ada'], { user: 'ada' }],
    [['-nuada'], { 'dry-run': true, user: 'ada' }],
    [['--user', 'ada', '--user', 'bob'], { user: 'bob' }],
    [['--only', 'pages', '--only', 'tenants'], { only: ['pages', 'tenants'] }],
    [['--times', '9'], { times: 9 }],
    [['--rollback'], { rollback: true }],
    [['--rollback', 'x'], { rollback: 'x' }],
    [['x', '--rollback'], { rollback: 'x' }],
    [['--rollback', '--', '-x'], { rollback: '-x' }],
  ])('%j gives the values %j', (args, values) => {
    expect(problem(args)).toBeNull();
    expect(given(...args)).toMatchObject(values);
  });

  it.each([
    [['--frobnicate'], 'unknown option --frobnicate'],
    [['--dry_run'], 'unknown option --dry_run; did you mean --dry-run?'],
    [['--DRY-RUN'], 'unknown option --DRY-RUN; did you mean --dry-run?'],
    [['--roll'], 'unknown option --roll; did you mean --rollback?'],
    [['-only'], 'unknown option -only; did you mean --only?'],
    [['-nx'], 'unknown option -x'],
    [['--__proto__'], 'there is an option that cannot be understood'],
    [['--constructor'], 'unknown option --constructor'],
    [['--json=no'], '--json takes no value'],
    [['--user'], '--user lacks its value (NAME)'],
    [['--user', '--json'], '--user lacks its value (NAME)'],
    [['--times', '10'], '--times takes a number from 1 to 9, not "10"'],
    [['--only', 'teants'], '--only takes tenants or pages, not "teants"; did you mean tenants?'],
    [['--only', 'all'], '--only takes tenants or pages, not "all"'],
    [['extra'], 'unexpected argument "extra"'],
    [['jsn'], 'unexpected argument "jsn"; did you mean --json?'],
    [['--rollback', 'a', 'b'], 'unexpected argument "b"'],
  ])('%j is refused, saying %j', (args, message) => {
    expect(problem(args)).toBe(message);
  });

  it.each([[['--only', 'secret9']], [['secret9']], [['-secret9']], [['--9secret']], [['--secret9']]])(
    '%j of a command that may be given a password is refused without repeating it',
    (args) => {
      expect(problem(args, SECRETIVE)).not.toBeNull();
      expect(problem(args, SECRETIVE)).not.toContain('secret9');
    },
  );

  it.each([
    [['--json', '--frob'], 'json'],
    [['--frob', '--json'], 'json'],
    [['--user', '--json'], 'json'],
    [['--events', '--frob'], 'events'],
    [['--user', '--events'], 'events'],
    [['--json', '--events', '--frob'], 'events'],
  ] as const)('%j asks for the form %j, although it is refused', (args, form) => {
    expect(parse(TOOL, args)).toMatchObject({ form, problem: { code: 'usage' } });
  });

  it.each(['json', 'events'])('asks for lines where --%s is the value of another option', (form) => {
    expect(parse(TOOL, [`--user=--${form}`]).form).toBe('lines');
  });
});

describe('a command line that makes no sense', () => {
  it.each([[SECRET], ['--user', 'ada', SECRET], ['--times', SECRET]])(
    'is told without a secret that was typed in the wrong place: %j',
    async (...args) => {
      const told: string[] = [];
      const streams = {
        write: (text: string) => told.push(text),
        complain: (text: string) => told.push(text),
      };
      const caller = { name: 'tool', env: { SOME_TOKEN: SECRET } };
      expect(await readCall(TOOL, args, streams, caller)).toEqual({ kind: 'answered', exitCode: 2 });
      expect(told).toEqual([expect.stringMatching(/^tool: .*\[redacted\].* \(tool --help lists all\)\n$/)]);
    },
  );
});

describe('the nearest word', () => {
  it.each([
    ['forse', 'force'],
    ['fcore', 'force'],
    ['pub', 'publish'],
    ['verfy', 'verify'],
    ['ver', null],
    ['f', null],
    ['xyz', null],
    ['p'.repeat(100), null],
  ])('to %j is %j', (typed, expected) => {
    expect(nearest(typed, ['force', 'publish', 'verify', 'version', 'no-publish'])).toBe(expected);
  });
});
