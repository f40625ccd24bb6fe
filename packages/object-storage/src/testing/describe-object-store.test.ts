import { setTimeout as wait } from 'node:timers/promises';
import { BackendError } from '@videostorage/core';
import { describe, expect, test } from 'vitest';
import type {
  CreatedUpload,
  DeclaredUpload,
  KeyPage,
  KeyPageRequest,
  Leftover,
  NewUpload,
  Source,
  StoredKey,
} from '../object-store.ts';
import { sourceKey, uploadKey, videoKey } from '../store-keys.ts';
import { describeObjectStore } from './describe-object-store.ts';
import { MemoryBucket } from './memory-bucket.ts';
import { MemoryObjectStore } from './memory-object-store.ts';

type Faulty = (bucket: MemoryBucket) => MemoryObjectStore;

/** The titles of the cases that a dialect fails. */
async function failuresOf(make: Faulty): Promise<readonly string[]> {
  const cases: { readonly title: string; readonly run: () => Promise<void> }[] = [];
  describeObjectStore({
    name: 'faulty',
    sizes: [20],
    runner: { describe: (_, define) => define(), test: (title, run) => cases.push({ title, run }) },
    create: async () => {
      const bucket = new MemoryBucket({ versioned: true });
      return {
        store: make(bucket),
        send: async ({ uploadId }, _, bytes) => bucket.put(uploadKey(uploadId), bytes),
        dispose: async () => {},
      };
    },
  });
  expect(cases.length).toBeGreaterThan(10);
  const failed: string[] = [];
  for (const { title, run } of cases) await run().catch(() => failed.push(title));
  return failed;
}

const { signal } = new AbortController();

class WithoutAtomicCreate extends MemoryObjectStore {
  override async createDocument(key: string, text: string): Promise<boolean> {
    if ((await this.readDocument(key, signal)) !== undefined) return false;
    await wait(1);
    await this.writeDocument(key, text, signal);
    return true;
  }
}
class Overwriting extends MemoryObjectStore {
  override async createDocument(key: string, text: string): Promise<boolean> {
    const isNew = (await this.readDocument(key, signal)) === undefined;
    await this.writeDocument(key, text, signal);
    return isNew;
  }
}
class IgnoresAborts extends MemoryObjectStore {
  override readDocument(key: string): Promise<string | undefined> {
    return super.readDocument(key, signal);
  }
}
class Unordered extends MemoryObjectStore {
  override async listDocuments(prefix: string, page: KeyPageRequest): Promise<KeyPage> {
    const { keys, more } = await super.listDocuments(prefix, page, signal);
    return { keys: [...keys].reverse(), more };
  }
}
class Truncating extends MemoryObjectStore {
  override async listDocuments(prefix: string, page: KeyPageRequest): Promise<KeyPage> {
    return { ...(await super.listDocuments(prefix, page, signal)), more: false };
  }
}
class Endless extends MemoryObjectStore {
  override async listDocuments(prefix: string, page: KeyPageRequest): Promise<KeyPage> {
    return { ...(await super.listDocuments(prefix, page, signal)), more: true };
  }
}

