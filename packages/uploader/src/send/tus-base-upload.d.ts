/** The class behind the package's entry: without its storage, sources and stack, which are passed to it here: half the bytes. */
declare module 'tus-js-client/lib/upload.js' {
  import { defaultOptions, Upload } from 'tus-js-client';

  export default class BaseUpload extends Upload {
    static readonly defaultOptions: Omit<
      typeof defaultOptions,
      'httpStack' | 'fileReader' | 'urlStorage' | 'fingerprint'
    >;
  }
}
