import type { Plugin } from 'esbuild';

export declare const esbuildOutlines: Plugin;
