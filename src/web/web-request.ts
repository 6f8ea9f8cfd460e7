import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { BodyPlace } from '../http/body-places.ts';
import type { Person } from './person.ts';

/** What Hono hands to every handler here. */
export type WebEnvironment = {
  Bindings: HttpBindings;
  Variables: {
    person: Person | null;
    isProgram: boolean;
    /** Of the table of routes; not set where none fits. */
    route: string;
    /** Of a body that nobody has read yet. */
    place: BodyPlace | null;
  };
};

export type WebRequest = Context<WebEnvironment>;
