import type { OwnedStudio, People } from '../index/people.ts';

/** What somebody who has logged in may do, as the index says it at this moment. */
export interface Rights {
  readonly isAdministrator: boolean;
  /** Studios that this person may act for, by key: her own, and their sisters; of an administrator all. */
  readonly studios: readonly StudioName[];
  /** Whether she may act for the studio of this key. */
  owns(key: string): boolean;
}

export interface StudioName {
  readonly key: string;
  readonly name: string;
}

/** Somebody who has logged in. */
export interface Person {
  /** Row in `users`. */
  readonly id: number;
  readonly userid: string;
  readonly rights: Rights;
}

/** Rights of nobody in particular. */
export const NO_RIGHTS: Rights = { isAdministrator: false, studios: [], owns: () => false };

/** The person of that name; null where the index has none. */
export function personOf(userid: string, people: People): Person | null {
  const user = people.users.find((one) => one.userid === userid);
  if (!user) return null;
  const isAdministrator = user.sites.includes('index');
  const studios = isAdministrator ? people.studios : ownedBy(user.id, people.studios);
  const keys = new Set(studios.map(({ key }) => key));
  const names = studios.map(({ key, name }) => ({ key, name }));
  return {
    id: user.id,
    userid,
    rights: { isAdministrator, studios: names, owns: (key) => keys.has(key) },
  };
}

/** As the platform has it: who owns a studio owns those that it names as sisters. `sites` makes no owner. */
function ownedBy(id: number, studios: readonly OwnedStudio[]): readonly OwnedStudio[] {
  const names = new Set(
    studios.flatMap(({ owner, name, sisters }) => (owner === id ? [name, ...sisters] : [])),
  );
  return studios.filter(({ name }) => names.has(name));
}
