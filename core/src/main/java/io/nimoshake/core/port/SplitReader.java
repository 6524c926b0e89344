package io.nimoshake.core.port;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;

/**
 * Reads one split in order. Used by one thread at a time. After a {@link Fault} that may pass, the
 * next call goes on where the last batch ended: it skips nothing and repeats nothing.
 */
public interface SplitReader extends AutoCloseable {
  /**
   * Reads the next page by one call to the service. An empty page is not the end. The end is a
   * batch whose position is {@link io.nimoshake.core.model.Position#END}; it may hold changes.
   *
   * @throws Fault.SplitGone if the service refuses the shard as unknown or expired
   */
  ChangeBatch read() throws Fault;

  @Override
  void close();
}
