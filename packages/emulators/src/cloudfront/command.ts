#!/usr/bin/env node
import { runEmulatorCommand } from '../shared/run-emulator-command.ts';
import { cloudFrontCommand } from './cloudfront-command.ts';

void runEmulatorCommand(cloudFrontCommand);
