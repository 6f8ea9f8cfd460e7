import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Person } from './person.ts';

/** What Hono hands to every handler here. */
export type WebEnvironment = {
  Bindings: HttpBindings;
  Variables: { person: Person | null; isProgram: boolean };
};

export type WebRequest = Context<WebEnvironment>;
