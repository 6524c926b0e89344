package io.nimoshake.core.flow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Bounds the bytes of pages in memory over all splits, and keeps one table from taking the memory
 * of the others: a table that is paused, or whose target refuses its writes, holds what it has read
 * for as long as that lasts.
 *
 * <ul>
 *   <li>A table takes at most three quarters of the budget, unless it is the only one.
 *   <li>A table that holds nothing gets a page also when the budget is used up, as long as not more
 *       than twice the budget is held: so there is a page for each table that is not stuck.
 *   <li>Of one table, and of tables that wait for the same memory, the first to come is the first
 *       served: a large request is not overtaken by small ones.
 *   <li>A page larger than all of that is granted when nothing else is held: one huge page cannot
 *       stop the sync.
 * </ul>
 */
public final class MemoryBudget {
  private record Waiter(Share share, long bytes, Runnable granted) {}

  private final long budgetBytes;
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private long heldBytes;
  private int shares;

  public MemoryBudget(long budgetBytes) {
    if (budgetBytes <= 0) {
      throw new IllegalArgumentException("budget of " + budgetBytes + " bytes");
    }
    this.budgetBytes = budgetBytes;
  }

  /** What one table takes of it. Close it when the table reads no more. */
  public synchronized Share share() {
    shares++;
    return new Share();
  }

  public synchronized long heldBytes() {
    return heldBytes;
  }

  public long budgetBytes() {
    return budgetBytes;
  }

  /** The memory of one table. Guarded by the budget. */
  public final class Share {
    private long shareBytes;
    private boolean closed;

    private Share() {}

    /**
     * The most that is reserved for a page whose size is a guess: a large guess must not wait for
     * more than the page itself may need. A page that turns out larger is corrected by {@link
     * #adjust}.
     */
    public long largestReservation() {
      return Math.max(1, budgetBytes / 4);
    }

    /** Calls back when the bytes are held, within this call if they are free now. */
    public void acquire(long bytes, Runnable granted) {
      synchronized (MemoryBudget.this) {
        waiters.add(new Waiter(this, bytes, granted));
      }
      grant();
    }

    /** Corrects the bytes that were acquired to those that are needed; never waits. */
    public void adjust(long fromBytes, long toBytes) {
      release(fromBytes - toBytes);
    }

    public void release(long bytes) {
      synchronized (MemoryBudget.this) {
        shareBytes -= bytes;
        heldBytes -= bytes;
      }
      grant();
    }

    /** The table counts no more among those that share. */
    public void close() {
      synchronized (MemoryBudget.this) {
        shares -= closed ? 0 : 1;
        closed = true;
      }
      grant();
    }

    private boolean mayUseOwnPage(long bytes) {
      return shareBytes == 0 && heldBytes + bytes <= 2 * budgetBytes;
    }

    private boolean mayUseBudget(long bytes) {
      long most = shares > 1 ? budgetBytes - budgetBytes / 4 : budgetBytes;
      return heldBytes + bytes <= budgetBytes && shareBytes + bytes <= most;
    }
  }

  private void grant() {
    List<Runnable> granted = new ArrayList<>();
    synchronized (this) {
      // Who waits for the budget keeps later ones from it; who waits for a page of its own does
      // not.
      List<Share> passed = new ArrayList<>();
      boolean budgetWanted = false;
      for (Iterator<Waiter> it = waiters.iterator(); it.hasNext(); ) {
        Waiter waiter = it.next();
        Share share = waiter.share();
        boolean first = !passed.contains(share);
        boolean fromBudget = first && !budgetWanted && share.mayUseBudget(waiter.bytes());
        if (fromBudget || first && share.mayUseOwnPage(waiter.bytes()) || heldBytes == 0) {
          it.remove();
          share.shareBytes += waiter.bytes();
          heldBytes += waiter.bytes();
          granted.add(waiter.granted());
        } else {
          passed.add(share);
          // A table at its own limit does not want the budget: it waits for its own pages.
          budgetWanted |= heldBytes + waiter.bytes() > budgetBytes;
        }
      }
    }
    granted.forEach(Runnable::run);
  }
}
