/** A file that was chosen, dropped or pasted; a folder comes without its content. */
export interface GivenFile {
  /** The file itself. */
  readonly file: File;
  /** A folder was dropped: browsers report it as a file that cannot be read. */
  readonly isFolder: boolean;
}

/** Where files come from. */
export interface FileSourceParts {
  /** The element itself: files are dropped anywhere on it, and pasted while the focus is in it, or nowhere. */
  readonly host: HTMLElement;
  /** What has `data-over` while files are held over the element. */
  readonly zone: HTMLElement;
  /** The file dialog. */
  readonly input: HTMLInputElement;
}

/**
 * Listens for files in all three ways, until `signal` aborts. All files that come at once go to `take` together. A file that
 * is dropped beside the zone would replace the page and end its uploads, so the page refuses it, unless something else of the
 * page takes files.
 */
export function listenForFiles(
  { host, zone, input }: FileSourceParts,
  take: (files: readonly GivenFile[]) => void,
  signal: AbortSignal,
): void {
  const { ownerDocument } = host;
  input.addEventListener(
    'change',
    () => {
      const files = [...(input.files ?? [])];
      // Else the same file could not be chosen again.
      input.value = '';
      take(files.map((file) => ({ file, isFolder: false })));
    },
    { signal },
  );
  host.addEventListener(
    'dragover',
    (event) => {
      if (!holdsFiles(event.dataTransfer)) return;
      event.preventDefault();
      zone.dataset['over'] = '';
    },
    { signal },
  );
  host.addEventListener('dragleave', () => delete zone.dataset['over'], { signal });
  host.addEventListener(
    'drop',
    (event) => {
      delete zone.dataset['over'];
      if (!holdsFiles(event.dataTransfer)) return;
      event.preventDefault();
      take(filesOf(event.dataTransfer));
    },
    { signal },
  );
  ownerDocument.addEventListener(
    'dragover',
    (event) => {
      const { dataTransfer } = event;
      if (event.defaultPrevented || !holdsFiles(dataTransfer) || takesFiles(event)) return;
      event.preventDefault();
      dataTransfer.dropEffect = 'none';
    },
    { signal },
  );
  ownerDocument.addEventListener(
    'paste',
    (event) => {
      const { clipboardData } = event;
      const isOurs = event.composedPath().includes(host) || event.target === ownerDocument.body;
      if (event.defaultPrevented || !isOurs || !holdsFiles(clipboardData)) return;
      event.preventDefault();
      take(filesOf(clipboardData));
    },
    { signal },
  );
}

function holdsFiles(transfer: DataTransfer | null): transfer is DataTransfer {
  return transfer?.types.includes('Files') ?? false;
}

function filesOf(transfer: DataTransfer): readonly GivenFile[] {
  return [...transfer.items]
    .filter(({ kind }) => kind === 'file')
    .flatMap((item) => {
      const file = item.getAsFile();
      return file === null ? [] : [{ file, isFolder: item.webkitGetAsEntry?.()?.isDirectory ?? false }];
    });
}

function takesFiles(event: DragEvent): boolean {
  return event.composedPath().some((target) => target instanceof HTMLInputElement && target.type === 'file');
}
