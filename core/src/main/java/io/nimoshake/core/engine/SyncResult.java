package io.nimoshake.core.engine;

import io.nimoshake.core.fault.Fault;
import java.util.Map;
import java.util.Optional;

/**
 * How a sync ended.
 *
 * @param stopped whether it was told to, rather than having nothing left to do
 * @param failedTables tables that failed, and why
 * @param fatal what made it end as a whole
 */
public record SyncResult(boolean stopped, Map<String, Fault> failedTables, Optional<Fault> fatal) {
  public SyncResult {
    failedTables = Map.copyOf(failedTables);
  }

  public boolean isSuccess() {
    return failedTables.isEmpty() && fatal.isEmpty();
  }
}
