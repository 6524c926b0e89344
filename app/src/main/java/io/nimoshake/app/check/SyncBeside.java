package io.nimoshake.app.check;

import io.nimoshake.core.fault.Fault;
import java.time.Duration;
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

  @Override
  void close();
}
