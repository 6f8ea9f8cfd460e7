import { pageKeyProblem } from '../index/keys.ts';
import { counted, quoted } from '../text.ts';
import { type Edited, type EditSession, REFUSED } from './edit-session.ts';
import { textOf, type WholeRow } from './index-tables.ts';
import type { RegionForm, Value } from './request-model.ts';

interface Existing {
  readonly id: number;
  readonly version: string;
}

/** Kinds of deployments; only Fly's serve studios of their own. */
export const REGION_TYPES: readonly string[] = ['fly', 'kamal'];

/** Names in one sentence. */
const MOST_NAMES = 5;

export function createRegion(session: EditSession, form: RegionForm): Edited {
  const cells = readForm(session, form, null);
  if (cells === null) return REFUSED;
  return done('create', session.insert('regions', cells), cells.code);
}

/** A new code goes into the rows of the studios that name the old one. */
export function updateRegion(session: EditSession, existing: Existing, form: RegionForm): Edited {
  const found = session.current('regions', existing);
  if (found.kind !== 'current') return found;
  const cells = readForm(session, form, found.row);
  if (cells === null) return REFUSED;
  const old = textOf(found.row, 'code');
  session.update('regions', existing.id, cells);
  if (old !== cells.code && !hasOther(session, existing.id, old)) moveStudios(session, old, cells.code);
  return done('update', existing.id, cells.code);
}

/** @param edit.studiosTo code of another region, '' for the nearest; needed where studios name this one */
export function deleteRegion(
  session: EditSession,
  edit: Existing & { readonly studiosTo: string | null },
): Edited {
  const found = session.current('regions', edit);
  if (found.kind !== 'current') return found;
  const code = textOf(found.row, 'code');
  const studios = hasOther(session, edit.id, code) ? [] : studiosOf(session, code);
  if (studios.length > 0) {
    const to = edit.studiosTo;
    if (to === null) session.problems.add('studiosTo', `${inUse(studios)}: say where they go.`);
    else if (to !== '' && (to === code || !isDeployed(session, to))) {
      session.problems.add('studiosTo', `There is no other region ${quoted(to)}.`);
    } else moveStudios(session, code, to === '' ? null : to);
  }
  session.remove('regions', edit.id);
  return done('delete', edit.id, code);
}

function inUse(studios: readonly WholeRow[]): string {
  const names = studios.slice(0, MOST_NAMES).map((studio) => textOf(studio, 'key'));
  const more = studios.length > MOST_NAMES ? ', ...' : '';
  const [verb, noun] = studios.length === 1 ? ['is', 'studio'] : ['are', 'studios'];
  return `${studios.length} ${noun} ${verb} in this region (${names.join(', ')}${more})`;
}

function moveStudios(session: EditSession, from: string, to: string | null): void {
  const studios = studiosOf(session, from);
  for (const studio of studios) session.update('locations', Number(studio['id']), { region: to });
  if (studios.length > 0) {
    session.warnings.push(
      `${counted(studios.length, 'studio')} of ${from} ${to === null ? 'will be served by the nearest region' : `will name ${to}`}.`,
    );
  }
}

function studiosOf(session: EditSession, code: string): WholeRow[] {
  return code === '' ? [] : session.rows('locations').filter((studio) => studio['region'] === code);
}

function hasOther(session: EditSession, id: number, code: string): boolean {
  return session.rows('regions').some((row) => row['id'] !== id && row['code'] === code);
}

function isDeployed(session: EditSession, code: string): boolean {
  return session.rows('regions').some((row) => row['type'] === 'fly' && row['code'] === code);
}

function done(action: 'create' | 'update' | 'delete', id: number, code: string): Edited {
  return {
    kind: 'done',
    table: 'regions',
    id,
    change: { kind: 'region', action, subject: code, studio: null },
  };
}

type RegionCells = Readonly<Record<string, Value>> & { readonly code: string };

function readForm(session: EditSession, form: RegionForm, row: WholeRow | null): RegionCells | null {
  const { problems } = session;
  // The platform asks for a part of "fly kamal", so that `y k` would pass.
  if (!REGION_TYPES.includes(form.type)) {
    problems.add('type', `The type must be one of ${REGION_TYPES.join(', ')}.`);
  }
  const code = problems.required('code', 'The code', form.code);
  const wrong = code === '' ? null : pageKeyProblem(code);
  if (wrong !== null) problems.add('code', `The code ${wrong}.`);
  const others = session.rows('regions').filter((other) => other['id'] !== row?.['id']);
  if (code !== '' && others.some((other) => textOf(other, 'code') === code)) {
    problems.add('code', `There is a region ${quoted(code)} already.`);
  }
  const location = problems.required('location', 'The place', form.location);
  const place = problems.place(form.latitude, form.longitude);
  return problems.none ? { type: form.type, code, location, ...place } : null;
}
