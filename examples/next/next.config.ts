import type { NextConfig } from 'next';

// Storages on folders and buckets probe videos in worker threads, whose files must stay outside the bundle.
const config: NextConfig = {
  serverExternalPackages: ['@videostorage/local', '@videostorage/media', '@videostorage/object-storage'],
};
export default config;
