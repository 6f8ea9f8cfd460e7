import type { ParseArgsConfig, parseArgs } from 'node:util';

export class WrongOption extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;

export function runTool<T extends Options>(
  usage: string,
  options: T,
  work: (values: ReturnType<typeof parseArgs<{ options: T }>>['values']) => void | Promise<void>,
): Promise<void>;

export function readPort(given: string): number;
