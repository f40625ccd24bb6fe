import { spawn } from 'node:child_process';

/** Runs ffmpeg in a folder. False: there is none on this computer. @throws {Error} when it fails, with what it said */
export function runFfmpeg(args: readonly string[], folder: string): Promise<boolean> {
  return new Promise<boolean>((resolve, reject) => {
    const child = spawn('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-2000);
    });
    child.once('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? resolve(false) : reject(error)));
    child.once('close', (code) =>
      code === 0 ? resolve(true) : reject(new Error(`ffmpeg ended with ${code}: ${said}`)),
    );
  });
}
