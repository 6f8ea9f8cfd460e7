import { existsSync, fstatSync } from 'node:fs';
import { Failure } from '../failure.ts';
import type { Account } from './account.ts';
import { isRoots, isRootsAlone, strangerOn } from './control.ts';
import type { StateHomes } from './state-homes.ts';

/*
 * The rights of this process. Navigator starts every executable as root, and nearly all files that they work on belong
 * to the application, which runs the code of all events. Files that the application can write must not decide what root
 * does, or where. So a process that was started as root runs with the effective user and group of the application's
 * account, and can do no more in its directories than the application itself. Its real and saved user stay root: no
 * other user can signal or trace it, and root's rights can be taken back for a single step.
 *
 * Credentials belong to the process, all threads included. So a step is synchronous work, and no code in another thread
 * touches a path meanwhile: this program uses no asynchronous file operations.
 */

/**
 * `plain`: started as an ordinary user, whose rights are those of every step. `root`: everything is done as root, since
 * there is no account, or since root alone controls the directory of the databases. `application`: as the account, root's
 * rights in reserve.
 */
export type Rights =
  | { readonly kind: 'plain' }
  | { readonly kind: 'root'; readonly account: Account | null }
  | { readonly kind: 'application'; readonly account: Account; readonly homes: StateHomes };

let rights: Rights = { kind: 'plain' };

/** Whose rights the work of this process is done with. */
export function rightsNow(): Rights {
  return rights;
}

/**
 * Takes the rights that this process keeps. Call it once, before the first look at a path that the application can
 * change. A process that root did not start stays as it is.
 *
 * @param account null if this machine has none
 * @param home the directory of the work, such as the db dir
 * @param homes directories for files that root must be able to trust
 * @throws {Failure} `config-invalid`: root may not take the account's rights here (a container without CAP_SETUID), or
 *   there is none, and `home` belongs to another user
 */
export function assumeRights(account: Account | null, home: string, homes: StateHomes): void {
  if (process.getuid?.() !== 0) return;
  if (account === null || account.uid === 0 || isRootsAlone(home)) {
    rights = { kind: 'root', account };
    if (account === null) requireRoots(home);
    else leaveGroups(account);
    return;
  }
  try {
    process.setgroups?.([account.gid]);
    process.setegid?.(account.gid);
    process.seteuid?.(account.uid);
  } catch (cause) {
    rights = { kind: 'root', account: null };
    throw new Failure('config-invalid', `root cannot take the rights of ${account.name} here`, {
      hint: `Give the container CAP_SETUID and CAP_SETGID, or run it as ${account.name}.`,
      cause,
    });
  }
  rights = { kind: 'application', account, homes };
}

/** With root's user, root's groups are not needed; with the account's rights for a step, none of them may stay. */
function leaveGroups({ gid }: Account): void {
  try {
    process.setgroups?.([gid]);
  } catch {
    // In a container without CAP_SETGID, where the account's rights cannot be taken either.
  }
}

/**
 * Does one step with root's rights, where this process has them in reserve; else just does it.
 *
 * @param step synchronous, and on what root alone controls: a directory of root's, a descriptor that is open already
 */
export function asRoot<T>(step: () => T): T {
  return rights.kind === 'application' ? as(ROOT, step) : step();
}

/**
 * Works on a directory with the rights of the user who controls it: root's if root alone does, else the application's.
 *
 * @param directory absolute
 * @param work synchronous
 * @throws {Failure} `config-invalid`: it belongs to another user, and no account is known; whatever `work` throws
 */
export function inDirectory<T>(directory: string, work: () => T): T {
  if (rights.kind === 'plain') return work();
  if (rights.kind === 'application') return isKnownRoots(directory) ? as(ROOT, work) : work();
  if (rights.account === null) requireRoots(directory);
  if (rights.account === null || isKnownRoots(directory)) return work();
  return as(rights.account, work);
}

/** Directories that were found to be root's alone, which stays true while only root acts. */
const proved = new Set<string>();

function isKnownRoots(directory: string): boolean {
  if (proved.has(directory)) return true;
  const isRootsNow = isRootsAlone(directory);
  if (isRootsNow) proved.add(directory);
  return isRootsNow;
}

/**
 * Works with the application's rights, whoever owns the directory: for a path that the application controls in part.
 * `name` is for messages.
 */
export function asApplication<T>(name: string, work: () => T): T {
  if (rights.kind !== 'root') return work();
  if (rights.account === null) requireRoots(name);
  return rights.account === null ? work() : as(rights.account, work);
}

/** The same as `inDirectory` for an open directory that was reached by root's way. `name` is for messages. */
export function inOpenDirectory<T>(fd: number, name: string, work: () => T): T {
  if (rights.kind === 'plain') return work();
  const stats = fstatSync(fd);
  if (rights.kind === 'application') return isRoots(stats) ? as(ROOT, work) : work();
  if (rights.account === null && stats.uid !== 0) throw foreign(name, stats.uid);
  return rights.account === null || isRoots(stats) ? work() : as(rights.account, work);
}

/** Directories that are there, and on whose way nothing is anybody else's. */
const familiar = new Set<string>();

/** Root has no account whose rights it could take there. */
function requireRoots(directory: string): void {
  if (familiar.has(directory)) return;
  const stranger = strangerOn(directory);
  if (stranger) throw foreign(stranger.path, stranger.uid);
  if (existsSync(directory)) familiar.add(directory);
}

function foreign(path: string, uid: number): Failure {
  return new Failure('config-invalid', `${path} belongs to user ${uid}, and this runs as root`, {
    hint: "Set APP_USER to the application's account, or run it as the user whose directory that is.",
  });
}

interface Identity {
  readonly uid: number;
  readonly gid: number;
}

const ROOT: Identity = { uid: 0, gid: 0 };

/** Group ids first on the way down and last on the way up: only root may change them. */
function as<T>({ uid, gid }: Identity, work: () => T): T {
  const before = { uid: process.geteuid?.() ?? uid, gid: process.getegid?.() ?? gid };
  if (before.uid === uid) return work();
  switchTo({ uid, gid });
  try {
    return synchronous(work());
  } finally {
    switchTo(before);
  }
}

function switchTo({ uid, gid }: Identity): void {
  if (uid === 0) process.seteuid?.(0);
  process.setegid?.(gid);
  if (uid !== 0) process.seteuid?.(uid);
}

/** Work that goes on after the step would run with other rights. */
function synchronous<T>(value: T): T {
  if (value instanceof Promise) throw new Error('work with other rights must be over when it returns');
  return value;
}
