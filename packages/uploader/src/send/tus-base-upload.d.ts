/** The class behind the package's entry, without URL storage, file reader and HTTP stack, which are passed to it: half the size. */
declare module 'tus-js-client/lib/upload.js' {
  import { defaultOptions, Upload } from 'tus-js-client';

  export default class BaseUpload extends Upload {
    static readonly defaultOptions: Omit<
      typeof defaultOptions,
      'httpStack' | 'fileReader' | 'urlStorage' | 'fingerprint'
    >;
  }
}
