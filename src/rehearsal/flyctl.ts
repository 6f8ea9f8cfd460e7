/**
 * A stand-in for `flyctl` that knows one command, `machines list --json`, and asks the simulator at `url` for the answer.
 * Its options, exit codes and output format are those of the real one.
 */
export function renderFlyctl(url: string, app: string): string {
  return `#!/usr/bin/env node
// A stand-in for flyctl, made by fleet-sim. It lists the machines that ${url} plays.
'use strict';
const http = require('node:http');
const URL_OF_SIM = ${JSON.stringify(url)};
let app = ${JSON.stringify(app)};
let json = false;
const words = [];
const args = process.argv.slice(2);
const fail = (message) => {
  process.stderr.write('Error: ' + message + '\\n');
  process.exitCode = 1;
};
while (args.length > 0) {
  const [name, ...value] = args.shift().split('=');
  if (name === '-a' || name === '--app') app = value.length > 0 ? value.join('=') : args.shift();
  else if (name === '-j' || name === '--json') json = true;
  else words.push(name);
}
if (!/^machines? (list|ls)$/.test(words.join(' '))) fail('unknown command ' + JSON.stringify(words.join(' ')));
else if (!json) fail('this stand-in lists machines with --json only');
else {
  const request = http.get(URL_OF_SIM + '/_sim/machines?app=' + encodeURIComponent(app), (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk) => { text += chunk; });
    response.on('end', () => {
      if (response.statusCode === 200) process.stdout.write(text);
      else fail('failed to retrieve app: Could not find App ' + JSON.stringify(app));
    });
  });
  request.on('error', (error) => fail('failed to list machines: ' + error.message));
}
`;
}
