package io.nimoshake.app.check;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ItemKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The sync that may be running during the comparison. */
public interface SyncBeside extends AutoCloseable {
  /** No sync is running. */
  SyncBeside NONE =
      new SyncBeside() {
        @Override
        public boolean isRunning() {
          return false;
        }

        @Override
        public boolean isCopying(String table) {
          return false;
        }

        @Override
        public boolean isCopyingAgain(String table) {
          return false;
        }

        @Override
        public Optional<Duration> lag(String table) {
          return Optional.empty();
        }

        @Override
        public Changed changed(String table, Instant since, KeySink sink) throws Fault {
          throw new Fault.Fatal(
              "no sync of this id is running, and only a sync knows what changed");
        }

        @Override
        public void close() {
          // Nothing to close.
        }
      };

  boolean isRunning() throws Fault;

  /** Whether the table is still being copied, so that items are missing that will come. */
  boolean isCopying(String table) throws Fault;

  /** Whether a new copy of the table is made, which will take the place of its collection. */
  boolean isCopyingAgain(String table) throws Fault;

  /**
   * How far the table's stream is behind. Empty if there is no sync to ask. A duration of for ever
   * if there is a sync but it does not answer in time.
   */
  Optional<Duration> lag(String table) throws Fault;

  /** The keys that a sync remembers. */
  interface KeySink {
    /**
     * @param key in the encoding of the target
     */
    void take(ItemKey key) throws Fault;
  }

  /**
   * How much a sync remembers.
   *
   * @param keys how many keys there were; one that changed often counts more than once
   * @param since every key that changed since then was among them
   */
  record Changed(long keys, Instant since) {}

  /**
   * Gives the keys of a table that changed since a moment, or as far back as the sync remembers.
   *
   * @throws Fault if there is no sync that knows
   */
  Changed changed(String table, Instant since, KeySink sink) throws Fault;

  @Override
  void close();
}
