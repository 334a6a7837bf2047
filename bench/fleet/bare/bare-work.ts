/** A list to be fetched page by page. `{slice}` in its path stands for each customer. */
export interface PagedList {
  readonly path: string;
  /** Entries a page. */
  readonly limit: number;
}

/** What a bare loop shall fetch. */
export interface BareWork {
  /** Base URL of each shard, with client and secret. */
  readonly urls: Readonly<Record<string, string>>;
  readonly customers: PagedList;
  readonly lists: readonly PagedList[];
  /** Calls of one shard at once. */
  readonly lanes: number;
}

/** What came. */
export interface BareAnswer {
  readonly pages: number;
  /** Of text. */
  readonly bytes: number;
}
