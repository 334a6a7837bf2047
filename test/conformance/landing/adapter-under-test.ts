import type { LandingStore } from '#shared/landing/landing-store.ts';

/** An empty store of one adapter, for one test. */
export interface StoreUnderTest {
  readonly store: LandingStore;
  /** A second process opens the same store with it (`openLandingStore`). */
  readonly url: string;
  /** Removes the store with everything in it. */
  dispose(): Promise<void>;
}

/** What an adapter brings to the conformance suite. */
export interface LandingAdapter {
  readonly name: string;
  open(): Promise<StoreUnderTest>;
}
