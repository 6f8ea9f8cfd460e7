import type { Plugin } from 'esbuild';

export declare const esbuildClient: Plugin;
