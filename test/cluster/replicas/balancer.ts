import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { logFile, writeInto } from '../../../scripts/stack/cache.ts';
import { isPortFree } from '../../../scripts/stack/ports.ts';
import { requireCommand } from '../../../scripts/stack/prerequisites.ts';
import { SupervisedProcess } from '../../../scripts/stack/processes.ts';
import { GiveUp, waitFor } from '../../../scripts/stack/wait.ts';

/** After so long without an answer to a read, nginx asks the next replica: more than a long poll and a lease. */
export const balancerTimeoutMs = 6_000;

/** nginx in front of the replicas: plain round robin that knows nothing of consumer instances. */
export class Balancer {
  readonly url: string;
  readonly #process: SupervisedProcess;

  private constructor(url: string, child: SupervisedProcess) {
    this.url = url;
    this.#process = child;
  }

  /**
   * @param targets all ports that a replica may ever have: one that nobody listens on is passed over
   * @throws {MissingPrerequisite} when nginx is not installed
   */
  static async start(dir: string, port: number, targets: readonly number[]): Promise<Balancer> {
    requireCommand('nginx', 'nginx is needed (Debian, Ubuntu: apt-get install nginx-light).', '-v');
    mkdirSync(join(dir, 'tmp'), { recursive: true });
    const file = join(dir, 'nginx.conf');
    writeInto(file, configuration(dir, port, targets));
    const log = logFile(`nginx-${port}`);
    const child = await SupervisedProcess.start({
      name: 'nginx',
      command: 'nginx',
      args: ['-p', dir, '-c', file],
      log,
    });
    await waitFor(
      `nginx on port ${port} (log: ${log})`,
      async () => {
        if (!child.isRunning) throw new GiveUp(`nginx ended (${child.exit}):\n${child.lastLines()}`);
        return (await isPortFree(port)) ? undefined : true;
      },
      10_000,
      20,
    );
    return new Balancer(`http://127.0.0.1:${port}`, child);
  }

  stop(): Promise<void> {
    return this.#process.kill();
  }
}

/**
 * What docs/operations.md advises. Calls of consumers are asked again at another replica whatever their method: they
 * may be repeated, as a create carries its request id. Records are not sent twice.
 *
 * Nothing is marked as down, so a replica that comes is used at once. Answers are not buffered, so that a client that
 * hangs up is seen by the replica.
 */
function configuration(dir: string, port: number, targets: readonly number[]): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${join(dir, 'tmp', name)};`)
    .join('\n');
  return `daemon off;
master_process off;
pid ${join(dir, 'nginx.pid')};
error_log stderr error;
events { worker_connections 4096; }
http {
${temporary}
  access_log off;
  client_max_body_size 32m;
  keepalive_timeout 75s;
  keepalive_requests 1000000;
  upstream replicas {
${targets.map((target) => `    server 127.0.0.1:${target} max_fails=0;`).join('\n')}
    keepalive 64;
  }
  proxy_http_version 1.1;
  proxy_buffering off;
  proxy_connect_timeout 1s;
  proxy_set_header Connection "";
  proxy_set_header Host $http_host;
  proxy_set_header X-Request-ID $request_id;
  add_header X-Served-By $upstream_addr always;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://replicas;
      proxy_read_timeout 60s;
    }
    location /consumers/ {
      proxy_pass http://replicas;
      proxy_read_timeout 75s;
      proxy_next_upstream error timeout non_idempotent;
    }
    location ~ ^/consumers/.*/records$ {
      proxy_pass http://replicas;
      proxy_read_timeout ${balancerTimeoutMs}ms;
      proxy_next_upstream error timeout non_idempotent;
    }
  }
}
`;
}
