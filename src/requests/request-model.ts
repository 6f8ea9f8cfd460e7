/** The values that the room takes and gives: edits, forms, outcomes, and what is told to the log of changes. */

/** Tables of the index that are edited. */
export type TableName = 'users' | 'locations' | 'showcases' | 'regions';

export type Value = string | number | null;

/** Columns of one row by name. Never a password, a token or a link. */
export type Values = Readonly<Record<string, Value>>;

/** A row before and after an edit; null where it is not there. Without secrets. */
export interface RowChange {
  readonly table: TableName;
  readonly id: number;
  readonly before: Values | null;
  readonly after: Values | null;
}

/** An address that must answer before an event counts as live; absolute. */
export interface LiveAddress {
  readonly url: string;
}

/** What is told to the log of changes before the index has it. */
export interface NewChange {
  /** The userid of who did it. */
  readonly by: string;
  readonly kind: 'event' | 'studio' | 'user' | 'region' | 'password';
  readonly action: 'create' | 'update' | 'delete';
  /** In words: `2027/boston/spring-showcase`, `boston`, `ada`, `iad`. */
  readonly subject: string;
  /** Key of the studio whose owners may see it; null for none. */
  readonly studio: string | null;
  /** The row that was meant. */
  readonly before: Values | null;
  readonly after: Values | null;
  /** All rows that changed with it, in the order of the writes: for undoing, and for finding out whether the index has it. */
  readonly rows: readonly RowChange[];
  readonly live: LiveAddress | null;
  /** Whether it is to be published at once. */
  readonly publish: boolean;
}

/** The log of changes; `runs` keeps it. Each call is durable when it returns. */
export interface ChangeLog {
  /** Called before the transaction on the index is committed. Gives the change's id. */
  intend(change: NewChange): string;
  /** The index has it. */
  saved(
    id: string,
    done: { readonly after: Values | null; readonly live: LiveAddress | null; readonly publish: boolean },
  ): void;
  /** The index does not have it. */
  drop(id: string): void;
  /** Nobody knows whether the index has it: look there. */
  doubt(id: string): void;
}

/** Something wrong with one field, as a sentence; the field is '' for the whole form. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** What an owner types. Days are `YYYY-MM-DD`; no last day means one day. */
export interface EventRequest {
  readonly name: string;
  readonly firstDay: string;
  readonly lastDay: string;
}

/** What an administrator types. */
export interface EventForm extends EventRequest {
  /** Key of the studio. */
  readonly studio: string;
  /** Made from the name where empty. */
  readonly key: string;
  /** That of the first day where empty. */
  readonly year: string;
  /** Free text, such as old events have; used where there is no first day. */
  readonly date: string;
}

export interface StudioForm {
  readonly name: string;
  /** Made from the name where empty. */
  readonly key: string;
  /** Degrees, or empty; both or none. */
  readonly latitude: string;
  readonly longitude: string;
  /** `en_US`; empty for that. */
  readonly locale: string;
  /** Code of a region; empty for the nearest. */
  readonly region: string;
  /** File name; empty for the platform's. */
  readonly logo: string;
  /** Userid; empty for none. */
  readonly owner: string;
  /** Names of other studios. */
  readonly sisters: readonly string[];
  /** `0`, `25`, `50`, `75` or `100`; empty for 0. */
  readonly trustLevel: string;
}

export interface UserForm {
  readonly userid: string;
  readonly email: string;
  readonly name1: string;
  readonly name2: string;
  /** Names of studios; `index` makes an administrator. */
  readonly sites: readonly string[];
}

/** What people may change of themselves. */
export type OwnForm = Pick<UserForm, 'email' | 'name1' | 'name2'>;

export interface RegionForm {
  readonly type: string;
  readonly code: string;
  /** The place in words, `Ashburn, Virginia (US)`. */
  readonly location: string;
  readonly latitude: string;
  readonly longitude: string;
}

/** An existing row; `version` is the one that the form was made from. */
interface Existing {
  readonly id: number;
  readonly version: string;
}

/** Everything that can be done to the index. */
export type Edit =
  | {
      readonly kind: 'event';
      readonly action: 'request';
      readonly studio: string;
      readonly form: EventRequest;
    }
  | { readonly kind: 'event'; readonly action: 'create'; readonly form: EventForm }
  | (Existing & { readonly kind: 'event'; readonly action: 'update'; readonly form: EventForm })
  | (Existing & { readonly kind: 'event'; readonly action: 'delete' })
  /** `before`: id of the event of the same studio and year that it is to stand before; null for the end of the list. */
  | (Existing & { readonly kind: 'event'; readonly action: 'move'; readonly before: number | null })
  | { readonly kind: 'studio'; readonly action: 'create'; readonly form: StudioForm }
  | (Existing & { readonly kind: 'studio'; readonly action: 'update'; readonly form: StudioForm })
  | (Existing & { readonly kind: 'studio'; readonly action: 'delete' })
  | { readonly kind: 'user'; readonly action: 'create'; readonly form: UserForm }
  | (Existing & { readonly kind: 'user'; readonly action: 'update'; readonly form: UserForm })
  | (Existing & { readonly kind: 'user'; readonly action: 'delete' })
  | { readonly kind: 'region'; readonly action: 'create'; readonly form: RegionForm }
  | (Existing & { readonly kind: 'region'; readonly action: 'update'; readonly form: RegionForm })
  /** `studiosTo`: code of the region that its studios go to, '' for the nearest; null if it was not said. */
  | (Existing & { readonly kind: 'region'; readonly action: 'delete'; readonly studiosTo: string | null })
  /** `own`: names and address that the person changes with it. */
  | {
      readonly kind: 'password';
      readonly action: 'set';
      readonly userid: string;
      readonly password: string;
      readonly own: OwnForm | null;
    }
  /** `rows` as the log of changes keeps them. */
  | {
      readonly kind: 'undo';
      readonly of: Pick<NewChange, 'kind' | 'action' | 'subject' | 'studio' | 'rows'>;
    };

/** Who does it, and whether it is to be published at once or to stay pending. */
export interface How {
  readonly by: string;
  readonly publish: boolean;
}

/** What a person must know of an edit: what is not as she typed it, and what moves or goes with it. Sentences. */
export interface Effects {
  readonly warnings: readonly string[];
  readonly consequences: readonly string[];
}

/** Why an edit is not made. `theirs`: the row as it is now. */
export type Refused =
  | { readonly kind: 'invalid'; readonly problems: readonly FieldProblem[] }
  | { readonly kind: 'conflict'; readonly theirs: Values }
  | { readonly kind: 'missing' };

/** `unchanged`: the row is as the form has it, so nothing was written, and the log has no change. */
export type Outcome =
  | (Effects & { readonly kind: 'saved'; readonly change: string; readonly id: number })
  | { readonly kind: 'unchanged'; readonly id: number }
  | Refused;

/** What an edit would do. */
export type Preview =
  | (Effects & { readonly kind: 'possible' })
  | { readonly kind: 'unchanged'; readonly id: number }
  | Refused;
