import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Runs `work` while the files exist: missing ones are written, executable, and removed at the end. */
export function withFiles(files: Readonly<Record<string, string>>, work: () => void): void {
  const written: string[] = [];
  try {
    for (const [file, text] of Object.entries(files)) {
      if (existsSync(file)) continue;
      mkdirSync(dirname(file), { recursive: true });
      written.push(file);
      writeFileSync(file, text, { mode: 0o755 });
    }
    work();
  } finally {
    // Their folders stay: a package that was installed meanwhile may keep its own files there.
    for (const file of written) rmSync(file, { force: true });
  }
}
