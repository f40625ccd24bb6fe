import { describeVideoStorage } from '@videostorage/testing';
import { describe, test } from 'vitest';
import { createSubject } from '../test-support/conformance-subject.ts';

describeVideoStorage({ name: 'LocalStorage', create: createSubject, runner: { describe, test } });
