package io.nimoshake.core.checkpoint;

import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.WriteMode;
import java.util.List;

/**
 * A target that is changed only while this process holds the lease. Without a valid lease a call
 * fails as one that may pass: it is tried again, and works when the lease is renewed. A process
 * that has lost the lease to another learns so from the store, and ends.
 */
public final class LeasedTarget implements Target {
  private final Target target;
  private final LeaseKeeper lease;

  public LeasedTarget(Target target, LeaseKeeper lease) {
    this.target = target;
    this.lease = lease;
  }

  private Target whileValid() throws Fault {
    if (!lease.isValid()) {
      throw new Fault.Transient(
          "the lease of this sync could not be renewed in time, and another process may have it;"
              + " nothing is written until it is renewed",
          null);
    }
    return target;
  }

  @Override
  public Capabilities capabilities() {
    return target.capabilities();
  }

  @Override
  public Prepared prepare(TableSchema table, Existing existing) throws Fault {
    return whileValid().prepare(table, existing);
  }

  @Override
  public List<Rejected> write(TableSchema table, List<Change> changes, WriteMode mode)
      throws Fault {
    return whileValid().write(table, changes, mode);
  }

  @Override
  public void purgeTombstones(TableSchema table) throws Fault {
    whileValid().purgeTombstones(table);
  }

  @Override
  public void finish(TableSchema table) throws Fault {
    whileValid().finish(table);
  }

  @Override
  public void swapIn(TableSchema table) throws Fault {
    whileValid().swapIn(table);
  }

  @Override
  public FailedCalls failedCalls() {
    return target.failedCalls();
  }

  @Override
  public void close() {
    target.close();
  }
}
