const setting = (name: string): string => process.env[name] ?? '';

interface CephRgw {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Where the full tests find Ceph's gateway; `endpoint` is empty when there is none. */
export const cephRgw: CephRgw = {
  endpoint: setting('VIDEOSTORAGE_S3_ENDPOINT'),
  region: setting('VIDEOSTORAGE_S3_REGION'),
  credentials: {
    accessKeyId: setting('VIDEOSTORAGE_S3_ACCESS_KEY_ID'),
    secretAccessKey: setting('VIDEOSTORAGE_S3_SECRET_ACCESS_KEY'),
  },
};
