import type { Plugin as EsbuildPlugin } from 'esbuild';
import type { Plugin as VitePlugin } from 'vitest/config';

export declare const esbuildOutlines: EsbuildPlugin;
export declare const viteOutlines: VitePlugin;
