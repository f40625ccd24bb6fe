// The program of a worker thread: probes one file after another for the main thread that started it.
import { parentPort } from 'node:worker_threads';
import { Parser } from './parser.ts';
import { serveProbes } from './serve-probes.ts';

if (parentPort === null) throw new Error('This file is started by probeVideo as a worker thread.');
serveProbes(parentPort, Parser.load());
