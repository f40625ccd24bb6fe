import { relative } from 'node:path';
import { type FileFunctions, nodeFileFunctions } from '../src/file-functions.ts';
import { fileError } from './failing-files.ts';

/** One change of the disk, or what makes changes durable; paths are relative to the folder. */
export interface DiskEvent {
  readonly kind: 'open' | 'close' | 'write' | 'sync' | 'link' | 'rename' | 'remove' | 'mkdir';
  /** What is changed; of `link` and `rename` the new name. */
  readonly path: string;
  /** Of `link` and `rename`: the name that was there. */
  readonly from?: string | undefined;
  /** For `open` and `mkdir`: the requested mode. */
  readonly mode?: unknown;
}

/** Node's file functions, which record in order what is changed and made durable. */
export class RecordedFiles {
  /** What has happened, oldest first. */
  readonly events: DiskEvent[] = [];
  /** To be injected. */
  readonly functions: FileFunctions;
  #folder = '';

  /** Of a file system with hard links, or of one that refuses them. */
  constructor({ hasLinks }: { readonly hasLinks: boolean }) {
    const note = (kind: DiskEvent['kind'], path: unknown, more: Omit<DiskEvent, 'kind' | 'path'> = {}) => {
      this.events.push({ kind, path: this.#name(path), ...more });
    };
    const files = nodeFileFunctions;
    const open = async (...args: Parameters<FileFunctions['open']>) => {
      const [path, , mode] = args;
      const handle = await files.open(...args);
      note('open', path, { mode });
      return new Proxy(handle, { get: (target, name) => this.#method(target, String(name), path, note) });
    };
    const functions: FileFunctions = {
      ...files,
      open,
      link: async (from, to) => {
        if (!hasLinks) throw fileError('EPERM', 'link');
        await files.link(from, to);
        note('link', to, { from: this.#name(from) });
      },
      copyFile: async (from, to) => {
        await files.copyFile(from, to);
        note('write', to);
      },
      rename: async (from, to) => {
        await files.rename(from, to);
        note('rename', to, { from: this.#name(from) });
      },
      rm: async (path, options) => {
        await files.rm(path, options);
        note('remove', path);
      },
      rmdir: async (path, options) => {
        await files.rmdir(path, options);
        note('remove', path);
      },
    };
    this.functions = new Proxy(functions, {
      get: (all, name: keyof FileFunctions) =>
        name !== 'mkdir'
          ? all[name]
          : async (path: string, options: { readonly mode?: unknown }) => {
              const made = await Reflect.apply(all.mkdir, undefined, [path, options]);
              note('mkdir', path, { mode: options?.mode });
              return made;
            },
    });
  }

  /** Records the changes below this folder from now on; earlier events are dropped. */
  begin(folder: string): void {
    this.#folder = folder;
    this.events.length = 0;
  }

  #method(target: object, name: string, path: unknown, note: (kind: DiskEvent['kind'], path: unknown) => void) {
    const method: unknown = Reflect.get(target, name, target);
    if (typeof method !== 'function') return method;
    return async (...args: unknown[]) => {
      const result: unknown = await Reflect.apply(method, target, args);
      if (name === 'write' || name === 'writeFile') note('write', path);
      else if (name === 'sync' || name === 'close') note(name, path);
      return result;
    };
  }

  #name(path: unknown): string {
    return relative(this.#folder, String(path)).split('\\').join('/');
  }
}
