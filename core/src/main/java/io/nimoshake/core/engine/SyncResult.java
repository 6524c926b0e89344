package io.nimoshake.core.engine;

import io.nimoshake.core.fault.Fault;
import java.util.Map;
import java.util.Optional;

/**
 * How a sync ended.
 *
 * @param stopped whether somebody stopped it; false if nothing was left to do
 * @param failedTables tables that failed, and why
 * @param fatal why the whole sync had to end
 */
public record SyncResult(boolean stopped, Map<String, Fault> failedTables, Optional<Fault> fatal) {
  public SyncResult {
    failedTables = Map.copyOf(failedTables);
  }

  public boolean isSuccess() {
    return failedTables.isEmpty() && fatal.isEmpty();
  }
}
