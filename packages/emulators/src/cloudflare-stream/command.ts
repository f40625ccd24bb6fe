#!/usr/bin/env node
import { runEmulatorCommand } from '../shared/run-emulator-command.ts';
import { streamCommand } from './stream-command.ts';

void runEmulatorCommand(streamCommand);
