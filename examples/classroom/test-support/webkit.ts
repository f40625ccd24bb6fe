import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Builder, Capabilities, type WebDriver, type WebElement } from 'selenium-webdriver';
import type { ScriptedBrowser } from './scripted-browser.ts';

const [browserPath = ''] = globSync('/usr/lib/*/webkit2gtk-4.1/MiniBrowser');
const programs = ['/usr/bin/Xvfb', '/usr/bin/WebKitWebDriver', browserPath];

/** Whether this computer has WebKitGTK, its driver and a screen for it; in CI their absence is a failure of its own. */
export const hasWebKit: boolean = programs.every((path) => existsSync(path));

/** Debian's WebKitGTK on a virtual screen, since it has no headless mode. */
export async function launchWebKit(): Promise<ScriptedBrowser> {
  const children: ChildProcess[] = [];
  const start = (program: string, args: readonly string[], display = '') => {
    const child = spawn(program, args, {
      env: { ...process.env, DISPLAY: display },
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    children.push(child);
    return child;
  };
  const stop = () => {
    for (const child of children.toReversed()) child.kill('SIGKILL');
  };
  try {
    const screen = start('/usr/bin/Xvfb', ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp']);
    const [display] = await once(screen.stdio[3] ?? screen, 'data');
    const port = await freePort();
    start('/usr/bin/WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], `:${String(display).trim()}`);
    const driver = await connect(`http://127.0.0.1:${port}`);
    return {
      name: 'WebKit',
      open: (url) => driver.get(url),
      run: (body) => driver.executeScript(`return (async () => { ${body} })()`),
      async chooseFile(inputExpression, path) {
        const input = await driver.executeScript<WebElement>(`return ${inputExpression}`);
        await input.sendKeys(path);
      },
      async close() {
        await driver.quit();
        stop();
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
}

async function connect(server: string): Promise<WebDriver> {
  await untilListening(server);
  const capabilities = new Capabilities();
  capabilities.setBrowserName('MiniBrowser');
  capabilities.set('webkitgtk:browserOptions', {
    binary: browserPath,
    args: ['--automation', '--autoplay-policy=allow'],
  });
  return new Builder().usingServer(server).withCapabilities(capabilities).build();
}

async function untilListening(server: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await fetch(`${server}/status`);
      return;
    } catch (error) {
      if (tries === 600) throw error;
      await sleep(50);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
