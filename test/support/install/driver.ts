/*
 * Installs one version, as a program that can be killed. Run as: node driver.ts <home> <version> <image> <run>
 */
import { existsSync, readFileSync } from 'node:fs';
import { installVersion } from './install-version.ts';
import { placeIn } from './place-in.ts';

const [home = '', version = '', image = '', run = ''] = process.argv.slice(2);
const bytes = readFileSync(image);
// Whoever traces this program sees by this call where the work begins.
existsSync('/the-work-begins-here');
await installVersion(placeIn(home), Number(version), bytes, run);
