import { Agent, get, request } from 'node:http';

const plain = { Agent, get, request };

/**
 * What asks an address: of Node's `https`, or else of its `http`. To load TLS costs some 20 ms of CPU, nearly what Node itself
 * takes to start, so that it is put off until an https address is asked: a run that asks private addresses alone needs none.
 */
export function httpFor({ protocol }: { readonly protocol: string }): typeof plain {
  return protocol === 'https:' ? process.getBuiltinModule('node:https') : plain;
}
