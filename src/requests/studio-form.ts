import { pageKeyProblem } from '../index/keys.ts';
import { quoted } from '../text.ts';
import type { EditSession } from './edit-session.ts';
import { keyFromName } from './event-key.ts';
import { namesIn, numberOf, textOf, type WholeRow } from './index-tables.ts';
import { listOf } from './name-lists.ts';
import type { StudioForm, Value } from './request-model.ts';
import { fold } from './row-lists.ts';

/** The locales that the platform offers. */
export const LOCALES: readonly string[] =
  'en_US en_GB en_CA en_AU fr_CA fr_FR pl_PL de_DE es_ES it_IT uk_UA ro_RO ja_JP'.split(' ');

/** Percent; how far people of a visiting studio may go within an event. */
export const TRUST_LEVELS: readonly number[] = [0, 25, 50, 75, 100];

export interface StudioCells {
  readonly key: string;
  readonly name: string;
  readonly user_id: number | null;
  readonly [column: string]: Value;
}

/**
 * Proves the form of a studio, and makes the cells of its row.
 *
 * @param row what is there; null for a new studio
 */
export function readStudioForm(
  session: EditSession,
  form: StudioForm,
  row: WholeRow | null,
): StudioCells | null {
  const { problems } = session;
  const others = session.rows('locations').filter((other) => other['id'] !== row?.['id']);
  const name = nameOf(session, form.name, { isNew: row === null });
  const typed = problems.text('key', 'The key', form.key) || (row === null ? '' : textOf(row, 'key'));
  const key = typed === '' ? keyFromName(name) : typed;
  const wrong = pageKeyProblem(key);
  if (wrong !== null && !problems.has('name')) problems.add('key', `The key ${wrong}.`);
  if (others.some((other) => fold(textOf(other, 'name').trim()) === fold(name))) {
    problems.add('name', `Another studio is called ${quoted(name)}.`);
  }
  if (others.some((other) => textOf(other, 'key') === key)) {
    problems.add('key', `Another studio has the key ${quoted(key)}.`);
  }
  const cells = {
    key,
    name,
    ...problems.place(form.latitude, form.longitude),
    region: regionOf(session, form.region, row),
    locale: localeOf(session, form.locale, row),
    logo: logoOf(session, form.logo, row),
    user_id: ownerOf(session, form.owner),
    sisters: sistersOf(session, form.sisters, { name, others, row }),
    trust_level: trustLevelOf(session, form.trustLevel, row),
  };
  return problems.none ? cells : null;
}

/** By the platform's rule: up to the first `.`, of a new one also up to the first comma. */
function nameOf({ problems, warnings }: EditSession, typed: string, { isNew }: { isNew: boolean }): string {
  const text = problems.required('name', 'The name of the studio', typed);
  const [name = ''] = text.split(isNew ? /[.,]/ : '.').map((part) => part.trim());
  if (text !== '' && name === '') problems.add('name', 'The name must not begin with a dot or a comma.');
  // Names stand in comma lists, where `index` makes an administrator.
  if (name.includes(',')) problems.add('name', 'The name must not hold a comma.');
  if (fold(name) === 'index')
    problems.add('name', 'This name is reserved: it is the right of administrators.');
  if (name !== text && problems.none)
    warnings.push(
      `The studio is called ${quoted(name)}: what follows a dot${isNew ? ' or a comma' : ''} is left out.`,
    );
  return name;
}

function regionOf(session: EditSession, typed: string, row: WholeRow | null): string | null {
  const code = typed.trim();
  if (code === '') return null;
  const codes = session
    .rows('regions')
    .flatMap((region) => (region['type'] === 'fly' ? [region['code']] : []));
  const isKept = row !== null && textOf(row, 'region') === code;
  if (!codes.includes(code) && !isKept) session.problems.add('region', `There is no region ${quoted(code)}.`);
  return code;
}

function localeOf({ problems }: EditSession, typed: string, row: WholeRow | null): string {
  const locale = typed.trim() === '' ? 'en_US' : typed.trim();
  const isKept = row !== null && textOf(row, 'locale') === locale;
  if (!LOCALES.includes(locale) && !isKept) {
    problems.add('locale', `The locale must be one of ${LOCALES.join(', ')}.`);
  }
  return locale;
}

function logoOf({ problems }: EditSession, typed: string, row: WholeRow | null): string | null {
  const logo = problems.text('logo', 'The logo', typed);
  if (logo === '') return row !== null && row['logo'] === '' ? '' : null;
  const isFile = !/[/\\]|\$\{|^\.\.?$/.test(logo);
  if (!isFile) problems.add('logo', 'The logo must be the name of a file, without a directory.');
  return logo;
}

function ownerOf(session: EditSession, typed: string): number | null {
  const userid = typed.trim();
  if (userid === '') return null;
  const user = session.rows('users').find((row) => row['userid'] === userid);
  if (!user) session.problems.add('owner', `There is no user ${quoted(userid)}.`);
  if (!session.has('locations', 'user_id')) session.problems.add('owner', older('owners'));
  return user ? Number(user['id']) : null;
}

interface Sisterhood {
  readonly name: string;
  readonly others: readonly WholeRow[];
  readonly row: WholeRow | null;
}

function sistersOf(
  session: EditSession,
  typed: readonly string[],
  { name, others, row }: Sisterhood,
): string | null {
  const names = typed.map((one) => one.trim()).filter((one) => one !== '');
  const before = row === null ? [] : namesIn(textOf(row, 'sisters'));
  if (names.length === 0) return row !== null && row['sisters'] === '' ? '' : null;
  if (!session.has('locations', 'sisters')) session.problems.add('sisters', older('sister studios'));
  const known = new Set([...before, ...others.map((other) => textOf(other, 'name').trim())]);
  const unknown = names.find((one) => !known.has(one) || one === name);
  if (unknown !== undefined) {
    session.problems.add('sisters', `There is no other studio ${quoted(unknown)}.`);
  }
  return listOf(names);
}

function trustLevelOf(session: EditSession, typed: string, row: WholeRow | null): number {
  const level = typed.trim() === '' ? 0 : Number(typed);
  const isKept = row !== null && numberOf(row, 'trust_level') === level;
  if (!TRUST_LEVELS.includes(level) && !isKept) {
    session.problems.add('trustLevel', `The trust level must be one of ${TRUST_LEVELS.join(', ')}.`);
  }
  if (level !== 0 && !session.has('locations', 'trust_level')) {
    session.problems.add('trustLevel', older('trust levels'));
  }
  return level;
}

function older(what: string): string {
  return `This index has no ${what} yet: migrate the application first.`;
}
