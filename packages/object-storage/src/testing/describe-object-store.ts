import { DOCUMENT_CASES } from './document-cases.ts';
import type { ObjectStoreSubject } from './object-store-subject.ts';
import { UPLOAD_CASES } from './upload-cases.ts';

/** Settings of `describeObjectStore`. */
export interface DescribeObjectStoreOptions {
  /** Name of the dialect, used in the names of the tests. */
  readonly name: string;
  /** A fresh subject for each case. */
  readonly create: () => Promise<ObjectStoreSubject>;
  /** Sizes of the uploads to test, in bytes: one for each kind of ticket that the dialect creates. Default: 20 bytes. */
  readonly sizes?: readonly number[] | undefined;
  /** The test runner; Vitest's `{ describe, test }` fits. */
  readonly runner: {
    /** Groups tests. */
    describe(name: string, define: () => void): unknown;
    /** One test. */
    test(name: string, run: () => Promise<void>): unknown;
  };
}

/** Tests everything that `ObjectVideoStorage` requires of an `ObjectStore`. Every dialect runs it. */
export function describeObjectStore({ name, create, sizes = [20], runner }: DescribeObjectStoreOptions): void {
  const add = (title: string, run: (subject: ObjectStoreSubject) => Promise<void>) => {
    runner.test(title, async () => {
      const subject = await create();
      try {
        await run(subject);
      } finally {
        await subject.dispose();
      }
    });
  };
  runner.describe(`${name} fulfils what ObjectVideoStorage requires`, () => {
    for (const [title, run] of Object.entries(DOCUMENT_CASES)) {
      add(title, (subject) => run(subject, 0));
    }
    for (const sizeBytes of sizes) {
      for (const [title, run] of Object.entries(UPLOAD_CASES)) {
        add(`${sizeBytes} bytes: ${title}`, (subject) => run(subject, sizeBytes));
      }
    }
  });
}
