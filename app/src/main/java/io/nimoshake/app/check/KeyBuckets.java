package io.nimoshake.app.check;

import io.nimoshake.core.model.Slice;
import java.util.BitSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Compares two sets of documents in a fixed amount of memory. A hash of a document's id selects a
 * bucket, and a second hash is added to the bucket's sum. If a bucket has the same sum for both
 * sets, it holds the same documents, with an error probability of 2<sup>-64</sup>. Only the
 * documents of buckets with different sums must be read again. The hashes have a random seed,
 * because ids come from outside.
 */
final class KeyBuckets {
  private static final int LEAST_BITS = 12;
  private static final int MOST_BITS = 22;
  private static final int DOCUMENTS_A_BUCKET = 16;

  private final long seed = ThreadLocalRandom.current().nextLong();
  private final int shift;
  private final AtomicLongArray sums;

  /**
   * @param documents the approximate number of documents
   * @param budgetBytes the most memory to use
   */
  KeyBuckets(long documents, long budgetBytes) {
    int bits = LEAST_BITS;
    while (bits < MOST_BITS
        && (1L << bits) * DOCUMENTS_A_BUCKET < documents
        && (1L << bits + 1) * Long.BYTES * 2 <= budgetBytes) {
      bits++;
    }
    shift = Long.SIZE - bits;
    sums = new AtomicLongArray(1 << bits);
  }

  int size() {
    return sums.length();
  }

  /** Adds a document of the first set. For any thread. */
  void add(Slice id) {
    long hash = hash(id);
    sums.addAndGet((int) (hash >>> shift), mix(hash));
  }

  /** Starts to take the documents of the second set from a copy of the sums. For one thread. */
  Remainder remainder() {
    return new Remainder();
  }

  /** See {@link #remainder}. */
  final class Remainder {
    private final long[] left = new long[sums.length()];

    private Remainder() {
      for (int i = 0; i < left.length; i++) {
        left[i] = sums.get(i);
      }
    }

    void take(Slice id) {
      long hash = hash(id);
      left[(int) (hash >>> shift)] -= mix(hash);
    }

    /** The buckets in which the two sets differ. */
    BitSet differing() {
      BitSet differing = new BitSet(left.length);
      for (int i = 0; i < left.length; i++) {
        differing.set(i, left[i] != 0);
      }
      return differing;
    }
  }

  boolean isIn(Slice id, BitSet buckets) {
    return buckets.get((int) (hash(id) >>> shift));
  }

  private long hash(Slice id) {
    long h = seed;
    byte[] bytes = id.array();
    for (int i = id.offset(), end = i + id.length(); i < end; i++) {
      h = (h ^ bytes[i]) * 0x9E3779B97F4A7C15L;
      h ^= h >>> 29;
    }
    return mix(h);
  }

  /** The finalizer of SplitMix64: every input bit changes every output bit. */
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
