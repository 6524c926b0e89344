package io.nimoshake.app.check;

import io.nimoshake.core.model.Slice;
import java.util.BitSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Remembers which documents were met, in a fixed number of sums: each document is put into a bucket
 * by a hash of its id and adds a second hash to the bucket's sum. Two sets of documents with equal
 * sums are the same set, but for a chance of 2<sup>-64</sup> a bucket. Where the sums differ, only
 * documents of that bucket have to be looked at. Hashes are seeded, as ids come from outside.
 */
final class KeyBuckets {
  private static final int LEAST_BITS = 12;
  private static final int MOST_BITS = 22;
  private static final int DOCUMENTS_A_BUCKET = 16;

  private final long seed = ThreadLocalRandom.current().nextLong();
  private final int shift;
  private final AtomicLongArray sums;

  /**
   * @param documents how many are expected, roughly
   * @param budgetBytes most memory to use
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

  /** A document that an item of the source was found for. By any thread. */
  void add(Slice id) {
    long hash = hash(id);
    sums.addAndGet((int) (hash >>> shift), mix(hash));
  }

  /** Goes through what the target has, to be compared with what was added. By one thread. */
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

    /** Buckets in which what was added is not what was taken. */
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

  /** The finalizer of SplitMix64: every bit of the input moves every bit of the output. */
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
