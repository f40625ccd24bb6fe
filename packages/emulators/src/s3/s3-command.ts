import type { EmulatorCommand } from '../shared/run-emulator-command.ts';
import { openToScripts } from './cors.ts';
import { S3Emulator } from './s3-emulator.ts';

/** `videostorage-s3-emulator`. */
export const s3Command: EmulatorCommand = {
  start: async (port, flags) => {
    const emulator = await S3Emulator.start({
      port,
      ...flags.text('bucket', 'bucket'),
      ...flags.text('region', 'region'),
      ...flags.text('access-key-id', 'accessKeyId'),
      ...flags.text('secret-access-key', 'secretAccessKey'),
      cors: openToScripts(flags.list('cors-origin')),
      versioned: flags.has('versioned'),
      enforcePolicy: !flags.has('ignore-policy'),
      behavesLike: flags.has('like-ceph-16') ? 'ceph-16' : 'amazon-s3',
      withoutPostPolicies: flags.has('without-post-policies'),
      withoutDeleteChecksums: flags.has('without-delete-checksums'),
      withoutCreateIfAbsent: flags.has('without-create-if-absent'),
      withoutObjectSize: flags.has('without-object-size'),
    });
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = emulator;
    return { facts: { endpoint, region, bucket, accessKeyId, secretAccessKey }, stop: () => emulator.stop() };
  },
  flags: {
    bucket: { type: 'string' },
    region: { type: 'string' },
    'access-key-id': { type: 'string' },
    'secret-access-key': { type: 'string' },
    'cors-origin': { type: 'string', multiple: true },
    versioned: { type: 'boolean' },
    'ignore-policy': { type: 'boolean' },
    'like-ceph-16': { type: 'boolean' },
    'without-post-policies': { type: 'boolean' },
    'without-delete-checksums': { type: 'boolean' },
    'without-create-if-absent': { type: 'boolean' },
    'without-object-size': { type: 'boolean' },
  },
};