const faults: Readonly<Record<string, Faulty>> = {
  'creates a document in two steps': (bucket) => new WithoutAtomicCreate(bucket),
  'overwrites an existing document': (bucket) => new Overwriting(bucket),
  'ignores an abort': (bucket) => new IgnoresAborts(bucket),
  'lists out of order': (bucket) => new Unordered(bucket),
  'ends a listing after its first page': (bucket) => new Truncating(bucket),
  'never ends a listing': (bucket) => new Endless(bucket),
  'uses the upload itself as its source': (bucket) =>
    new (class extends MemoryObjectStore {
      override async takeSource(upload: DeclaredUpload, attempt: string): Promise<Source | undefined> {
        const source = await super.takeSource(upload, attempt, signal);
        return source && { kind: 'copy', id: 'live' };
      }
      override openSource({ uploadId }: DeclaredUpload) {
        const bytes = bucket.objects.get(uploadKey(uploadId))?.bytes;
        if (bytes !== undefined) bucket.put(sourceKey(uploadId, 'live'), bytes);
        return super.openSource({ uploadId, videoId: '' }, { kind: 'copy', id: 'live' }, signal);
      }
    })(bucket),
  'finds a source where nothing has arrived': (bucket) =>
    new (class extends MemoryObjectStore {
      override async takeSource(_: DeclaredUpload, attempt: string): Promise<Source> {
        return { kind: 'copy', id: attempt };
      }
    })(bucket),
  'moves the upload instead of copying it': (bucket) =>
    new (class extends MemoryObjectStore {
      override async takeSource(upload: DeclaredUpload, attempt: string): Promise<Source | undefined> {
        const source = await super.takeSource(upload, attempt, signal);
        bucket.objects.delete(uploadKey(upload.uploadId));
        return source;
      }
    })(bucket),
  'reports a source that is gone as placed': (bucket) =>
    new (class extends MemoryObjectStore {
      override async placeSource(upload: DeclaredUpload, source: Source): Promise<boolean> {
        await super.placeSource(upload, source, signal);
        return true;
      }
    })(bucket),
  'cannot place a source again that is placed and discarded': (bucket) =>
    new (class extends MemoryObjectStore {
      override async placeSource(upload: DeclaredUpload, source: Source): Promise<boolean> {
        const isThere = bucket.objects.has(sourceKey(upload.uploadId, source.id));
        return isThere && super.placeSource(upload, source, signal);
      }
    })(bucket),
  'discards the placed video along with its source': (bucket) =>
    new (class extends MemoryObjectStore {
      override async discardSource(upload: DeclaredUpload, source: Source): Promise<void> {
        await super.discardSource(upload, source, signal);
        bucket.objects.delete(videoKey(upload.videoId));
      }
    })(bucket),
  'hides nothing': (bucket) =>
    new (class extends MemoryObjectStore {
      override async hideKeys(): Promise<void> {}
    })(bucket),
  'hides other videos too': (bucket) =>
    new (class extends MemoryObjectStore {
      override async hideKeys(): Promise<void> {
        for (const key of [...bucket.objects.keys()]) if (key.startsWith('videos/')) bucket.remove(key);
      }
    })(bucket),
  'has no leftovers': (bucket) =>
    new (class extends MemoryObjectStore {
      override async listLeftovers() {
        return { leftovers: [] };
      }
    })(bucket),
  'removes no leftover': (bucket) =>
    new (class extends MemoryObjectStore {
      override async removeLeftover(): Promise<void> {}
    })(bucket),
  'keeps discarded uploads': (bucket) =>
    new (class extends MemoryObjectStore {
      override async discardUpload(): Promise<void> {}
    })(bucket),
  'refuses to create an upload again': (bucket) =>
    new (class extends MemoryObjectStore {
      readonly #created = new Set<string>();
      override async createUpload(upload: NewUpload): Promise<CreatedUpload> {
        if (this.#created.has(upload.uploadId)) throw new BackendError('BACKEND_REFUSED', 'It exists.');
        this.#created.add(upload.uploadId);
        return super.createUpload(upload, signal);
      }
    })(bucket),
  'names the user in its ticket': (bucket) =>
    new (class extends MemoryObjectStore {
      override async createUpload(upload: NewUpload): Promise<CreatedUpload> {
        const state = Buffer.from(JSON.stringify({ by: upload.userId })).toString('hex');
        return { ...(await super.createUpload(upload, signal)), state };
      }
    })(bucket),
  'gives all tickets the same end': (bucket) =>
    new (class extends MemoryObjectStore {
      override async createUpload(upload: NewUpload): Promise<CreatedUpload> {
        return { ...(await super.createUpload(upload, signal)), expiresAt: '2099-01-01T00:00:00.000Z' };
      }
    })(bucket),
  'gives an attempt another source each time': (bucket) =>
    new (class extends MemoryObjectStore {
      #count = 0;
      override async takeSource(upload: DeclaredUpload, attempt: string): Promise<Source | undefined> {
        this.#count += 1;
        return super.takeSource(upload, `${attempt}${this.#count}`, signal);
      }
    })(bucket),
  'has one copy for all attempts': (bucket) =>
    new (class extends MemoryObjectStore {
      override async takeSource(upload: DeclaredUpload): Promise<Source | undefined> {
        return super.takeSource(upload, 'copy', signal);
      }
    })(bucket),
  'returns no source for a file of the wrong size': (bucket) =>
    new (class extends MemoryObjectStore {
      override async takeSource(upload: DeclaredUpload, attempt: string): Promise<Source | undefined> {
        const sent = bucket.objects.get(uploadKey(upload.uploadId));
        return sent?.bytes.length === upload.sizeBytes ? super.takeSource(upload, attempt, signal) : undefined;
      }
    })(bucket),
  'reads a byte more than requested': (bucket) =>
    new (class extends MemoryObjectStore {
      override async openSource(upload: DeclaredUpload, source: Source) {
        const reader = await super.openSource(upload, source, signal);
        return reader && { ...reader, read: (from: number, to: number) => reader.read(from, to + 1, signal) };
      }
    })(bucket),
  'discards the copies along with their upload': (bucket) =>
    new (class extends MemoryObjectStore {
      override async discardUpload({ uploadId }: DeclaredUpload): Promise<void> {
        for (const key of [...bucket.objects.keys()])
          if (key.startsWith(uploadKey(uploadId))) bucket.objects.delete(key);
      }
    })(bucket),
  'discards the upload along with its copy': (bucket) =>
    new (class extends MemoryObjectStore {
      override async discardSource(upload: DeclaredUpload, source: Source): Promise<void> {
        await super.discardSource(upload, source, signal);
        bucket.objects.delete(uploadKey(upload.uploadId));
      }
    })(bucket),
  'mistakes an existing document with the same text for its own': (bucket) =>
    new (class extends MemoryObjectStore {
      override async createDocument(key: string, text: string): Promise<boolean> {
        return (await super.createDocument(key, text, signal)) || (await super.readDocument(key, signal)) === text;
      }
    })(bucket),
  'reads documents of any size': (bucket) =>
    new (class extends MemoryObjectStore {
      override async readDocument(key: string, given: AbortSignal): Promise<string | undefined> {
        given.throwIfAborted();
        const stored = bucket.objects.get(key);
        return stored && new TextDecoder().decode(stored.bytes);
      }
    })(bucket),
  'hides the first of several keys': (bucket) =>
    new (class extends MemoryObjectStore {
      override async hideKeys(keys: readonly string[]): Promise<void> {
        await super.hideKeys(keys.slice(0, 1), signal);
      }
    })(bucket),
  'frees keys that are not hidden': (bucket) =>
    new (class extends MemoryObjectStore {
      override async freeVersions(videoId: string) {
        bucket.objects.delete(videoKey(videoId));
        return super.freeVersions(videoId, signal);
      }
    })(bucket),
  'returns times in seconds': (bucket) =>
    new (class extends MemoryObjectStore {
      override async listDocuments(prefix: string, page: KeyPageRequest): Promise<KeyPage> {
        const { keys, more } = await super.listDocuments(prefix, page, signal);
        const inSeconds = ({ key, modifiedAtMs }: StoredKey) => ({ key, modifiedAtMs: modifiedAtMs / 1000 });
        return { keys: keys.map(inSeconds), more };
      }
    })(bucket),
  'lists all leftovers on one page': (bucket) =>
    new (class extends MemoryObjectStore {
      override async listLeftovers() {
        return super.listLeftovers({ limit: 1000 }, signal);
      }
    })(bucket),
  'does not list copies as leftovers': (bucket) =>
    new (class extends MemoryObjectStore {
      override async listLeftovers(page: { readonly limit: number }) {
        const { leftovers, ...rest } = await super.listLeftovers(page, signal);
        return { ...rest, leftovers: leftovers.filter(({ id }) => !id.includes('.')) };
      }
    })(bucket),
  'removes all leftovers of an upload': (bucket) =>
    new (class extends MemoryObjectStore {
      override async removeLeftover({ uploadId }: Leftover): Promise<void> {
        for (const key of [...bucket.objects.keys()])
          if (key.startsWith(uploadKey(uploadId))) bucket.objects.delete(key);
      }
    })(bucket),
  'places although its signal has aborted': (bucket) =>
    new (class extends MemoryObjectStore {
      override placeSource(upload: DeclaredUpload, source: Source): Promise<boolean> {
        return super.placeSource(upload, source, signal);
      }
    })(bucket),
};

describe('a dialect that', () => {
  for (const [fault, make] of Object.entries(faults)) {
    test(`${fault} is noticed`, async () => {
      expect(await failuresOf(make)).not.toEqual([]);
    });
  }

  test('fulfils every case passes', async () => {
    expect(await failuresOf((bucket) => new MemoryObjectStore(bucket))).toEqual([]);
  });
});
