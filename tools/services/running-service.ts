/** A service that runs for the tests. */
export interface RunningService {
  /** Address and credentials: variables for the environment of the tests. */
  readonly environment: Readonly<Record<string, string>>;
  /** Stops it and removes what it stored. */
  stop(): Promise<void>;
}

/** A service that the full tests talk to. */
export interface TestService {
  readonly name: string;
  /** Debian packages that it needs, each with a file that shows whether it is installed. */
  readonly packages: readonly AptPackage[];
  /** Starts it on free ports of the loopback interface. */
  start(): Promise<RunningService>;
}

/** A Debian package. */
export interface AptPackage {
  readonly name: string;
  /** A file that the package brings; `*` stands for a version. */
  readonly brings: string;
  /** Files that exist only during its installation, with their text: they limit what its installation scripts set up. */
  readonly whileInstalling?: Readonly<Record<string, string>> | undefined;
}
