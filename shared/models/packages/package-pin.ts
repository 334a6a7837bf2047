/** One exact package, as the lock file names it. */
export type PackagePin =
  | { readonly kind: 'hub'; readonly package: string; readonly version: string }
  | {
      readonly kind: 'git';
      /** May hold a token. */
      readonly address: string;
      readonly shown: string;
      /** A commit once the package was fetched. */
      readonly revision: string;
      readonly subdirectory: string | undefined;
    }
  | { readonly kind: 'tarball'; readonly address: string; readonly shown: string; readonly name: string }
  | { readonly kind: 'local'; readonly path: string };

/** The same for the same content, without secrets. */
export function pinText(pin: PackagePin): string {
  switch (pin.kind) {
    case 'hub':
      return `hub ${pin.package} ${pin.version}`;
    case 'git':
      return `git ${pin.shown} ${pin.subdirectory ?? ''} ${pin.revision}`;
    case 'tarball':
      return `tarball ${pin.shown}`;
    case 'local':
      return `local ${pin.path}`;
  }
}

/** For people: where a package is from and which one it is. */
export function describePin(pin: PackagePin): { from: string; version: string } {
  switch (pin.kind) {
    case 'hub':
      return { from: pin.package, version: pin.version };
    case 'git':
      return {
        from: `${pin.shown}${pin.subdirectory ? ` (${pin.subdirectory})` : ''}`,
        version: pin.revision,
      };
    case 'tarball':
      return { from: pin.shown, version: 'tarball' };
    case 'local':
      return { from: pin.path, version: 'local' };
  }
}
