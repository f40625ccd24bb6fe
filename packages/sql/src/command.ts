#!/usr/bin/env node
import { migrateCommand } from './migrate-command.ts';

// Not awaited here: the CommonJS form of this file has no top-level await.
void migrateCommand(process.argv.slice(2), process.env, {
  out: (line) => console.log(line),
  error: (line) => console.error(line),
}).then((code) => {
  process.exitCode = code;
});
