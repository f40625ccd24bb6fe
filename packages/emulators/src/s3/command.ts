#!/usr/bin/env node
import { runEmulatorCommand } from '../shared/run-emulator-command.ts';
import { s3Command } from './s3-command.ts';

void runEmulatorCommand(s3Command);
