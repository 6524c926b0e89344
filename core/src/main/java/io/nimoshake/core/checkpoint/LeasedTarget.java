package io.nimoshake.core.checkpoint;

import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.CallsUnderWay;
import io.nimoshake.core.flow.Retry.Call;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Page;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.WriteMode;
import java.util.List;

/**
 * A target that is changed only while this process holds the lease. Without a valid lease a call
 * fails as one that may pass: it is tried again, and works when the lease is renewed. A process
 * that has lost the lease to another learns so from the store, and ends. A process that ends by
 * itself calls {@link #end} before it gives the lease back.
 */
public final class LeasedTarget implements Target {
  private final Target target;
  private final LeaseKeeper lease;
  private final CallsUnderWay calls = new CallsUnderWay();

  public LeasedTarget(Target target, LeaseKeeper lease) {
    this.target = target;
    this.lease = lease;
  }

  /**
   * Changes nothing any more. A call under way may still change the target, so whoever gives the
   * lease back must wait for it: the next process may use the target at once.
   *
   * @param then runs once, when no call is under way
   */
  public void end(Runnable then) {
    calls.close(then);
  }

  private <T> T whileValid(Call<T> call) throws Fault {
    if (!calls.begin()) {
      throw new Fault.Transient("the lease of this sync is given back; nothing is written", null);
    }
    try {
      if (!lease.isValid()) {
        throw new Fault.Transient(
            "the lease of this sync could not be renewed in time, and another process may have it;"
                + " nothing is written until it is renewed",
            null);
      }
      return call.run();
    } finally {
      calls.returned();
    }
  }

  @Override
  public Capabilities capabilities() {
    return target.capabilities();
  }

  @Override
  public Prepared prepare(TableSchema table, Existing existing) throws Fault {
    return whileValid(() -> target.prepare(table, existing));
  }

  @Override
  public List<Rejected> write(TableSchema table, List<Change> changes, WriteMode mode)
      throws Fault {
    return whileValid(() -> target.write(table, changes, mode));
  }

  @Override
  public List<Rejected> writePage(TableSchema table, Page page) throws Fault {
    return whileValid(() -> target.writePage(table, page));
  }

  @Override
  public void purgeTombstones(TableSchema table) throws Fault {
    whileValid(Call.of(() -> target.purgeTombstones(table)));
  }

  @Override
  public void finish(TableSchema table) throws Fault {
    whileValid(Call.of(() -> target.finish(table)));
  }

  @Override
  public void swapIn(TableSchema table) throws Fault {
    whileValid(Call.of(() -> target.swapIn(table)));
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
