import type { VersionBound } from './version-range.ts';

/** Where a package was asked for. */
export interface AskedAt {
  /** Of a packages file, for messages. */
  readonly file: string;
  readonly line: number;
}

export interface HubRequest extends AskedAt {
  readonly kind: 'hub';
  /** `namespace/name`. */
  readonly package: string;
  readonly bounds: readonly VersionBound[];
  readonly withPrereleases: boolean;
}

export interface GitRequest extends AskedAt {
  readonly kind: 'git';
  /** Rendered: it may hold a token. */
  readonly address: string;
  /** As written, without secrets. */
  readonly shown: string;
  /** Tag, branch or commit; undefined is the default branch. */
  readonly revision: string | undefined;
  readonly subdirectory: string | undefined;
  readonly warnUnpinned: boolean;
}

export interface TarballRequest extends AskedAt {
  readonly kind: 'tarball';
  readonly address: string;
  readonly shown: string;
  readonly name: string;
}

export interface LocalRequest extends AskedAt {
  readonly kind: 'local';
  /** As written: relative to the root project, also when a package asks for it (as the original). */
  readonly path: string;
}

/** A package as a project asks for it. */
export type PackageRequest = HubRequest | GitRequest | TarballRequest | LocalRequest;

/** What makes two requests mean one package. */
export function requestKey(request: PackageRequest): string {
  switch (request.kind) {
    case 'hub':
      return `hub ${request.package}`;
    case 'git':
      return `git ${request.shown.replace(/\.git$/, '')} ${request.subdirectory ?? ''}`;
    case 'tarball':
      return `tarball ${request.shown}`;
    case 'local':
      return `local ${request.path}`;
  }
}

/** For messages: what is asked for, without secrets. */
export function describeRequest(request: PackageRequest): string {
  switch (request.kind) {
    case 'hub':
      return `${request.package} ${request.bounds.map(({ text }) => text).join(', ')}`;
    case 'git':
      return `${request.shown}${request.subdirectory ? ` (${request.subdirectory})` : ''} at ${request.revision ?? 'its default branch'}`;
    case 'tarball':
      return request.shown;
    case 'local':
      return request.path;
  }
}
