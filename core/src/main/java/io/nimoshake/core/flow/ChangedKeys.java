package io.nimoshake.core.flow;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Slice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The keys of one table that changed lately, oldest first: those of the last hour, or of less if
 * the memory does not hold them. It always says since when it has all of them. A key that changes
 * often is there more than once.
 *
 * <p>Adding a key copies its bytes and makes no object. Keys are numbered from the first one on, so
 * that a reader can ask for them in parts. Safe for use by several threads.
 */
public final class ChangedKeys {
  private static final Duration REMEMBERED = Duration.ofHours(1);
  private static final int SMALLEST_CHUNK = 1 << 10;
  private static final int LARGEST_CHUNK = 1 << 16;

  /** The length of a key, ahead of its bytes. */
  private static final int LENGTH_BYTES = 4;

  /**
   * The memory of all tables together. Half of it belongs to whoever needs it first. Of the other
   * half each table has the same share, so no table can take the memory of another.
   */
  public static final class Budget {
    private final long halfBytes;
    private final AtomicLong usedBytes = new AtomicLong();
    private final AtomicInteger tables = new AtomicInteger();

    public Budget(long bytes) {
      this.halfBytes = bytes / 2;
    }

    private boolean holds(long ofTable, int more) {
      return usedBytes.get() + more <= halfBytes || ofTable + more <= halfBytes / tables.get();
    }
  }

  /** Keys that changed one after another. The bytes that are used never change. */
  private static final class Chunk {
    final byte[] bytes;
    final long firstNumber;
    int used;
    int keys;
    long lastMillis;

    Chunk(int size, long firstNumber) {
      this.bytes = new byte[size];
      this.firstNumber = firstNumber;
    }

    boolean fits(int length) {
      return used + LENGTH_BYTES + length <= bytes.length;
    }

    void add(Slice key) {
      int length = key.length();
      bytes[used++] = (byte) (length >>> 24);
      bytes[used++] = (byte) (length >>> 16);
      bytes[used++] = (byte) (length >>> 8);
      bytes[used++] = (byte) length;
      System.arraycopy(key.array(), key.offset(), bytes, used, length);
      used += length;
      keys++;
    }

    int length(int at) {
      return (bytes[at] & 0xff) << 24
          | (bytes[at + 1] & 0xff) << 16
          | (bytes[at + 2] & 0xff) << 8
          | bytes[at + 3] & 0xff;
    }
  }

  /**
   * Some of the keys.
   *
   * @param keys in the encoding of the target, see {@link io.nimoshake.core.model.ItemKey}
   * @param next the number of the key after them
   * @param since every key that changed since then is remembered
   */
  public record Part(List<Slice> keys, long next, Instant since) {}

  private final Budget budget;

  // Guarded by this.
  private final Deque<Chunk> chunks = new ArrayDeque<>();
  private long heldBytes;
  private long nextNumber;
  private long sinceMillis;

  /**
   * @param now keys that changed before it are not remembered
   */
  public ChangedKeys(Budget budget, Instant now) {
    this.budget = budget;
    this.sinceMillis = now.toEpochMilli();
    budget.tables.incrementAndGet();
  }

  /** Remembers the keys of these changes, which are about to be written. */
  public synchronized void add(List<Change> changes, long nowMillis) {
    Chunk last = chunks.peekLast();
    for (int i = 0; i < changes.size(); i++) {
      Slice key = changes.get(i).key().encoded();
      if (last == null || !last.fits(key.length())) {
        last = chunk(key.length(), nowMillis);
      }
      last.add(key);
      last.lastMillis = nowMillis;
    }
    nextNumber += changes.size();
  }

  private Chunk chunk(int length, long nowMillis) {
    Chunk last = chunks.peekLast();
    int wanted = last == null ? SMALLEST_CHUNK : Math.min(2 * last.bytes.length, LARGEST_CHUNK);
    int size = Math.max(wanted, length + LENGTH_BYTES);
    long outdated = nowMillis - REMEMBERED.toMillis();
    while (!chunks.isEmpty()
        && (chunks.peekFirst().lastMillis < outdated || !budget.holds(heldBytes, size))) {
      forget(chunks.removeFirst());
    }
    long number = last == null ? nextNumber : last.firstNumber + last.keys;
    Chunk next = new Chunk(size, number);
    chunks.addLast(next);
    heldBytes += size;
    budget.usedBytes.addAndGet(size);
    return next;
  }

  private void forget(Chunk chunk) {
    heldBytes -= chunk.bytes.length;
    budget.usedBytes.addAndGet(-chunk.bytes.length);
    sinceMillis = Math.max(sinceMillis, chunk.lastMillis + 1);
  }

  /** The number of the first key that may have changed since a moment. */
  public synchronized long firstSince(Instant moment) {
    long millis = moment.toEpochMilli();
    for (Chunk chunk : chunks) {
      if (chunk.lastMillis >= millis) {
        return chunk.firstNumber;
      }
    }
    return nextNumber;
  }

  /** The number of the key that will change next. */
  public synchronized long end() {
    return nextNumber;
  }

  /**
   * Some keys from a number on. Those that were forgotten meanwhile are left out; the part says
   * since when none is.
   */
  public synchronized Part part(long from, int most) {
    List<Slice> keys = new ArrayList<>();
    long next = from;
    for (Chunk chunk : chunks) {
      long number = chunk.firstNumber;
      boolean wanted = number + chunk.keys > from;
      for (int at = 0; wanted && at < chunk.used && keys.size() < most; number++) {
        int length = chunk.length(at);
        if (number >= from) {
          keys.add(new Slice(chunk.bytes, at + LENGTH_BYTES, length));
          next = number + 1;
        }
        at += LENGTH_BYTES + length;
      }
    }
    return new Part(keys, next, Instant.ofEpochMilli(sinceMillis));
  }
}
