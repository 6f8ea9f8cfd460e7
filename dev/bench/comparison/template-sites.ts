import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { end, PATH, runTimed } from '../process.ts';
import { naming, type Program } from './programs.ts';
import { freePort, type Site, untilAnswered } from './site.ts';
import { eventPath, eventPaths } from './source.ts';

/** An address that ends the template's quotes: what follows is no configuration of nginx. */
const BROKEN = '/" { no_such_directive; } #';

interface Nginx {
  readonly program: Program;
  readonly home: string;
  readonly port: number;
}

/** confd fills a template for nginx from a YAML file, has nginx check it, puts it in place, and has nginx reload. */
export async function startConfd(confd: Program, program: Program): Promise<Site> {
  const nginx = await prepare(program);
  const { home } = nginx;
  for (const name of ['conf.d', 'templates']) mkdirSync(join(home, 'confd', name), { recursive: true });
  const template = nginxConf(nginx, '{{range gets "/events/*"}}', '{{.Value}}', '{{end}}');
  writeFileSync(join(home, 'confd/templates/nginx.tmpl'), template);
  writeFileSync(
    join(home, 'confd/conf.d/nginx.toml'),
    `[template]
src = "nginx.tmpl"
dest = "${home}/nginx.conf"
keys = ["/events"]
check_cmd = "${command(nginx, '-t', '{{.src}}')}"
reload_cmd = "${command(nginx, '-s reload')}"
`,
  );
  const source = (paths: readonly string[]) => {
    const lines = paths.map((path, at) => `  e${at}: ${JSON.stringify(path)}`);
    writeFileSync(join(home, 'source.yaml'), `events:\n${lines.join('\n')}\n`);
  };
  const usual = ['-onetime', '-backend', 'file', '-file', join(home, 'source.yaml')];
  const args = [...usual, '-confdir', join(home, 'confd'), '-log-level', 'error'];
  return startNginx(nginx, {
    name: naming('confd', confd),
    program: confd.path,
    args,
    dry: ['-noop'],
    source,
  });
}

/** consul-template fills a template for nginx from a JSON file, puts it in place, then runs a command: check, and reload. */
export async function startConsulTemplate(consulTemplate: Program, program: Program): Promise<Site> {
  const nginx = await prepare(program);
  const { home } = nginx;
  const [template, data] = [join(home, 'nginx.ctmpl'), join(home, 'source.json')];
  writeFileSync(
    template,
    nginxConf(nginx, `{{with $all := file "${data}" | parseJSON}}{{range $all}}`, '{{.}}', '{{end}}{{end}}'),
  );
  const source = (paths: readonly string[]) => writeFileSync(data, JSON.stringify(paths));
  const then = `sh -c '${command(nginx, '-t')} && ${command(nginx, '-s reload')}'`;
  writeFileSync(
    join(home, 'consul-template.hcl'),
    `template {
  source = "${template}"
  destination = "${home}/nginx.conf"
  command = "${then}"
}
`,
  );
  const args = ['-once', '-config', join(home, 'consul-template.hcl'), '-log-level', 'err'];
  const name = naming('consul-template', consulTemplate);
  return startNginx(nginx, { name, program: consulTemplate.path, args, dry: ['-dry'], source });
}

interface Tool {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** What is added for a dry run. */
  readonly dry: readonly string[];
  readonly source: (paths: readonly string[]) => void;
}

async function startNginx(nginx: Nginx, { name, program, args, dry, source }: Tool): Promise<Site> {
  const { home, port } = nginx;
  const env = { PATH, HOME: home };
  const run = (more: readonly string[]) => runTimed(program, [...args, ...more], env, { quiet: true });
  const succeed = async (more: readonly string[]) => {
    const { code, output } = await run(more);
    if (code !== 0) throw new Error(`${name} ended with ${code}:\n${output}`);
  };
  source(eventPaths(0));
  // What the first run reloads is not there yet, so it ends with an error.
  await run([]);
  const server = spawn(nginx.program.path, ['-p', home, '-c', 'nginx.conf', '-g', 'daemon off;'], {
    stdio: 'ignore',
  });
  const origin = `http://127.0.0.1:${port}`;
  const old = { path: eventPaths(0)[0] ?? '/' };
  await untilAnswered(origin, old);
  return {
    name: `${name}, ${naming('nginx', nginx.program)}`,
    origin,
    pid: server.pid ?? 0,
    old,
    change: async (nth) => source(eventPaths(nth)),
    publish: () => succeed([]),
    added: (nth) => ({ path: eventPath(nth) }),
    dryRun: () => succeed(dry),
    async publishBroken() {
      source([...eventPaths(0), BROKEN]);
      await run([]);
    },
    live: () => readFileSync(join(home, 'nginx.conf')),
    async stop() {
      await end(server);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function prepare(program: Program): Promise<Nginx> {
  return { program, home: mkdtempSync(join(tmpdir(), 'showcase-compared-')), port: await freePort() };
}

function command({ program, home }: Nginx, options: string, file = `${home}/nginx.conf`): string {
  return `${program.path} -q -p ${home} -c ${file} ${options}`;
}

/** A template of a whole nginx.conf, between what the template's language says around each address. */
function nginxConf({ home, port }: Nginx, before: string, path: string, after: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `worker_processes 2;
pid ${home}/nginx.pid;
error_log ${home}/error.log;
events { worker_connections 512; }
http {
  access_log off;
${temporary.map((name) => `  ${name}_temp_path ${home}/${name};`).join('\n')}
  server {
    listen 127.0.0.1:${port};
    ${before}location = "${path}" { return 200 "here"; }
    ${after}
  }
}
`;
}
