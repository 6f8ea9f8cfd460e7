import type { Plugin } from 'esbuild';

export declare const sourcePlugins: Plugin[];
