import { goTo, sendJson } from '../reply.ts';
import type { Call } from '../route.ts';
import type { WebContext } from '../web-context.ts';

/** Who asks, on a page that is for people who have logged in. */
export function userOf({ person }: Pick<Call, 'person'>): string {
  if (person === null) throw new Error('this page is for people who have logged in');
  return person.userid;
}

export interface SavedEdit {
  readonly kind: 'saved' | 'unchanged';
  readonly id: number;
  /** Of one that was saved. */
  readonly change?: string;
  readonly publish: boolean;
  /** Path of the page to go to where the machines are not updated. */
  readonly back: string;
}

const PENDING =
  'Saved. It is pending: the machines do not have it yet. Save and update, or update them under "Pending changes".';

/** Goes to where one sees what became of it: the run, an event's own page, or the row. Says whether it is live or pending. */
export function afterSaving(call: Call, context: WebContext, edit: SavedEdit): Response {
  const { kind, publish, back } = edit;
  const isSaved = kind === 'saved';
  const id = edit.change ?? (publish ? context.runs.publish(userOf(call), 'administrator') : null);
  const change = id === null ? null : context.runs.change(id);
  if (call.wantsJson)
    return sendJson({
      id: edit.id,
      saved: isSaved,
      change: id,
      state: change?.state ?? null,
      run: change?.run ?? null,
    });
  if (!publish) return goTo(call, context, back, isSaved ? PENDING : 'Nothing was changed.');
  const words = isSaved
    ? 'Saved. The machines are being updated.'
    : 'Nothing was changed. The machines are being updated all the same.';
  return goTo(call, context, whereToWatch(id, change), words);
}

/** Of an event there is a page that also says when it answers; of anything else that of its run. */
function whereToWatch(id: string | null, change: ReturnType<WebContext['runs']['change']>): string {
  if (change === null || id === null) return '/admin/';
  return change.live !== null || change.run === null ? `/requests/${id}` : `/runs/${change.run}`;
}
