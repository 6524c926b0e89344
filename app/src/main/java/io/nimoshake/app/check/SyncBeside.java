package io.nimoshake.app.check;

import io.nimoshake.core.fault.Fault;
import java.time.Duration;
import java.util.Optional;

/** The sync that may be running while both sides are compared. */
public interface SyncBeside extends AutoCloseable {
  /** Nothing writes to the target meanwhile. */
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
        public Optional<Duration> lag(String table) {
          return Optional.empty();
        }

        @Override
        public void close() {
          // there is nothing
        }
      };

  boolean isRunning() throws Fault;

  /** Whether the table's copy has not ended, so that items are missing that will come. */
  boolean isCopying(String table) throws Fault;

  /**
   * How far the table's stream is behind; empty if nobody is there to say, and for ever if who is
   * there is too busy to.
   */
  Optional<Duration> lag(String table) throws Fault;

  @Override
  void close();
}
