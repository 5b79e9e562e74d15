// Runs one of the project's commands under the Node.js that package.json asks for.
//
// This file must run on any Node.js from 18 on and with nothing installed: plain JavaScript, no packages.
// It installs the dependencies when they are missing or older than the lock file (one of them is Node.js
// itself), then hands over to scripts/<command>.ts.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const projectDir = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const neededNode = 24;

/** Whether node_modules holds what the lock file says; packages for other systems may be absent. */
export function isInstalled(dir) {
  const wanted = readJson(join(dir, 'package-lock.json'));
  const present = readJson(join(dir, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted.packages).every(([path, entry]) => {
    const found = present.packages[path];
    if (found === undefined) return path === '' || entry.optional === true || entry.devOptional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function install() {
  console.log('Installing the dependencies (npm ci); this takes about half a minute …');
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: projectDir,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) fail('The dependencies could not be installed; what npm printed above says why.');
}

/** The Node.js of the dependencies, else the running one when it is new enough. */
function nodeCommand() {
  const own = join(
    projectDir,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (existsSync(own)) return own;
  if (Number(process.versions.node.split('.')[0]) >= neededNode) return process.execPath;
  return fail(
    `Node.js ${neededNode} is needed and node_modules has none, probably because install scripts are switched off: run "npm rebuild node" or install Node.js ${neededNode}.`,
  );
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

function main(command, args) {
  if (!isInstalled(projectDir)) install();
  const node = nodeCommand();
  const binaries = [dirname(node), join(projectDir, 'node_modules', '.bin')];
  const child = spawn(node, [join(projectDir, 'scripts', `${command}.ts`), ...args], {
    cwd: projectDir,
    // The channel tells the child when this process is gone, however it went.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      PATH: [...binaries, process.env.PATH].join(process.platform === 'win32' ? ';' : ':'),
    },
  });
  // Ctrl-C reaches the child too, as it is in the same process group: it ends in its own order, and we wait.
  process.on('SIGINT', () => {});
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => fail(`${node} could not be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [command, ...args] = process.argv.slice(2);
  if (command === undefined) fail('Which command?');
  else main(command, args);
}
