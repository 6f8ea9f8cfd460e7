/** Loading TLS costs some 20 ms: this file of its own lets the bundle put it off until an https endpoint is asked. */
export { request } from 'node:https';
