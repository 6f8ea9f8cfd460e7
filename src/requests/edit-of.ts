import { createEvent, deleteEvent, requestEvent, updateEvent } from './event-edits.ts';
import { moveEvent } from './event-order.ts';
import { type HashPassword, hashedPassword } from './new-password.ts';
import { createRegion, deleteRegion, updateRegion } from './region-edits.ts';
import type { Edit, FieldProblem } from './request-model.ts';
import { createStudio, deleteStudio, updateStudio } from './studio-edits.ts';
import { undo } from './undo-edit.ts';
import { createUser, deleteUser, setPassword, updateUser } from './user-edits.ts';
import type { MakeEdit } from './weigh-edit.ts';

type Found = { readonly edit: MakeEdit } | { readonly problems: readonly FieldProblem[] };

/** The function that makes an edit. What takes long, the hash of a password, is done before a transaction begins. */
export async function editOf(edit: Edit, hash: HashPassword): Promise<Found> {
  if (edit.kind !== 'password') return { edit: plainEditOf(edit) };
  const hashed = await hashedPassword(edit.userid, edit.password, hash);
  if ('problems' in hashed) return hashed;
  return { edit: (session) => setPassword(session, edit, hashed.hash) };
}

function plainEditOf(edit: Exclude<Edit, { kind: 'password' }>): MakeEdit {
  switch (edit.kind) {
    case 'event':
      if (edit.action === 'request') return (session) => requestEvent(session, edit.studio, edit.form);
      if (edit.action === 'create') return (session) => createEvent(session, edit.form);
      if (edit.action === 'update') return (session) => updateEvent(session, edit, edit.form);
      if (edit.action === 'move') return (session) => moveEvent(session, edit);
      return (session) => deleteEvent(session, edit);
    case 'studio':
      if (edit.action === 'create') return (session) => createStudio(session, edit.form);
      if (edit.action === 'update') return (session) => updateStudio(session, edit, edit.form);
      return (session) => deleteStudio(session, edit);
    case 'user':
      if (edit.action === 'create') return (session) => createUser(session, edit.form);
      if (edit.action === 'update') return (session) => updateUser(session, edit, edit.form);
      return (session) => deleteUser(session, edit);
    case 'region':
      if (edit.action === 'create') return (session) => createRegion(session, edit.form);
      if (edit.action === 'update') return (session) => updateRegion(session, edit, edit.form);
      return (session) => deleteRegion(session, edit);
    case 'undo':
      return (session) => undo(session, edit.of);
  }
}
