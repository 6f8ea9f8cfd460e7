/**
 * What people notice when one index takes the place of another. `name` is the address of an event, such as
 * `/showcase/2026/boston/`; the key of a studio; or the name of a user.
 *
 * - An event is `new`, `gone`, or `moved`: `from` is the address that it had.
 * - A studio is `moved` to another region: `from` and `to` are codes, and null stands for every region.
 * - A login is `new`, `gone`, or has another `password`.
 */
export interface NoticedChange {
  readonly kind: 'event' | 'studio' | 'login';
  readonly change: 'new' | 'moved' | 'gone' | 'password';
  readonly name: string;
  readonly from?: string | null;
  readonly to?: string | null;
}
