import { notFound } from '../../http/http-failures.ts';
import type { Effects } from '../../requests/request-model.ts';
import type { Call } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import { type AdminKind, type EditedRow, idOf } from './admin-kind.ts';
import { digestOf } from './edit-pages.ts';

/** The row that the address names. @throws {Failure} `not-found` */
export async function rowOf(call: Call, { index }: WebContext, kind: AdminKind): Promise<EditedRow> {
  const id = idOf(call);
  const row = id === null ? null : await kind.row(call, index, id);
  if (row === null) throw notFound(`this ${kind.kind}`);
  return row;
}

/** What a person must know before an edit is made: first what moves or goes with it. */
export function effectsOf({ warnings, consequences }: Effects): string[] {
  return [...consequences, ...warnings];
}

/** Whether whoever sent the form has seen these effects, or there are none. */
export function isConfirmed(call: Call, effects: readonly string[]): boolean {
  return effects.length === 0 || call.form.text('confirmed') === digestOf(effects);
}
