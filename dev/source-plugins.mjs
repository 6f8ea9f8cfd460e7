/** What every bundle of our own source needs: its imports that are no JavaScript files. */
import { esbuildClient } from './client-plugin.mjs';
import { esbuildOutlines } from './outlines-plugin.mjs';
import { esbuildYaml } from './yaml-plugin.mjs';

export const sourcePlugins = [esbuildYaml, esbuildOutlines, esbuildClient];
