import type { LandingStore } from '#shared/landing/landing-store.ts';

/** An empty store of one adapter, for one test. */
export interface StoreUnderTest {
  readonly store: LandingStore;
  /** A second process opens the same store with it (`openLandingStore`). */
  readonly url: string;
  /** Puts other bytes under a key behind the store's back, as a broken disk or another program would. */
  damage(key: string, bytes: string): Promise<void>;
  /** Removes the store with everything in it. */
  dispose(): Promise<void>;
}

/** What an adapter brings to the conformance suite. */
export interface LandingAdapter {
  readonly name: string;
  /** Reached by TCP, at the host and port of its URL. */
  readonly networked?: boolean;
  open(): Promise<StoreUnderTest>;
}
