import type { ParseArgsConfig, parseArgs } from 'node:util';

export class WrongOption extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;

export function runTool<T extends Options>(
  usage: string,
  options: T,
  work: (
    values: ReturnType<typeof parseArgs<{ options: T }>>['values'],
    operands: readonly string[],
  ) => void | Promise<void>,
  operands?: number,
): Promise<void>;

export function readFreePort(given: string): Promise<number>;
