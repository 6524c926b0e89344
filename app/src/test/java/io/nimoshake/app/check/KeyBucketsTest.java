package io.nimoshake.app.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.Slice;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyBucketsTest {
  private static List<Slice> ids(int count) {
    List<Slice> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(Slice.utf8("id-" + i));
    }
    return ids;
  }

  @Test
  void theSameDocumentsInAnyOrderLeaveNothing() {
    List<Slice> ids = ids(50_000);
    KeyBuckets buckets = new KeyBuckets(ids.size(), 1 << 20);
    ids.forEach(buckets::add);
    Collections.shuffle(ids, new Random(1));
    KeyBuckets.Remainder remainder = buckets.remainder();
    ids.forEach(remainder::take);
    assertTrue(remainder.differing().isEmpty());
  }

  @Test
  void everyDocumentBeyondThemIsInABucketThatDiffers() {
    List<Slice> ids = ids(20_000);
    KeyBuckets buckets = new KeyBuckets(ids.size(), 1 << 20);
    ids.subList(0, 19_990).forEach(buckets::add);
    KeyBuckets.Remainder remainder = buckets.remainder();
    ids.forEach(remainder::take);
    BitSet differing = remainder.differing();
    ids.subList(19_990, 20_000).forEach(id -> assertTrue(buckets.isIn(id, differing)));
    assertTrue(differing.cardinality() <= 10);
    assertTrue(differing.cardinality() > 5, "are spread: few others have to be looked at");
  }

  /** As many documents in a bucket as there should be are not enough: it has to be these. */
  @Test
  void anotherDocumentInTheSameBucketIsNoticed() {
    KeyBuckets buckets = new KeyBuckets(0, 0);
    buckets.add(Slice.utf8("a"));
    BitSet ofA = buckets.remainder().differing();
    Slice other =
        ids(1_000_000).stream().filter(id -> buckets.isIn(id, ofA)).findFirst().orElseThrow();
    KeyBuckets.Remainder remainder = buckets.remainder();
    remainder.take(other);
    assertEquals(ofA, remainder.differing());
  }

  @Test
  void memoryIsBoundedByTheBudgetAndByTheDocuments() {
    assertEquals(1 << 12, new KeyBuckets(0, Long.MAX_VALUE).size());
    assertEquals(1 << 22, new KeyBuckets(Long.MAX_VALUE / 2, Long.MAX_VALUE).size());
    KeyBuckets small = new KeyBuckets(Long.MAX_VALUE / 2, 4 << 20);
    assertTrue(small.size() * Long.BYTES * 2L <= 4 << 20);
  }
}
