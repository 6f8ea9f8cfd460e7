import type { IndexEditor } from '../../requests/index-editor.ts';
import { textOf, type WholeRow } from '../../requests/index-tables.ts';
import type { Edit, FieldProblem, OwnForm } from '../../requests/request-model.ts';
import type { ResetLinks } from './reset-links.ts';

/** What the holder of a link typed. */
export interface ByLink {
  readonly token: string;
  /** Whose it is. */
  readonly user: WholeRow;
  readonly password: string;
  readonly own: OwnForm;
}

/** `gone`: somebody else was faster with the same link, or with another one of the same user. */
export type SetByLink =
  | { readonly kind: 'saved'; readonly change: string }
  | { readonly kind: 'invalid'; readonly problems: readonly FieldProblem[] }
  | { readonly kind: 'gone' };

/**
 * Sets a password by a link. The order survives a kill at any moment: what was typed is proved, the token is used up, the
 * index is written, and from then on it is published. A token that was used up for an index that was never written is good
 * again as soon as that is known, so a password is set and its link dead, or neither.
 *
 * @throws what the editor throws; the link is as good as before then
 */
export async function setByLink(
  { links, editor }: { readonly links: ResetLinks; readonly editor: Pick<IndexEditor, 'preview' | 'save'> },
  { token, user, password, own }: ByLink,
): Promise<SetByLink> {
  const userid = textOf(user, 'userid');
  const edit: Edit = { kind: 'password', action: 'set', userid, password, own };
  const preview = await editor.preview(edit);
  if (preview.kind === 'invalid') return preview;
  if (!links.redeem(token)) return { kind: 'gone' };
  let isSaved = false;
  try {
    const outcome = await editor.save(edit, { by: userid, publish: true });
    isSaved = outcome.kind === 'saved';
    return outcome.kind === 'saved' || outcome.kind === 'invalid' ? outcome : { kind: 'gone' };
  } finally {
    links.ended(user, isSaved);
  }
}
